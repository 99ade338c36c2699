import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { unreachable } from '../../core/base/assert.ts';
import type { Retention } from '../../core/ports.ts';
import { SEND_ID_AGE_MS_MIN } from './retention.ts';
import { KIND } from './schema.ts';

/** Rows removed in one transaction: commits that come meanwhile wait for a few milliseconds at most. */
export const SWEEP_ROWS_MAX = 1_000;

/** Timelines looked at in one transaction, and rows stepped over: a look costs less than a removal. */
const SWEEP_TIMELINES_MAX = 1_000;
const SWEEP_STEPS_MAX = 20_000;

/**
 * Removes what the rule no longer keeps (see retention.ts). Each `next` is to be called within a transaction of its
 * own and is a short piece of the work; it yields how many rows went.
 */
export class Sweep {
  readonly #rule: Retention;
  readonly #now: number;
  readonly #nextTimeline: StatementSync;
  readonly #nth: StatementSync;
  readonly #oldest: StatementSync;
  readonly #remove: StatementSync;
  readonly #orphan: StatementSync;
  readonly #forget: StatementSync;

  constructor(db: DatabaseSync, rule: Retention, now: number) {
    this.#rule = rule;
    this.#now = now;
    this.#nextTimeline = db.prepare('SELECT id FROM timeline WHERE id > ? ORDER BY id LIMIT 1');
    const rows = 'row WHERE timeline = ? AND kind = ? AND at < ?';
    this.#nth = db.prepare(`SELECT at FROM ${rows} ORDER BY at DESC LIMIT 1 OFFSET ?`);
    this.#oldest = db.prepare(`SELECT at, send_id FROM ${rows} ORDER BY at LIMIT ?`);
    this.#remove = db.prepare('DELETE FROM row WHERE timeline = ? AND kind = ? AND at <= ?');
    this.#orphan = db.prepare('UPDATE sent SET orphan = 1 WHERE send_id = ? AND timeline = ? AND kind = ? AND at = ?');
    this.#forget = db.prepare(
      `DELETE FROM sent WHERE send_id IN
         (SELECT send_id FROM sent WHERE orphan = 1 AND at < ? ORDER BY at LIMIT ${SWEEP_ROWS_MAX})`,
    );
  }

  *run(): Generator<number, void> {
    if (this.#rule.kind === 'forever') return;
    let looked = 0;
    let timeline = 0;
    for (;;) {
      const next = this.#nextTimeline.get(timeline);
      if (next === undefined) break;
      timeline = next['id'] as number;
      yield* this.#sweepRows(timeline, KIND.message);
      yield* this.#sweepRows(timeline, KIND.event);
      looked += 1;
      if (looked % SWEEP_TIMELINES_MAX === 0) yield 0;
    }
    while (Number(this.#forget.run(this.#now - SEND_ID_AGE_MS_MIN).changes) > 0) yield 0;
  }

  *#sweepRows(timeline: number, kind: number): Generator<number, void> {
    const before = yield* this.#keptFrom(timeline, kind);
    for (;;) {
      const rows = this.#oldest.all(timeline, kind, before, SWEEP_ROWS_MAX);
      const last = rows.at(-1)?.['at'] as number | undefined;
      if (last === undefined) return;
      for (const { at, send_id: sendId } of rows) {
        if (sendId !== null) this.#orphan.run(sendId as string, timeline, kind, at as number);
      }
      this.#remove.run(timeline, kind, last);
      yield rows.length;
    }
  }

  /** The time from which rows of this timeline are kept. */
  *#keptFrom(timeline: number, kind: number): Generator<number, number> {
    const rule = this.#rule;
    switch (rule.kind) {
      case 'forever':
        return 0;
      case 'age':
        return this.#now - rule.ageMs;
      case 'rows': {
        let before = Number.MAX_SAFE_INTEGER;
        for (let left = rule.rows; left > 0; left -= SWEEP_STEPS_MAX) {
          const nth = this.#nth.get(timeline, kind, before, Math.min(left, SWEEP_STEPS_MAX) - 1);
          if (nth === undefined) return 0;
          before = nth['at'] as number;
          if (left > SWEEP_STEPS_MAX) yield 0;
        }
        return before;
      }
      default:
        return unreachable(rule);
    }
  }
}
