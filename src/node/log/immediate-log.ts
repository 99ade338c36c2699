import type { Log, Ordered, Proposal } from '../../core/ports.ts';

/**
 * The log of a single machine: every proposal has its place at once, inside `propose`. Nothing is stored here; the
 * batch that the turn commits to `Records` is the append.
 */
export class ImmediateLog implements Log {
  onOrdered: (ordered: Ordered) => void = () => {};
  #pos: number;
  readonly #now: () => number;

  /** `pos` is the last position that the store held when it was opened; `now` is the clock. */
  constructor({ pos, now }: { pos: number; now: () => number }) {
    this.#pos = pos;
    this.#now = now;
  }

  propose({ n, entry }: Proposal): void {
    this.#pos += 1;
    this.onOrdered({ n, entry, pos: this.#pos, at: this.#now() });
  }
}
