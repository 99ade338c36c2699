import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { unreachable } from '../../core/base/assert.ts';
import type { Retention, Row } from '../../core/ports.ts';
import { BLOCK_COLUMNS, BlockTable, type StoredBlock } from './block-table.ts';
import { readBlock } from './block.ts';
import { SEND_ID_AGE_MS_MIN } from './retention.ts';

/** Rows removed in one transaction: commits that come meanwhile wait for a few milliseconds at most. */
const SWEEP_ROWS_MAX = 1_000;

/** Timelines, and blocks, looked at in one transaction: a look costs less than a removal. */
const SWEEP_LOOKS_MAX = 2_000;

/** The times from which rows are kept. */
type Kept = Readonly<Record<Row['kind'], number>>;

/**
 * Removes what the rule no longer keeps (see retention.ts). Each `next` is to be called within a transaction of its
 * own and is a short piece of the work; it yields how many rows went.
 */
export class Sweep {
  readonly #rule: Retention;
  readonly #now: number;
  readonly #nextTimeline: StatementSync;
  readonly #newestBlocks: StatementSync;
  readonly #block: StatementSync;
  readonly #surplus: StatementSync;
  readonly #noMessage: StatementSync;
  readonly #orphan: StatementSync;
  readonly #forget: StatementSync;
  readonly #blocks: BlockTable;
  #looks = 0;
  #removed = 0;

  constructor(db: DatabaseSync, rule: Retention, now: number) {
    this.#rule = rule;
    this.#now = now;
    this.#nextTimeline = db.prepare('SELECT id FROM timeline WHERE id > ? ORDER BY id LIMIT 1');
    this.#newestBlocks = db.prepare(
      `SELECT id, first, messages, events FROM block WHERE timeline = ? AND first < ?
       ORDER BY first DESC LIMIT ${SWEEP_LOOKS_MAX}`,
    );
    this.#blocks = new BlockTable(db);
    this.#block = db.prepare(`SELECT ${BLOCK_COLUMNS} FROM block WHERE id = ?`);
    this.#surplus = db.prepare(
      `SELECT ${BLOCK_COLUMNS} FROM block WHERE timeline = :timeline AND first > :from AND first < max(:message, :event)
         AND ((messages > 0 AND first < :message) OR (events > 0 AND first < :event))
       ORDER BY first LIMIT 1`,
    );
    this.#noMessage = db.prepare(
      `UPDATE timeline SET newest = NULL
       WHERE id = :id AND NOT EXISTS (SELECT 1 FROM block WHERE timeline = :id AND messages > 0)`,
    );
    this.#orphan = db.prepare('UPDATE sent SET orphan = 1 WHERE send_id = ? AND timeline = ? AND at = ?');
    this.#forget = db.prepare(
      `DELETE FROM sent WHERE send_id IN
         (SELECT send_id FROM sent WHERE orphan = 1 AND at < ? ORDER BY at LIMIT ${SWEEP_ROWS_MAX})`,
    );
  }

  *run(): Generator<number, void> {
    if (this.#rule.kind === 'forever') return;
    for (let next = this.#nextTimeline.get(0); next !== undefined;) {
      const timeline = next['id'] as number;
      yield* this.#sweepTimeline(timeline, yield* this.#keptFrom(timeline));
      next = this.#nextTimeline.get(timeline);
    }
    while (Number(this.#forget.run(this.#now - SEND_ID_AGE_MS_MIN).changes) > 0) yield 0;
    yield this.#pause();
  }

  *#sweepTimeline(timeline: number, kept: Kept): Generator<number, void> {
    let swept = false;
    for (let from = -1; ;) {
      if (this.#isTired()) yield this.#pause();
      const found = this.#surplus.get({ timeline, from, message: kept.message, event: kept.event });
      if (found === undefined) break;
      const block = found as unknown as StoredBlock;
      from = block.first;
      swept = true;
      this.#thin(timeline, block, kept);
    }
    if (swept) this.#noMessage.run({ id: timeline });
  }

  /** True when this transaction has been long enough. */
  #isTired(): boolean {
    this.#looks += 1;
    return this.#removed >= SWEEP_ROWS_MAX || this.#looks >= SWEEP_LOOKS_MAX;
  }

  /** What to yield: how many rows went since the last time. */
  #pause(): number {
    const removed = this.#removed;
    this.#removed = 0;
    this.#looks = 0;
    return removed;
  }

  /** Takes the rows out of a block that are not kept. */
  #thin(timeline: number, block: StoredBlock, kept: Kept): void {
    const rows = readBlock(block);
    const left = rows.filter(({ at, kind }) => at >= kept[kind]);
    for (const { at, kind, sendId } of rows) {
      if (sendId !== undefined && at < kept[kind]) this.#orphan.run(sendId, timeline, at);
    }
    if (left.length < rows.length) this.#blocks.rewrite(block.id, left);
    this.#removed += rows.length - left.length;
  }

  *#keptFrom(timeline: number): Generator<number, Kept> {
    const rule = this.#rule;
    switch (rule.kind) {
      case 'forever':
        return { message: 0, event: 0 };
      case 'age':
        return { message: this.#now - rule.ageMs, event: this.#now - rule.ageMs };
      case 'rows':
        return yield* this.#newest(timeline, rule.rows);
      default:
        return unreachable(rule);
    }
  }

  /** Counts from the newest block down, until so many rows of each kind are above. */
  *#newest(timeline: number, rows: number): Generator<number, Kept> {
    if (rows <= 0) return { message: Number.MAX_SAFE_INTEGER, event: Number.MAX_SAFE_INTEGER };
    const kept = { message: 0, event: 0 };
    const counted = { message: 0, event: 0 };
    for (let before = Number.MAX_SAFE_INTEGER; counted.message < rows || counted.event < rows;) {
      const blocks = this.#newestBlocks.all(timeline, before);
      for (const { id, first, messages, events } of blocks) {
        before = first as number;
        const added = { message: messages as number, event: events as number };
        for (const kind of ['message', 'event'] as const) {
          const missing = rows - counted[kind];
          if (missing > 0 && added[kind] >= missing) kept[kind] = this.#nth(id as number, kind, missing);
          counted[kind] += added[kind];
        }
      }
      if (blocks.length < SWEEP_LOOKS_MAX) break;
      yield this.#pause();
    }
    return kept;
  }

  /** The time of the nth newest row of a kind in a block. */
  #nth(id: number, kind: Row['kind'], n: number): number {
    const block = this.#block.get(id) as unknown as StoredBlock;
    return (
      readBlock(block)
        .filter((row) => row.kind === kind)
        .at(-n)?.at ?? 0
    );
  }
}
