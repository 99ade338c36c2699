import { assert } from '../../core/base/assert.ts';
import type { Answer, Batch, Query, Records, Restored, Retention } from '../../core/ports.ts';
import { newIncarnation } from './incarnation.ts';
import { MemoryTables } from './memory-tables.ts';

/**
 * Records that last as long as the process: for `--memory` and for tests. Bounded only by what the machine has.
 *
 * A call takes effect before it returns. Its `done` comes later, in a microtask and in the order of the calls, never
 * from inside the call: a caller that relied on being called back at once would break over a real disk.
 */
export class MemoryRecords implements Records {
  readonly restored: Restored;
  onTrouble: (why: string | undefined) => void = () => {};
  readonly #tables = new MemoryTables();
  #open = true;

  constructor(incarnation: string = newIncarnation()) {
    this.restored = { incarnation, pos: 0, at: 0, records: [] };
  }

  commit(batch: Batch, done: () => void): void {
    assert(this.#open, 'commit after close');
    // Nobody will be given the records back: they are for the next process.
    this.#tables.add({ ...batch, puts: [] });
    queueMicrotask(done);
  }

  ask(query: Query, done: (answer: Answer) => void): void {
    const answer: Answer = this.#open ? this.#tables.answer(query) : { kind: 'failed', why: 'the store is closed' };
    queueMicrotask(() => done(answer));
  }

  async retain(rule: Retention, now: number): Promise<number> {
    return this.#tables.retain(rule, now);
  }

  async close(): Promise<void> {
    this.#open = false;
  }
}
