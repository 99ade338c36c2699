/**
 * Two ends in one process, for tests and for a chat between parts of one program. Lines cross as bytes and through
 * the same reader as everywhere, so that limits and faults are the same; they arrive later, never inside `send`.
 */
import type { Link, Outgoing, Peer } from '../../core/ports.ts';
import { FROM_CLIENT, FROM_SERVER, LineReader, type LineLimits, type Received } from '../../core/wire/line-reader.ts';
import { encodedLines } from './framing.ts';
import { ENDED } from './reasons.ts';
import { utf8 } from './utf8.ts';

/** A client's and a server's end. */
export function memoryPair(): { readonly client: MemoryLink; readonly server: MemoryLink } {
  const client = new MemoryLink(FROM_SERVER);
  const server = new MemoryLink(FROM_CLIENT);
  client.other = server;
  server.other = client;
  return { client, server };
}

class MemoryLink implements Link {
  readonly peer: Peer = { address: '127.0.0.1', kind: 'memory', secure: true };
  onLines: (lines: readonly Received[]) => void = () => {};
  onClosed: (reason: string) => void = () => {};
  other: MemoryLink | undefined;

  #reader: LineReader;
  #state: 'open' | 'closing' | 'closed' = 'open';
  /** What the other end sent and we have not taken; the other end counts it as queued. */
  #arrived: Uint8Array[] = [];
  #arrivedBytes = 0;
  /** The other end has closed: nothing follows what has arrived. */
  #ended = false;
  #paused = false;
  #scheduled = false;

  constructor(limits: LineLimits) {
    this.#reader = new LineReader(utf8, limits);
  }

  get queuedBytes(): number {
    return this.other === undefined ? 0 : this.other.#arrivedBytes;
  }

  send(lines: Outgoing): void {
    if (this.#state === 'open') this.sendBytes(encodedLines(lines));
  }

  /** For tests that cut lines where they like. */
  sendBytes(bytes: Uint8Array): void {
    const { other } = this;
    if (other === undefined || other.#state !== 'open') return;
    other.#arrived.push(bytes);
    other.#arrivedBytes += bytes.length;
    other.#schedule();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  close(reason: string): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#arrived = [];
    this.#arrivedBytes = 0;
    const { other } = this;
    if (other !== undefined) {
      other.#ended = true;
      other.#schedule();
    }
    setImmediate(() => this.#end(reason));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    while (this.#state === 'open' && !this.#paused) {
      const bytes = this.#arrived.shift();
      if (bytes === undefined) break;
      this.#arrivedBytes -= bytes.length;
      const lines = this.#reader.feed(bytes);
      if (lines.length > 0) this.onLines(lines);
    }
    if (this.#ended && this.#arrived.length === 0) this.#end(ENDED);
  }

  #end(reason: string): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    const { other } = this;
    if (other !== undefined && !other.#ended) {
      other.#ended = true;
      other.#schedule();
    }
    this.onClosed(reason);
  }
}
export type { MemoryLink };
