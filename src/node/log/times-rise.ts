import { assert } from '../../core/base/assert.ts';
import type { Row } from '../../core/ports.ts';

/** Timelines whose last time is remembered; past it the check begins anew. */
const REMEMBERED_MAX = 20_000;

/** Stops the program before two rows of a timeline get one key: on disk the later would be lost. */
export class TimesRise {
  readonly #last = new Map<string, number>();

  check(rows: readonly Row[]): void {
    for (const { timeline, at } of rows) {
      const last = this.#last.get(timeline) ?? -1;
      assert(Number.isSafeInteger(at) && at > last, `time ${at} in ${timeline} is not after ${last}`);
      if (this.#last.size >= REMEMBERED_MAX) this.#last.clear();
      this.#last.set(timeline, at);
    }
  }
}
