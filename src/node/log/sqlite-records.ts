/**
 * Records in one SQLite file, behind a thread of its own (sqlite-worker.ts), so that no fsync blocks the caller.
 *
 * All that is ordered while the thread is busy goes to it as one list, and becomes one transaction: the slower the
 * disk, the larger the groups. `done` of a commit is called when its group is durable. Answers come in the order of
 * the questions and may overtake the `done` of earlier commits, but they have seen them.
 *
 * Copying the file: after `close` it is one file that holds everything. While it is open, its `-wal` companion holds
 * what came last, and a plain copy may be torn; `backup` makes a sound one at any time.
 */
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { assert, unreachable } from '../../core/base/assert.ts';
import { ParleyError } from '../../core/base/errors.ts';
import type { Answer, Batch, Query, Records, Restored, Retention } from '../../core/ports.ts';
import { packBatch } from './frame.ts';
import { FreeSpaceWatch, type freeBytes } from './free-space.ts';
import { backupFile } from './sqlite-backup.ts';
import type { Synchronous } from './sqlite-open.ts';
import type { Order, Report, StorageThreadData } from './sqlite-protocol.ts';
import { SearchThread } from './search-thread.ts';
import { TimesRise } from './times-rise.ts';

export interface SqliteRecordsOptions {
  readonly file: string;
  readonly synchronous?: Synchronous;
  /** How free space is found out; tests have their own. */
  readonly free?: typeof freeBytes;
  readonly freeCheckMs?: number;
}

/** Opens a history file, making it if it is not there. Rejects with a `ParleyError` (`records/…`) that says what to do. */
export async function openSqliteRecords({
  file,
  synchronous = 'full',
  ...watch
}: SqliteRecordsOptions): Promise<SqliteRecords> {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const data: StorageThreadData = { file, synchronous };
  const worker = new Worker(new URL(`./sqlite-worker${extension}`, import.meta.url), { workerData: data });
  const { promise, resolve, reject } = Promise.withResolvers<Restored>();
  worker.once('error', reject);
  worker.once('message', (report: Report) => {
    if (report.kind === 'opened') resolve(report.restored);
    else if (report.kind === 'refused') reject(new ParleyError(report.code, report.message));
  });
  const restored = await promise;
  worker.off('error', reject);
  return new SqliteRecords(file, worker, restored, watch);
}

export class SqliteRecords implements Records {
  readonly restored: Restored;
  onTrouble: (why: string | undefined) => void = () => {};
  readonly #file: string;
  readonly #worker: Worker;
  readonly #freeSpace: FreeSpaceWatch;
  readonly #rising = new TimesRise();
  readonly #search: SearchThread;

  /** What to order when the thread has served the last list; a string at its end grows by further batches. */
  #orders: Order[] = [];
  #serving = false;
  /** For each frame that is not durable, from the oldest: what to call. The last belong to a frame in `#orders`. */
  readonly #frames: (() => void)[][] = [];
  readonly #asked: ((answer: Answer) => void)[] = [];
  #retained: ((rows: number) => void) | undefined;
  #sweeps: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;
  #onClosed: (why: string | undefined) => void = () => {};

  /** Why the storage thread cannot store, and why it soon could not. */
  #stuck: string | undefined;
  #low: string | undefined;
  #told: string | undefined;

  /** For `openSqliteRecords`. */
  constructor(
    file: string,
    worker: Worker,
    restored: Restored,
    watch: { free?: typeof freeBytes; freeCheckMs?: number },
  ) {
    this.#file = file;
    this.#search = new SearchThread(file);
    this.#worker = worker;
    this.restored = restored;
    worker.on('message', (report: Report) => this.#hear(report));
    worker.on('error', (cause) => {
      throw new Error('The storage thread stopped.', { cause });
    });
    this.#freeSpace = new FreeSpaceWatch(dirname(file), (why) => this.#tell({ low: why }), {
      ...(watch.free === undefined ? {} : { free: watch.free }),
      ...(watch.freeCheckMs === undefined ? {} : { everyMs: watch.freeCheckMs }),
    });
  }

  commit(batch: Batch, done: () => void): void {
    assert(this.#closed === undefined, 'commit after close');
    this.#rising.check(batch.rows);
    const text = packBatch(batch);
    const last = this.#orders.length - 1;
    const open = this.#orders[last];
    if (typeof open === 'string') {
      this.#orders[last] = open + text;
      this.#frames.at(-1)?.push(done);
    } else {
      this.#orders.push(text);
      this.#frames.push([done]);
    }
    this.#send();
  }

  ask(query: Query, done: (answer: Answer) => void): void {
    if (this.#closed !== undefined) {
      queueMicrotask(() => done({ kind: 'failed', why: 'The store is closed.' }));
      return;
    }
    if (query.kind === 'search') {
      this.#search.ask(query, done);
      return;
    }
    this.#asked.push(done);
    this.#order(query);
  }

  /** Sweeps that are asked for while one is under way wait for it. */
  retain(rule: Retention, now: number): Promise<number> {
    const sweep = this.#sweeps.then(() => {
      if (this.#closed !== undefined) return 0;
      const { promise, resolve } = Promise.withResolvers<number>();
      this.#retained = resolve;
      this.#order({ kind: 'retain', rule, now });
      return promise;
    });
    this.#sweeps = sweep;
    return sweep;
  }

  /** Writes a copy of all that is durable to `to`, which must not exist; commits go on meanwhile. */
  backup(to: string): Promise<void> {
    return backupFile(this.#file, to);
  }

  /** Rejects with `records/unstored` when the disk refused to the end; such messages were never acknowledged. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#freeSpace.stop();
    await this.#search.close();
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.#onClosed = resolve;
    this.#order({ kind: 'close' });
    const why = await promise;
    const lost = this.#frames.reduce((sum, dones) => sum + dones.length, 0);
    if (lost > 0) throw new ParleyError('records/unstored', `The last ${lost} changes were not stored. ${why}`);
  }

  #order(order: Order): void {
    this.#orders.push(order);
    this.#send();
  }

  #send(): void {
    if (this.#serving || this.#orders.length === 0) return;
    this.#worker.postMessage(this.#orders);
    this.#orders = [];
    this.#serving = true;
  }

  #hear(report: Report): void {
    switch (report.kind) {
      case 'answers':
        for (const answer of report.answers) this.#asked.shift()?.(answer);
        return;
      case 'stored':
        return this.#stored(report.frames);
      case 'served':
        // The thread goes on with the next list while the callers hear of this one.
        this.#serving = false;
        this.#send();
        return this.#stored(report.frames);
      case 'trouble':
        return this.#tell({ stuck: report.why });
      case 'retained':
        return this.#retained?.(report.rows);
      case 'closed':
        return this.#onClosed(report.why);
      case 'opened':
      case 'refused':
        return assert(false, `${report.kind} came twice`);
      default:
        return unreachable(report);
    }
  }

  #stored(frames: number): void {
    for (const dones of this.#frames.splice(0, frames)) {
      for (const done of dones) done();
    }
  }

  #tell(change: { stuck?: string | undefined; low?: string | undefined }): void {
    if ('stuck' in change) this.#stuck = change.stuck;
    if ('low' in change) this.#low = change.low;
    const why = this.#stuck ?? this.#low;
    if (why === this.#told) return;
    this.#told = why;
    this.onTrouble(why);
  }
}
