/**
 * Answers HTTP requests with the files of the built web client. Only files that were there when the server looked
 * are known, by their whole address: no path of a request ever reaches the file system.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, type Dirent } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

/** Where the build puts it, seen from the sources and from the build alike. */
export const WEB_ROOT = fileURLToPath(new URL('../../../dist/web', import.meta.url));

/** The web client is some dozens of files; a directory of thousands is not it. */
const FILES_MAX = 2_000;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * What the page may do: load and talk to where it came from, nothing else. `connect-src 'self'` covers WebSocket to
 * the same host and port (CSP level 3 §6.7.2.8); blob: images are previews of files that are about to be sent.
 * The one Trusted Types policy makes the address of the service worker.
 */
const POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types parley',
].join('; ');

/** Nothing here needs a cookie or other credential, so no other origin can borrow one. */
const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** The build puts files with a hash in their name here: another content has another address. */
const IMMUTABLE = /^\/assets\//;

const NOT_BUILT = `<!doctype html><meta charset="utf-8"><title>Parley</title>
<p>This server runs from a repository in which the web client has not been built. In it, run:</p>
<pre>npm run build:web</pre>
<p>and load this page again. IRC clients can connect already.</p>
`;

interface WebFile {
  readonly type: string;
  readonly body: Buffer;
  readonly brotli: Buffer | undefined;
  readonly etag: string;
}

export class WebFiles {
  readonly #root: string;
  /** Addresses to paths. */
  #known: Map<string, string>;
  readonly #loaded = new Map<string, WebFile>();

  constructor(root: string = WEB_ROOT) {
    this.#root = root;
    this.#known = filesUnder(root);
  }

  /** Looks again: the client may have been built or replaced. */
  reload(): void {
    this.#known = filesUnder(this.#root);
    this.#loaded.clear();
  }

  get built(): boolean {
    return this.#known.has('/index.html');
  }

  readonly answer = (request: IncomingMessage, response: ServerResponse): void => {
    for (const name in HEADERS) response.setHeader(name, HEADERS[name] ?? '');
    // Browsers heed this one over https only, and complain where they do not.
    if ('encrypted' in request.socket) response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return plain(response, 405, 'Only GET and HEAD are possible here.');
    }
    const address = (request.url ?? '/').replace(/[?#].*$/s, '');
    if (address === '/healthz') return plain(response, 200, 'ok');
    if (address === '/' && !this.built) {
      // Somebody may be building it right now.
      this.reload();
      if (!this.built) return page(response, NOT_BUILT);
    }
    const name = address === '/' ? '/index.html' : address;
    const file = this.#file(name);
    if (file === undefined) return plain(response, 404, 'There is nothing here.');

    response.setHeader('ETag', file.etag);
    response.setHeader('Cache-Control', IMMUTABLE.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache');
    response.setHeader('Vary', 'Accept-Encoding');
    if (request.headers['if-none-match'] === file.etag) {
      response.writeHead(304).end();
      return;
    }
    const small = /\bbr\b/.test(String(request.headers['accept-encoding'])) ? file.brotli : undefined;
    if (small !== undefined) response.setHeader('Content-Encoding', 'br');
    const body = small ?? file.body;
    // HEAD: node:http leaves the body out.
    response.writeHead(200, { 'Content-Type': file.type, 'Content-Length': body.length }).end(body);
  };

  #file(name: string): WebFile | undefined {
    const loaded = this.#loaded.get(name);
    if (loaded !== undefined) return loaded;
    const path = this.#known.get(name);
    if (path === undefined) return undefined;
    let body: Buffer;
    try {
      body = readFileSync(path);
    } catch {
      return undefined; // gone since we looked
    }
    const type = TYPES[extname(path)] ?? 'application/octet-stream';
    const file: WebFile = {
      type,
      body,
      brotli: compressed(body, type),
      etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    };
    this.#loaded.set(name, file);
    return file;
  }
}

function compressed(body: Buffer, type: string): Buffer | undefined {
  if (!/^text\/|json|svg/.test(type) || body.length < 512) return undefined;
  // Once for each file, and at once: 9 takes some 10 ms for the largest, 11 a tenth of a second.
  return brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
}

/** Plain files only: a link could lead anywhere. */
function filesUnder(root: string): Map<string, string> {
  const known = new Map<string, string>();
  let entries: Dirent[];
  try {
    entries = readdirSync(root, { recursive: true, withFileTypes: true });
  } catch {
    return known; // not built
  }
  for (const entry of entries) {
    // Source maps are for those who have the sources.
    if (known.size >= FILES_MAX || !entry.isFile() || entry.name.endsWith('.map')) continue;
    const path = join(entry.parentPath, entry.name);
    known.set(`/${relative(root, path).split(sep).join('/')}`, path);
  }
  return known;
}

function plain(response: ServerResponse, status: number, text: string): void {
  const body = `${text}\n`;
  response.setHeader('Cache-Control', 'no-store');
  response
    .writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': Buffer.byteLength(body) })
    .end(body);
}

function page(response: ServerResponse, body: string): void {
  response.setHeader('Cache-Control', 'no-store');
  response
    .writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': Buffer.byteLength(body) })
    .end(body);
}
