/** Copies of a history file that is in use. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ParleyError } from '../../core/base/errors.ts';
import { reason } from './reason.ts';

/**
 * Writes a sound copy of `file` to `to`. It shows one moment, and takes as long as the disk needs; a reader of its own
 * makes it, so that whoever writes `file` is not held up. `to` appears when it is complete, and is never overwritten.
 */
export async function backupFile(file: string, to: string): Promise<void> {
  const partial = `${to}.partial`;
  try {
    if (existsSync(to)) throw new ParleyError('backup/exists', `${to} exists already: give another name.`);
    await rm(partial, { force: true });
    const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
    const worker = new Worker(new URL(`./sqlite-backup-worker${extension}`, import.meta.url), {
      workerData: { file, to: partial },
    });
    await once(worker, 'exit');
    await flush(partial);
    await link(partial, to);
    await flush(dirname(to));
  } catch (error) {
    if (error instanceof ParleyError) throw error;
    const text = `The copy to ${to} failed (${reason(error)}): try another place.`;
    throw new ParleyError('backup/failed', text, { cause: error });
  } finally {
    await rm(partial, { force: true });
  }
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync();
  await handle.close();
}
