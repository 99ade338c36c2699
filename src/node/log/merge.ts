import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Row } from '../../core/ports.ts';
import type { MemoryTables } from './memory-tables.ts';
import { KIND } from './schema.ts';

/** Rows that one statement inserts: past this the calls into SQLite no longer show in a profile. */
const ROWS_PER_INSERT = 32;

/** Timelines whose numbers are remembered; a busy server has fewer that are spoken in at once. */
const TIMELINE_IDS_MAX = 20_000;

/** Writes what frames held into the tables that queries read. Runs within a transaction of its caller. */
export class Merger {
  readonly #timelineIds = new Map<string, number>();
  readonly #findTimeline: StatementSync;
  readonly #addTimeline: StatementSync;
  readonly #pairTimeline: StatementSync;
  readonly #addParticipant: StatementSync;
  readonly #addRow: StatementSync;
  readonly #addRows: StatementSync;
  readonly #addSent: StatementSync;
  readonly #putRecord: StatementSync;
  readonly #dropRecord: StatementSync;
  readonly #setMeta: StatementSync;

  constructor(db: DatabaseSync) {
    this.#findTimeline = db.prepare('SELECT id FROM timeline WHERE name = ?');
    this.#addTimeline = db.prepare('INSERT INTO timeline(name) VALUES (?)');
    this.#pairTimeline = db.prepare('UPDATE timeline SET one = ?, other = ? WHERE id = ? AND one IS NULL');
    this.#addParticipant = db.prepare('INSERT OR IGNORE INTO participant(identity, timeline) VALUES (?, ?)');
    // Plain INSERT would have SQLite keep a journal of each statement, which doubles its cost. Keys were checked to be
    // free before they were stored (times-rise.ts), so nothing is ignored.
    const insert = 'INSERT OR IGNORE INTO row(timeline, kind, at, pos, body, tags, send_id) VALUES';
    this.#addRow = db.prepare(`${insert} (?, ?, ?, ?, ?, ?, ?)`);
    this.#addRows = db.prepare(`${insert} ${Array(ROWS_PER_INSERT).fill('(?, ?, ?, ?, ?, ?, ?)').join(', ')}`);
    // The first use of a send id is the one that a resend is told of.
    this.#addSent = db.prepare('INSERT OR IGNORE INTO sent(send_id, timeline, kind, at, pos) VALUES (?, ?, ?, ?, ?)');
    this.#putRecord = db.prepare('INSERT OR REPLACE INTO record(kind, key, value) VALUES (?, ?, ?)');
    this.#dropRecord = db.prepare('DELETE FROM record WHERE kind = ? AND key = ?');
    this.#setMeta = db.prepare('UPDATE meta SET pos = max(pos, ?), at = max(at, ?)');
  }

  merge(tables: MemoryTables): void {
    for (const [name, { messages, events, between }] of tables.timelines) {
      const id = this.#timelineId(name);
      if (between !== undefined) this.#pair(id, between);
      this.#insert(id, KIND.message, messages);
      this.#insert(id, KIND.event, events);
    }
    for (const [sendId, { timeline, kind, at, pos }] of tables.sent) {
      this.#addSent.run(sendId, this.#timelineId(timeline), KIND[kind], at, pos);
    }
    for (const { kind, key, value } of tables.puts) {
      if (value === null) this.#dropRecord.run(kind, key);
      else this.#putRecord.run(kind, key, value);
    }
    this.#setMeta.run(tables.pos, tables.at);
  }

  /** After a rollback: numbers given to timelines within the transaction are void. */
  forget(): void {
    this.#timelineIds.clear();
  }

  #insert(timeline: number, kind: number, rows: readonly Row[]): void {
    let i = 0;
    for (; i + ROWS_PER_INSERT <= rows.length; i += ROWS_PER_INSERT) {
      const values: (string | number | null)[] = [];
      for (const row of rows.slice(i, i + ROWS_PER_INSERT)) {
        values.push(timeline, kind, row.at, row.pos, row.body, row.tags, row.sendId ?? null);
      }
      this.#addRows.run(...values);
    }
    for (const row of rows.slice(i)) {
      this.#addRow.run(timeline, kind, row.at, row.pos, row.body, row.tags, row.sendId ?? null);
    }
  }

  #timelineId(name: string): number {
    let id = this.#timelineIds.get(name);
    if (id !== undefined) return id;
    const found = this.#findTimeline.get(name)?.['id'] ?? this.#addTimeline.run(name).lastInsertRowid;
    id = Number(found);
    if (this.#timelineIds.size >= TIMELINE_IDS_MAX) this.#timelineIds.clear();
    this.#timelineIds.set(name, id);
    return id;
  }

  #pair(timeline: number, [one, other]: readonly [string, string]): void {
    if (this.#pairTimeline.run(one, other, timeline).changes === 0) return;
    this.#addParticipant.run(one, timeline);
    this.#addParticipant.run(other, timeline);
  }
}
