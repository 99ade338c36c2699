import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type RequestOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import { WebFiles } from './web-files.ts';

const scratch = mkdtempSync(join(tmpdir(), 'parley-web-'));
const root = join(scratch, 'web');
mkdirSync(join(root, 'assets'), { recursive: true });
const script = 'console.log("tea");\n'.repeat(100);
writeFileSync(join(scratch, 'secret.txt'), 'secret');
writeFileSync(join(root, 'index.html'), '<!doctype html><p>Parley');
writeFileSync(join(root, 'assets', 'index-abc123.js'), script);
writeFileSync(join(root, 'assets', 'index-abc123.js.map'), '{}');
symlinkSync('/nowhere', join(root, 'broken'));
symlinkSync(join(scratch, 'secret.txt'), join(root, 'linked.txt'));

const files = new WebFiles(root);
const server = createServer(files.answer);
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
after(() => {
  server.close();
  rmSync(scratch, { recursive: true });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function get(path: string, options: RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, agent: false, ...options }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}

test('the page is there, with strict headers, and is asked for again each time', async () => {
  const { status, headers, body } = await get('/');
  assert.equal(status, 200);
  assert.equal(body.toString(), '<!doctype html><p>Parley');
  assert.equal(headers['content-type'], 'text/html; charset=utf-8');
  assert.equal(headers['cache-control'], 'no-cache');
  const policy = headers['content-security-policy'] ?? '';
  assert.ok(policy.includes("default-src 'self'") && policy.includes("frame-ancestors 'none'"));
  assert.ok(policy.includes("require-trusted-types-for 'script'"));
  assert.ok(!policy.includes('unsafe'));
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['referrer-policy'], 'no-referrer');
  assert.equal(headers['cross-origin-opener-policy'], undefined, 'over http browsers only complain about it');
  const again = await get('/', { headers: { 'if-none-match': headers.etag } });
  assert.equal(again.status, 304);
  assert.equal(again.body.length, 0);
  assert.equal((await get('/?room=tea')).status, 200);
});

test('what has a hash in its name is kept by browsers for ever, and is sent compressed to who can read that', async () => {
  const plain = await get('/assets/index-abc123.js');
  assert.equal(plain.body.toString(), script);
  assert.match(plain.headers['cache-control'] ?? '', /immutable/);
  const small = await get('/assets/index-abc123.js', { headers: { 'accept-encoding': 'gzip, br' } });
  assert.equal(small.headers['content-encoding'], 'br');
  assert.ok(small.body.length < plain.body.length / 2);
  assert.equal(brotliDecompressSync(small.body).toString(), script);
});

test('HEAD has the headers and no body; other methods are refused', async () => {
  const head = await get('/', { method: 'HEAD' });
  assert.equal(head.status, 200);
  assert.equal(head.headers['content-length'], '24');
  assert.equal(head.body.length, 0);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const refused = await get('/', { method });
    assert.equal(refused.status, 405);
    assert.equal(refused.headers.allow, 'GET, HEAD');
  }
});

test('no path leads out of the directory, and what is not for browsers is not there', async () => {
  for (const path of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '//etc/passwd',
    '/..%2fsecret.txt',
    '/assets',
    '/assets/index-abc123.js.map',
    '/broken',
    '/linked.txt',
    '/index.html%00',
    '/INDEX.HTML',
    '/__proto__',
  ]) {
    const { status, headers } = await get(path);
    assert.equal(status, 404, path);
    assert.equal(headers['content-type'], 'text/plain; charset=utf-8');
    assert.ok(headers['content-security-policy']);
  }
});

test('a service manager can ask how it is', async () => {
  assert.equal((await get('/healthz')).body.toString(), 'ok\n');
});

test('before the client is built, the page says what to do; afterwards it is there', async () => {
  const later = mkdtempSync(join(tmpdir(), 'parley-web-'));
  const unbuilt = new WebFiles(later);
  const other = createServer(unbuilt.answer);
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const at = { port: (other.address() as AddressInfo).port };
  assert.equal(unbuilt.built, false);
  assert.match((await get('/', at)).body.toString(), /npm run build:web/);
  writeFileSync(join(later, 'index.html'), 'built');
  assert.equal((await get('/', at)).body.toString(), 'built');
  other.close();
  rmSync(later, { recursive: true });
});
