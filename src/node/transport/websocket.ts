/**
 * IRC over WebSocket (https://ircv3.net/specs/extensions/websocket): one line is one frame, without CR LF. Of the two
 * subprotocols text is preferred; a client that names none gets text. We also take a trailing CR LF and several
 * lines in a frame, as other servers do.
 *
 * Incoming frames go through `ws`. Outgoing ones of a server do not: they are made once for all members of a room
 * (see framing.ts) and written straight to the socket. `ws` writes only whole frames too (pong, close) and writes
 * them at once, because compression, its only reason to wait, is off: so frames never mix.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import { ParleyError } from '../../core/base/errors.ts';
import type { Link, Outgoing, Peer } from '../../core/ports.ts';
import { FROM_CLIENT, FROM_SERVER, LineReader, type LineLimits, type Received } from '../../core/wire/line-reader.ts';
import { truncateUtf8 } from '../../core/wire/utf8.ts';
import { plainAddress } from '../address.ts';
import type { DialFault } from './dialled.ts';
import { encodedFrames } from './framing.ts';
import { CLOSE_MS_MAX, DIAL_MS_MAX, FRAGMENTS_MAX, FRAME_BYTES_MAX } from './limits.ts';
import { ENDED, reasonOf } from './reasons.ts';
import { shownBy, type Shown } from './tls.ts';
import { utf8 } from './utf8.ts';

export const TEXT_PROTOCOL = 'text.ircv3.net';
export const BINARY_PROTOCOL = 'binary.ircv3.net';

/** A pong is skipped when this much already waits: pings of a peer that does not read must not fill our memory. */
const PONG_QUEUE_BYTES_MAX = 16 * 1024;

const LINE_END = Buffer.from('\r\n');

/** Takes an HTTP upgrade request to the end of its handshake. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** `accept` takes each new link and must set its handlers before it returns. */
export function webSocketUpgrade(accept: (link: Link) => void): Upgrade {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: FRAME_BYTES_MAX,
    maxFragments: FRAGMENTS_MAX,
    perMessageDeflate: false,
    autoPong: false,
    handleProtocols: (offered) =>
      offered.has(TEXT_PROTOCOL) ? TEXT_PROTOCOL : offered.has(BINARY_PROTOCOL) ? BINARY_PROTOCOL : false,
  });
  return (request, duplex, head) => {
    const socket = duplex as Socket; // node:http says Duplex, and hands over the socket it accepted
    server.handleUpgrade(request, socket, head, (ws) => {
      const binary = ws.protocol === BINARY_PROTOCOL;
      const secure = socket instanceof TLSSocket;
      const peer: Peer = { address: plainAddress(socket.remoteAddress), kind: 'websocket', secure };
      accept(
        new WebSocketLink(ws, peer, FROM_CLIENT, {
          write: (lines) => socket.write(encodedFrames(lines, binary)),
          queuedBytes: () => socket.writableLength,
        }),
      );
    });
  };
}

/** Resolves to an open link; rejects with a ParleyError. Lines wait until `onLines` is set. */
export function dialWebSocket(
  url: string,
  options: {
    readonly protocol?: string;
    readonly signal?: AbortSignal;
    readonly ca?: string;
    /** As with `dialTls`, so that a certificate made by the server itself can be pinned. Asked before any line is sent. */
    readonly trust?: (shown: Shown) => boolean;
  } = {},
): Promise<Link> {
  const protocol = options.protocol ?? TEXT_PROTOCOL;
  const ws = new WebSocket(url, [protocol], {
    perMessageDeflate: false,
    maxPayload: FRAME_BYTES_MAX,
    maxFragments: FRAGMENTS_MAX,
    handshakeTimeout: DIAL_MS_MAX,
    autoPong: false,
    ...(options.ca !== undefined && { ca: options.ca }),
    ...(options.trust !== undefined && { rejectUnauthorized: false }),
  });
  let distrusted = false;
  ws.once('upgrade', ({ socket }) => {
    if (options.trust === undefined || !(socket instanceof TLSSocket)) return;
    distrusted = !options.trust(shownBy(socket));
    if (distrusted) ws.terminate();
  });
  const { hostname, protocol: scheme } = new URL(url);
  const peer: Peer = { address: hostname.replace(/^\[|\]$/g, ''), kind: 'websocket', secure: scheme === 'wss:' };
  const link = new WebSocketLink(ws, peer, FROM_SERVER, {
    write: (lines) => {
      for (const line of lines.text.split('\r\n')) {
        if (line !== '') ws.send(protocol === BINARY_PROTOCOL ? Buffer.from(line) : line);
      }
    },
    queuedBytes: () => ws.bufferedAmount,
  });
  return new Promise((resolve, reject) => {
    const abort = () => ws.terminate();
    ws.once('open', () => {
      options.signal?.removeEventListener('abort', abort);
      resolve(link);
    });
    ws.once('error', (cause) => {
      options.signal?.removeEventListener('abort', abort);
      if (distrusted) {
        reject(
          new ParleyError('dial/not-trusted', `The certificate of ${peer.address} is not one that is trusted here.`),
        );
        return;
      }
      const fault: DialFault = options.signal?.aborted === true ? 'dial/aborted' : 'dial/failed';
      reject(new ParleyError(fault, `${url}: ${reasonOf(cause)}.`, { cause }));
    });
    options.signal?.addEventListener('abort', abort, { once: true });
    if (options.signal?.aborted === true) abort();
  });
}

/** How an end writes: a server shares frames, a client's must be masked one by one (RFC 6455 §5.3). */
interface Writer {
  write(lines: Outgoing): void;
  queuedBytes(): number;
}

class WebSocketLink implements Link {
  readonly peer: Peer;
  onClosed: (reason: string) => void = ignore;

  #ws: WebSocket;
  #writer: Writer;
  #reader: LineReader;
  #onLines: (lines: readonly Received[]) => void = ignore;
  /** Lines that came while nobody listened or the link was paused: at most what one chunk of the socket held. */
  #waiting: Received[] = [];
  #paused = false;
  #state: 'open' | 'closing' | 'closed' = 'open';
  #reason: string | undefined;
  #deadline: NodeJS.Timeout | undefined;

  constructor(ws: WebSocket, peer: Peer, limits: LineLimits, writer: Writer) {
    this.peer = peer;
    this.#ws = ws;
    this.#writer = writer;
    this.#reader = new LineReader(utf8, limits);
    ws.on('message', (data) => this.#read(data));
    ws.on('ping', (data) => {
      if (writer.queuedBytes() <= PONG_QUEUE_BYTES_MAX) ws.pong(data);
    });
    ws.on('error', (error) => {
      this.#reason ??= reasonOf(error);
    });
    ws.on('close', (code) => this.#end(code));
  }

  get onLines(): (lines: readonly Received[]) => void {
    return this.#onLines;
  }

  set onLines(handler: (lines: readonly Received[]) => void) {
    this.#onLines = handler;
    // A dialled link may have heard something before its owner listened; it hears it after it has said how.
    if (this.#waiting.length > 0) setImmediate(() => this.#deliver());
  }

  get queuedBytes(): number {
    return this.#writer.queuedBytes();
  }

  send(lines: Outgoing): void {
    if (this.#state === 'open' && this.#ws.readyState === WebSocket.OPEN) this.#writer.write(lines);
  }

  pause(): void {
    this.#paused = true;
    this.#ws.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#deliver();
    this.#ws.resume();
  }

  close(reason: string): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#reason = reason;
    this.#waiting = [];
    // 1000 is a normal end, whose reason takes at most 123 bytes (RFC 6455 §7.4.1, §5.5).
    this.#ws.close(1000, truncateUtf8(reason, 123));
    this.#ws.resume();
    this.#deadline = setTimeout(() => this.#ws.terminate(), CLOSE_MS_MAX);
  }

  #read(data: RawData): void {
    if (this.#state !== 'open') return;
    const bytes = data as Buffer; // binaryType is nodebuffer
    for (const line of this.#reader.feed(bytes)) this.#waiting.push(line);
    for (const line of this.#reader.feed(LINE_END)) this.#waiting.push(line);
    this.#deliver();
  }

  #deliver(): void {
    if (this.#paused || this.#state !== 'open' || this.#waiting.length === 0 || this.#onLines === ignore) return;
    const lines = this.#waiting;
    this.#waiting = [];
    this.#onLines(lines);
  }

  #end(code: number): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    clearTimeout(this.#deadline);
    this.onClosed(this.#reason ?? reasonOfCode(code));
  }
}

/** Of the codes in RFC 6455 §7.4.1, those that a person may tell apart. */
function reasonOfCode(code: number): string {
  if (code === 1006) return 'Connection lost';
  if (code === 1002 || code === 1003 || code === 1007 || code === 1009) return 'WebSocket protocol error';
  return ENDED;
}

function ignore(): void {}
