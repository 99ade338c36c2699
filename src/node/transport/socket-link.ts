/**
 * A link over a byte stream: TCP, and TLS, whose sockets look the same. Lines are cut by the core's reader; what is
 * written is one Buffer per call, encoded once for all the links that are handed the same `Outgoing`.
 *
 * A link lives through: open → (closing: what is queued is being sent, what arrives is thrown away) → closed.
 */
import type { Socket } from 'node:net';
import type { Link, Outgoing, Peer } from '../../core/ports.ts';
import { LineReader, type LineLimits, type Received } from '../../core/wire/line-reader.ts';
import { CLOSE_MS_MAX } from './limits.ts';
import { encodedLines } from './framing.ts';
import { ENDED, reasonOf } from './reasons.ts';
import { utf8 } from './utf8.ts';

export class SocketLink implements Link {
  readonly peer: Peer;
  onClosed: (reason: string) => void = ignore;
  onEnded?: () => void;

  #socket: Socket;
  #reader: LineReader;
  #onLines: (lines: readonly Received[]) => void = ignore;
  #state: 'open' | 'closing' | 'closed' = 'open';
  #reason = ENDED;
  #deadline: NodeJS.Timeout | undefined;

  /** The socket must allow half-open connections, so that a client at the end of its input still gets its answers. */
  constructor(socket: Socket, peer: Peer, limits: LineLimits) {
    this.peer = peer;
    this.#socket = socket;
    this.#reader = new LineReader(utf8, limits);
    socket.setNoDelay(true);
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#end());
  }

  get onLines(): (lines: readonly Received[]) => void {
    return this.#onLines;
  }

  /** Reading begins when somebody first listens: a dialled link is handed over a moment after it opened. */
  set onLines(handler: (lines: readonly Received[]) => void) {
    const first = this.#onLines === ignore;
    this.#onLines = handler;
    if (!first) return;
    this.#socket.on('data', (chunk: Uint8Array) => this.#read(chunk));
    this.#socket.on('end', () => this.#otherEnded());
  }

  get queuedBytes(): number {
    return this.#socket.writableLength;
  }

  send(lines: Outgoing): void {
    if (this.#state !== 'open') return;
    if (lines.encoded !== undefined) this.#socket.write(encodedLines(lines));
    else this.#socket.write(lines.text, isAscii(lines.text) ? 'latin1' : 'utf8');
  }

  pause(): void {
    if (this.#state === 'open') this.#socket.pause();
  }

  resume(): void {
    if (this.#state === 'open') this.#socket.resume();
  }

  close(reason: string): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#reason = reason;
    this.#socket.end();
    // Reading goes on, unheard: closing with unread input would make the system reset the connection, and the other
    // end would lose the last lines.
    this.#socket.resume();
    this.#deadline = setTimeout(() => this.#socket.destroy(), CLOSE_MS_MAX);
  }

  #read(chunk: Uint8Array): void {
    if (this.#state !== 'open') return;
    const lines = this.#reader.feed(chunk);
    if (lines.length > 0) this.#onLines(lines);
  }

  #otherEnded(): void {
    if (this.#state === 'open' && this.onEnded !== undefined) this.onEnded();
    else this.close(ENDED);
  }

  #fail(error: Error): void {
    if (this.#state === 'open') this.#reason = reasonOf(error);
  }

  #end(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    clearTimeout(this.#deadline);
    this.onClosed(this.#reason);
  }
}

/** Node writes short strings to the socket without a Buffer, and plain ASCII without counting bytes first. */
function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function ignore(): void {}
