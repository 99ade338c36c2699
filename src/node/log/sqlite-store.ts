import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Answer, RecordPut, Restored, Retention, StoredQuery } from '../../core/ports.ts';
import { unpackFrame } from './frame.ts';
import { newIncarnation } from './incarnation.ts';
import { MemoryTables } from './memory-tables.ts';
import { Merger } from './merge.ts';
import { openDatabase, type Synchronous } from './sqlite-open.ts';
import { Queries } from './sqlite-queries.ts';
import { damaged, isSqliteError, refusal } from './sqlite-trouble.ts';
import { Sweep } from './sweep.ts';

/**
 * A history file, used by one thread at a time. What comes in passes three stations:
 *
 * 1. `add`: it is in memory, and every query sees it.
 * 2. `store`: it is on disk as a frame, in one transaction with all else that was added.
 * 3. `merge`: it is in the blocks of its timelines, together with thousands of rows that came with it.
 *
 * What has not reached the third station is the *tail*. A file that is opened merges the tail it finds.
 */
export class SqliteStore {
  readonly restored: Restored;
  readonly #db: DatabaseSync;
  readonly #queries: Queries;
  readonly #merger: Merger;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #addFrame: StatementSync;
  /** All frames of the tail, and how many of them are in `#unpacked`, for queries. */
  #tail: string[];
  #tailLength = 0;
  #unpacked = new MemoryTables();
  #unpackedCount = 0;
  #unstored: string[] = [];
  /** Frames that became durable since `store` last told of any. */
  #newlyStored = 0;

  /** Throws a `ParleyError` when the file cannot be used. */
  constructor(file: string, synchronous: Synchronous) {
    const db = openDatabase(file, synchronous);
    try {
      this.#db = db;
      this.#queries = new Queries(db);
      this.#merger = new Merger(db);
      this.#begin = db.prepare('BEGIN IMMEDIATE');
      this.#commit = db.prepare('COMMIT');
      this.#addFrame = db.prepare('INSERT INTO frame(batches) VALUES (?)');
      this.#tail = db
        .prepare('SELECT batches FROM frame ORDER BY id')
        .all()
        .map(({ batches }) => batches as string);
      this.merge();
      db.prepare('INSERT OR IGNORE INTO meta(id, incarnation, pos, at) VALUES (1, ?, 0, 0)').run(newIncarnation());
      const meta = db.prepare('SELECT incarnation, pos, at FROM meta').get();
      if (meta === undefined) throw damaged(file, 'it has no beginning');
      const records = db.prepare('SELECT kind, key, value FROM record').all();
      this.restored = {
        incarnation: meta['incarnation'] as string,
        pos: meta['pos'] as number,
        at: meta['at'] as number,
        records: records.map(({ kind, key, value }) => ({ kind, key, value }) as RecordPut),
      };
    } catch (error) {
      db.close();
      throw refusal(error, file);
    }
  }

  /** Takes a frame in: queries see it at once, `store` makes it durable. */
  add(frame: string): void {
    this.#tail.push(frame);
    this.#unstored.push(frame);
    this.#tailLength += frame.length;
  }

  /** How many characters of frames have not been merged. */
  get tailLength(): number {
    return this.#tailLength;
  }

  answer(query: StoredQuery): Answer {
    if (this.#unpackedTail().changed) this.#settle();
    return this.#queries.answer(query, this.#unpackedTail());
  }

  /** Changes reach rows in the tables by merging only. While the disk refuses, rows are as they were: nobody has been told otherwise. */
  #settle(): void {
    try {
      this.#write();
      this.merge();
    } catch (error) {
      if (!isSqliteError(error)) throw error; // `store` meets the same trouble and tells of it
    }
  }

  /** Makes all that was added durable, or throws and changes nothing; returns how many frames it was. */
  store(): number {
    this.#write();
    const stored = this.#newlyStored;
    this.#newlyStored = 0;
    return stored;
  }

  #write(): void {
    if (this.#unstored.length === 0) return;
    this.#transaction(() => {
      for (const frame of this.#unstored) this.#addFrame.run(frame);
    });
    this.#newlyStored += this.#unstored.length;
    this.#unstored = [];
  }

  /** Moves the whole tail, which must be stored, into the tables; or throws and changes nothing. */
  merge(): void {
    if (this.#unstored.length > 0 || this.#tail.length === 0) return;
    this.#transaction(() => {
      this.#merger.merge(this.#tail);
      this.#db.exec('DELETE FROM frame');
    });
    this.#tail = [];
    this.#tailLength = 0;
    this.#unpacked = new MemoryTables();
    this.#unpackedCount = 0;
  }

  /** What `sweepOn` is to be called with until it is done. The tail is not swept: merge it first. */
  sweep(rule: Retention, now: number): Generator<number, void> {
    return new Sweep(this.#db, rule, now).run();
  }

  sweepOn(pieces: Generator<number, void>): IteratorResult<number, void> {
    return this.#transaction(() => pieces.next());
  }

  /** Leaves one file that holds everything, without companions. */
  close(): void {
    try {
      this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } finally {
      this.#db.close();
    }
  }

  /** Runs `work` whole or not at all. */
  #transaction<T>(work: () => T): T {
    try {
      this.#begin.run();
      const result = work();
      this.#commit.run();
      return result;
    } catch (error) {
      this.#merger.forget();
      // SQLite has rolled back by itself after some errors, such as a full disk.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  #unpackedTail(): MemoryTables {
    for (; this.#unpackedCount < this.#tail.length; this.#unpackedCount++) {
      for (const batch of unpackFrame(this.#tail[this.#unpackedCount] ?? '')) this.#unpacked.add(batch);
    }
    return this.#unpacked;
  }
}
