/** Secrets that are made once and kept in the data directory, readable by their owner alone. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { ParleyError } from '../../core/base/errors.ts';

/** The secret in the file, made first if it is not there. */
export function keptSecret(path: string, make: () => string): string {
  try {
    const kept = readFileSync(path, 'utf8').trim();
    if (kept !== '') return kept;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new ParleyError('identity/unreadable', `${path} cannot be read; is it yours?`, { cause });
    }
  }
  const made = make();
  keepSecret(path, made);
  return made;
}

/** Replaces the file whole: a stop in the middle leaves the one before. */
export function keepSecret(path: string, secret: string): void {
  const draft = `${path}.new`;
  try {
    rmSync(draft, { force: true });
    const fd = openSync(draft, 'wx', 0o600);
    writeSync(fd, `${secret}\n`);
    fsyncSync(fd);
    closeSync(fd);
    renameSync(draft, path);
  } catch (cause) {
    throw new ParleyError(
      'identity/unwritable',
      `${path} cannot be written; is the directory yours, and is there space?`,
      {
        cause,
      },
    );
  }
}
