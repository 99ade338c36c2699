/** The HTTP door: answers requests with what it is given, and turns upgrades on any path into links. */
import { createServer as createHttp, type IncomingMessage, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createHttps, type Server as HttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { plainAddress } from '../address.ts';
import { openPort, type DoorOptions } from './door.ts';
import { HANDSHAKE_MS_MAX } from './limits.ts';
import type { KeyPair } from '../identity/key-pair.ts';
import type { SecureDoor } from './tls.ts';
import { webSocketUpgrade } from './websocket.ts';

/** Browsers send less than 2 KiB of headers to a page without cookies. */
const HEADER_BYTES_MAX = 8 * 1024;
const HEADERS_MAX = 64;
/** Nothing we answer takes a body, so a request is its headers. */
const REQUEST_MS_MAX = 10_000;
const KEEP_ALIVE_MS = 5_000;
/** A page and its files are a dozen requests. */
const REQUESTS_PER_CONNECTION_MAX = 200;

export interface WebDoorOptions extends DoorOptions {
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  /** Makes it HTTPS. */
  readonly certificate?: KeyPair;
  /** Decides whether a page of that origin may open a WebSocket; programs that are no browsers name none. */
  readonly mayUse?: (origin: string) => boolean;
}

export async function listenWeb(options: WebDoorOptions): Promise<SecureDoor> {
  const http: ServerOptions = {
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: HANDSHAKE_MS_MAX,
    requestTimeout: REQUEST_MS_MAX,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: 2_000,
    noDelay: true,
    // An offer of another protocol (curl: h2c) is not taken up; the request is answered as it is.
    shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === 'websocket',
  };
  const secure: HttpsServer | undefined =
    options.certificate === undefined
      ? undefined
      : createHttps(
          { ...http, ...options.certificate, minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_MS_MAX },
          options.onRequest,
        );
  const server = secure ?? createHttp(http, options.onRequest);
  server.maxHeadersCount = HEADERS_MAX;
  server.maxRequestsPerSocket = REQUESTS_PER_CONNECTION_MAX;
  if (options.connectionsMax !== undefined) server.maxConnections = options.connectionsMax;

  const upgrade = webSocketUpgrade(options.accept);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const refused = options.mayConnect?.(plainAddress(request.socket.remoteAddress));
    if (refused !== undefined) return refuse(socket, '429 Too Many Requests', refused);
    const { origin } = request.headers;
    if (origin !== undefined && options.mayUse?.(origin) === false) {
      return refuse(socket, '403 Forbidden', 'Pages of other sites may not use this server');
    }
    upgrade(request, socket, head);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    if (error.code === 'HPE_HEADER_OVERFLOW') return refuse(socket, '431 Request Header Fields Too Large', 'Too long');
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return refuse(socket, '408 Request Timeout', 'Too slow');
    refuse(socket, '400 Bad Request', 'Not a request that is understood here');
  });
  secure?.on('tlsClientError', (_error, socket) => socket.destroy());

  const address = await openPort(server, options);
  return {
    address,
    close: () => {
      server.close();
      server.closeAllConnections(); // answers of files only; upgraded sockets are not among them
    },
    setCertificate: (pair) => secure?.setSecureContext({ ...pair, minVersion: 'TLSv1.2' }),
  };
}

function refuse(socket: Duplex, status: string, text: string): void {
  const body = `${text}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}
