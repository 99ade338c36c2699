/**
 * Flood control: a connection may say a burst of lines at once and then a steady few a second. What comes faster
 * waits (others call it fakelag); who goes on all the same fills a bounded queue and is cut (see peer.ts).
 */

/** A client that enters a dozen rooms and asks for their history sends this much at once. */
export const BURST_LINES = 30;

/** Faster than people type and read; slower than a room can be filled with. */
export const LINES_PER_SECOND = 5;

/** A line with long tags costs as much as several: one more for each started piece of this size. */
const COST_CHARS = 512;

/** What a line costs; a line that could not be read costs as much as a short one. */
export function costOf(chars: number): number {
  return 1 + Math.floor(chars / COST_CHARS);
}

/** Tokens that come back with time. The clock it is given must not jump. */
export class TokenBucket {
  readonly #capacity: number;
  readonly #perMs: number;
  #tokens: number;
  #at: number;

  constructor(capacity: number, perSecond: number, now: number) {
    this.#capacity = capacity;
    this.#perMs = perSecond / 1000;
    this.#tokens = capacity;
    this.#at = now;
  }

  /** Takes the cost if it is there. More than a whole bucket costs a whole bucket. */
  take(cost: number, now: number): boolean {
    this.#refill(now);
    const wanted = Math.min(cost, this.#capacity);
    if (this.#tokens < wanted) return false;
    this.#tokens -= wanted;
    return true;
  }

  /** When `take(cost)` will succeed. */
  readyAt(cost: number, now: number): number {
    this.#refill(now);
    const missing = Math.min(cost, this.#capacity) - this.#tokens;
    return missing <= 0 ? now : now + Math.ceil(missing / this.#perMs);
  }

  /** Nothing has been taken for so long that forgetting the bucket changes nothing. */
  isFull(now: number): boolean {
    this.#refill(now);
    return this.#tokens >= this.#capacity;
  }

  #refill(now: number): void {
    if (now <= this.#at) return;
    this.#tokens = Math.min(this.#capacity, this.#tokens + (now - this.#at) * this.#perMs);
    this.#at = now;
  }
}
