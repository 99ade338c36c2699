/**
 * One connection, seen from the hub: what it says is counted and handed on, what it is told is queued up to a bound.
 */
import type { ConnId, HubEvent } from '../../core/hub/events.ts';
import type { Link, Outgoing } from '../../core/ports.ts';
import type { Received } from '../../core/wire/line-reader.ts';
import { BURST_LINES, costOf, LINES_PER_SECOND, TokenBucket } from './flood.ts';

/** A reader this far behind is cut; it catches up from history. Two minutes of a very busy room. */
export const SEND_QUEUE_BYTES_MAX = 1024 * 1024;

/** Lines that flood control may hold back: a long text pasted into a room still gets through, slowly. */
const WAITING_LINES_MAX = 500;
const WAITING_CHARS_MAX = 128 * 1024;

export const SEND_QUEUE_FULL = 'SendQ exceeded';
const ENDED = 'Connection closed';

/** What a peer asks of the server around it. */
export interface PeerHost {
  /** Puts an event into the coming turn. */
  push(event: HubEvent): void;
  /** Calls back when everything that the coming turn says has left. */
  whenLeft(then: () => void): void;
  /** The time of day, for the hub. */
  now(): number;
  /** A clock that does not jump, for rates. */
  monotonic(): number;
  /** True while what there is to say waits for the disk beyond the bound: nobody should be listened to. */
  readonly stalled: boolean;
  /** The peer has stopped reading because of that and wants `resumeStalled`. */
  stall(peer: Peer): void;
  /** The peer has lines that flood control holds back, and wants `release` at this time of the monotonic clock. */
  waits(peer: Peer, until: number): void;
  /** The link is gone for good. */
  left(peer: Peer): void;
}

export class Peer {
  readonly conn: ConnId;
  readonly link: Link;
  readonly #host: PeerHost;
  #bucket: TokenBucket | undefined;
  /** Held back by flood control, or because the hub wants no more for the moment. */
  #waiting: Received[] = [];
  #waitingChars = 0;
  /** The hub, or the stalled server, wants no more for the moment. */
  #hubPaused = false;
  #stalled = false;
  /** More lines wait than may; reading pauses until half of them are gone. */
  #flooding = false;
  /** The other end sends no more, but gets its answers. */
  #ended = false;
  /** The hub has been told that this connection is closed, and is told nothing more of it. */
  #gone = false;

  constructor(conn: ConnId, link: Link, host: PeerHost, floodControl: boolean) {
    this.conn = conn;
    this.link = link;
    this.#host = host;
    this.setFloodControl(floodControl);
    link.onLines = (lines) => this.#heard(lines);
    link.onEnded = () => {
      this.#ended = true;
      this.#endWhenAnswered();
    };
    link.onClosed = (reason) => {
      this.#tellGone(reason);
      host.left(this);
    };
  }

  setFloodControl(on: boolean): void {
    if (!on) this.#bucket = undefined;
    else this.#bucket ??= new TokenBucket(BURST_LINES, LINES_PER_SECOND, this.#host.monotonic());
  }

  send(lines: Outgoing): void {
    if (this.#gone) return;
    this.link.send(lines);
    if (this.link.queuedBytes > SEND_QUEUE_BYTES_MAX) this.close(SEND_QUEUE_FULL);
  }

  /** Ends the link after what has been said; the hub need not wait until the other end has taken it. */
  close(reason: string): void {
    this.link.close(reason);
    this.#tellGone(reason);
  }

  pause(): void {
    this.#hubPaused = true;
    this.link.pause();
  }

  resume(): void {
    this.#hubPaused = false;
    this.#resumeLink();
    this.release();
  }

  resumeStalled(): void {
    this.#stalled = false;
    this.#resumeLink();
    this.release();
  }

  #resumeLink(): void {
    if (!this.#hubPaused && !this.#stalled && !this.#flooding) this.link.resume();
  }

  /** Hands on what flood control allows by now. */
  release(): void {
    if (this.#waiting.length === 0 || this.#hubPaused || this.#stalled || this.#gone) return;
    const now = this.#host.monotonic();
    let taken = 0;
    for (const line of this.#waiting) {
      const chars = charsOf(line);
      if (this.#bucket !== undefined && !this.#bucket.take(costOf(chars), now)) {
        this.#host.waits(this, this.#bucket.readyAt(costOf(chars), now));
        break;
      }
      taken += 1;
      this.#waitingChars -= chars;
      this.#host.push({ kind: 'line', at: this.#host.now(), conn: this.conn, line });
    }
    this.#waiting.splice(0, taken);
    if (this.#flooding && this.#waiting.length * 2 < WAITING_LINES_MAX && this.#waitingChars * 2 < WAITING_CHARS_MAX) {
      this.#flooding = false;
      this.#resumeLink();
    }
    if (this.#ended) this.#endWhenAnswered();
  }

  #heard(lines: readonly Received[]): void {
    if (this.#gone) return;
    if (this.#host.stalled && !this.#stalled) {
      this.#stalled = true;
      this.link.pause();
      this.#host.stall(this);
    }
    if (this.#bucket === undefined && this.#waiting.length === 0 && !this.#hubPaused) {
      const at = this.#host.now();
      for (const line of lines) this.#host.push({ kind: 'line', at, conn: this.conn, line });
      return;
    }
    const held = this.#waiting.length > 0;
    for (const line of lines) {
      this.#waiting.push(line);
      this.#waitingChars += charsOf(line);
    }
    if (!held) this.release();
    // The network holds back the rest. Who is paused is not dropped as silent: each line that is let go counts as heard.
    const tooMuch = this.#waiting.length > WAITING_LINES_MAX || this.#waitingChars > WAITING_CHARS_MAX;
    if (tooMuch && !this.#flooding) {
      this.#flooding = true;
      this.link.pause();
    }
  }

  #endWhenAnswered(): void {
    if (this.#waiting.length === 0) this.#host.whenLeft(() => this.close(ENDED));
  }

  #tellGone(reason: string): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#waiting = [];
    this.#host.push({ kind: 'closed', at: this.#host.now(), conn: this.conn, reason });
  }
}

function charsOf(line: Received): number {
  return typeof line === 'string' ? line.length : 0;
}
