import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Answer } from '../../core/ports.ts';
import type { SearchQuery } from './search.ts';

/** Searches that may wait for one another. Each connection has one at a time, so only a crowd reaches this. */
const WAITING_MAX = 100;

/** Searches a history file in a thread that is started by the first search. Answers come in the order of the questions. */
export class SearchThread {
  readonly #file: string;
  readonly #asked: ((answer: Answer) => void)[] = [];
  #worker: Worker | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  ask(query: SearchQuery, done: (answer: Answer) => void): void {
    if (this.#asked.length >= WAITING_MAX) {
      queueMicrotask(() => done({ kind: 'failed', why: 'Too many searches are waiting.' }));
      return;
    }
    this.#asked.push(done);
    this.#worker ??= this.#start();
    this.#worker.postMessage(query);
  }

  #start(): Worker {
    const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
    const data = { workerData: { file: this.#file } };
    const worker = new Worker(new URL(`./sqlite-search-worker${extension}`, import.meta.url), data);
    worker.unref();
    worker.on('message', (answer: Answer) => this.#asked.shift()?.(answer));
    worker.on('error', (cause) => {
      throw new Error('The search thread stopped.', { cause });
    });
    return worker;
  }

  /** Lets go of the file, when what was asked has been answered. */
  async close(): Promise<void> {
    if (this.#worker === undefined) return;
    this.#worker.ref();
    this.#worker.postMessage('close');
    await once(this.#worker, 'exit');
  }
}
