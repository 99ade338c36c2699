/** The thread that searches: one query after the other, each answered under its number. */
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../core/base/assert.ts';
import type { Answer } from '../../core/ports.ts';
import { reason } from './reason.ts';
import type { SearchQuery } from './search.ts';
import { SqliteSearch } from './sqlite-search.ts';

assert(parentPort !== null, 'this file is the start of a thread');
const port = parentPort;
const { file } = workerData as { readonly file: string };
let search: SqliteSearch | undefined;

port.on('message', (query: SearchQuery | 'close') => {
  if (query === 'close') {
    search?.close();
    port.close();
    return;
  }
  let answer: Answer;
  try {
    search ??= new SqliteSearch(file);
    answer = { kind: 'rows', rows: search.find(query) };
  } catch (error) {
    answer = { kind: 'failed', why: reason(error) };
  }
  port.postMessage(answer);
});
