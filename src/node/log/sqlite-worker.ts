/**
 * The storage thread: serves orders from one history file, so that no other thread ever waits for the disk. While the
 * disk refuses, it keeps what it was given in order, answers queries all the same, and tries again.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../core/base/assert.ts';
import { ParleyError } from '../../core/base/errors.ts';
import type { Answer, StoredQuery } from '../../core/ports.ts';
import type { Order, Report, StorageThreadData } from './sqlite-protocol.ts';
import { SqliteStore } from './sqlite-store.ts';
import { describeTrouble, isSqliteError } from './sqlite-trouble.ts';

/** Frames are merged when so many characters have come together (some 8,000 rows)... */
const TAIL_LENGTH_MAX = 1024 * 1024;

/** ...or when nothing has come for so long. */
const IDLE_MS = 2_000;

/** After a failure the disk is tried again so soon, and half as often after each further one, down to the latter. */
const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 2_000;

type RetainOrder = Extract<Order, { kind: 'retain' }>;

class StorageThread {
  readonly #file: string;
  readonly #store: SqliteStore;
  readonly #report: (report: Report) => void;
  readonly #idle: NodeJS.Timeout;
  #trouble: string | undefined;
  #retry: NodeJS.Timeout | undefined;
  #retryMs = RETRY_MS_MIN;
  #sweep: { readonly pieces: Generator<number, void>; removed: number } | undefined;

  /** Throws a `ParleyError` when the file cannot be used. */
  constructor({ file, synchronous }: StorageThreadData, report: (report: Report) => void) {
    this.#file = file;
    this.#report = report;
    this.#store = new SqliteStore(file, synchronous);
    this.#idle = setTimeout(() => this.#mergeTail(), IDLE_MS);
    report({ kind: 'opened', restored: this.#store.restored });
  }

  serve(orders: readonly Order[]): void {
    const answers: Answer[] = [];
    let retain: RetainOrder | undefined;
    let close = false;
    for (const order of orders) {
      if (typeof order === 'string') this.#store.add(order);
      else if (order.kind === 'retain') retain = order;
      else if (order.kind === 'close') close = true;
      else answers.push(this.#answer(order));
    }
    // Answers need not wait for the disk.
    if (answers.length > 0) this.#report({ kind: 'answers', answers });
    if (close) {
      if (retain !== undefined) this.#report({ kind: 'retained', rows: 0 });
      return this.#close();
    }

    const frames = this.#trouble === undefined ? this.#attempt(() => this.#store.store()) : 0;
    this.#report({ kind: 'served', frames: frames ?? 0 });
    if (this.#store.tailLength > TAIL_LENGTH_MAX) this.#mergeTail();
    if (retain !== undefined) this.#startSweep(retain);
    this.#idle.refresh();
  }

  #answer(query: StoredQuery): Answer {
    try {
      return this.#store.answer(query);
    } catch (error) {
      if (!isSqliteError(error)) throw error;
      return { kind: 'failed', why: describeTrouble(error, this.#file) };
    }
  }

  #mergeTail(): void {
    if (this.#trouble === undefined) this.#attempt(() => this.#store.merge());
  }

  /** Does what the disk may refuse; when it does, trouble begins and the result is undefined. */
  #attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!isSqliteError(error)) throw error;
      this.#tellTrouble(`${describeTrouble(error, this.#file)} Messages wait until then.`);
      this.#retry = setTimeout(() => this.#tryAgain(), this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS_MAX);
      return undefined;
    }
  }

  #tryAgain(): void {
    const frames = this.#attempt(() => this.#store.store());
    if (frames === undefined) return;
    if (frames > 0) this.#report({ kind: 'stored', frames });
    // The merge may be what failed; only when both work is the trouble over.
    if (this.#attempt(() => (this.#store.merge(), true)) === undefined) return;
    this.#retryMs = RETRY_MS_MIN;
    this.#tellTrouble(undefined);
  }

  #tellTrouble(why: string | undefined): void {
    if (why === this.#trouble) return;
    this.#trouble = why;
    this.#report({ kind: 'trouble', why });
  }

  #startSweep({ rule, now }: RetainOrder): void {
    this.#mergeTail();
    this.#sweep = { pieces: this.#store.sweep(rule, now), removed: 0 };
    this.#sweepOn();
  }

  /** Does one piece of the sweep, then lets orders pass. A sweep that meets trouble ends; the next one goes on. */
  #sweepOn(): void {
    const sweep = this.#sweep;
    if (sweep === undefined) return;
    const piece = this.#trouble === undefined ? this.#attempt(() => this.#store.sweepOn(sweep.pieces)) : undefined;
    if (piece === undefined || piece.done === true) return this.#endSweep();
    sweep.removed += piece.value;
    setImmediate(() => this.#sweepOn());
  }

  #endSweep(): void {
    if (this.#sweep !== undefined) this.#report({ kind: 'retained', rows: this.#sweep.removed });
    this.#sweep = undefined;
  }

  /** Stores what can be stored, then closes. Whatever fails, the file is let go of and the caller hears of it. */
  #close(): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#retry);
    this.#endSweep();
    let why: string | undefined;
    const attempt = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        if (!isSqliteError(error)) throw error;
        why ??= describeTrouble(error, this.#file);
      }
    };
    attempt(() => this.#report({ kind: 'stored', frames: this.#store.store() }));
    attempt(() => this.#store.merge());
    attempt(() => this.#store.close());
    this.#report({ kind: 'closed', why });
    port.close();
  }
}

assert(parentPort !== null, 'this file is the start of a thread');
const port = parentPort;
const report = (report: Report): void => port.postMessage(report);
try {
  const thread = new StorageThread(workerData as StorageThreadData, report);
  port.on('message', (orders: readonly Order[]) => thread.serve(orders));
} catch (error) {
  if (!(error instanceof ParleyError)) throw error;
  report({ kind: 'refused', code: error.code, message: error.message });
}
