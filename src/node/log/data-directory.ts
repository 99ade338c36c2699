import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ParleyError } from '../../core/base/errors.ts';
import { reason } from './reason.ts';

export interface DataDirectory {
  /** Absolute. */
  readonly path: string;
  /** Lets the next process have it. */
  close(): Promise<void>;
}

/**
 * Makes the directory if it is not there and takes it for this process. Rejects with `data/in-use` when another has
 * it, `data/unwritable` when nothing can be written there.
 *
 * The lock is SQLite's own on an empty `lock.db`, because Node has no other that the system itself gives back: it is
 * gone the moment its holder is, by `kill -9` or a power cut, and no process number can be mistaken for it. The
 * number in `lock.pid` is only told to people.
 */
export async function openDataDirectory(directory: string): Promise<DataDirectory> {
  const path = resolve(directory);
  try {
    await makePrivate(path);
  } catch (error) {
    throw unwritable(path, error);
  }
  const lock = await takeLock(path);
  const pidFile = join(path, 'lock.pid');
  try {
    await writeFile(pidFile, `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    lock.close();
    throw unwritable(path, error);
  }
  held.add(lock);
  return {
    path,
    async close() {
      await rm(pidFile, { force: true });
      held.delete(lock);
      lock.close();
    },
  };
}

/** Where a person's Parley keeps its data when nothing else is said: what each system has for this. */
export function defaultDataDirectory(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
  home: string = homedir(),
): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Parley');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'Parley');
  // https://specifications.freedesktop.org/basedir-spec/latest/: unset or empty means ~/.local/share.
  return join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'parley');
}

/** Locks end with their handle, so handles must not be collected while the directory is in use. */
const held = new Set<DatabaseSync>();

/** https://sqlite.org/rescode.html */
const SQLITE_BUSY = 5;

async function takeLock(path: string): Promise<DatabaseSync> {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(join(path, 'lock.db'), { timeout: 0 });
    // Nothing is ever written, so there is no journal to leave behind.
    lock.exec('PRAGMA journal_mode = OFF; BEGIN IMMEDIATE');
    return lock;
  } catch (error) {
    lock?.close();
    const busy = error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
    throw busy ? await inUse(path) : unwritable(path, error);
  }
}

/** A directory of our own, new or empty, is closed to others; one that somebody else filled keeps its permissions. */
async function makePrivate(path: string): Promise<void> {
  await makeWithParents(path);
  if ((await readdir(path)).length === 0) await chmod(path, 0o700);
}

/** Level by level: Node's own way to do it never ends below /proc, where a parent is there and its child cannot be. */
async function makeWithParents(path: string): Promise<void> {
  const make = () =>
    mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  try {
    await make();
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw error;
    await makeWithParents(parent);
    await make();
  }
}

async function inUse(path: string): Promise<ParleyError> {
  const pid = Number(await readFile(join(path, 'lock.pid'), 'utf8').catch(() => ''));
  const who = isAlive(pid) ? `Another Parley (pid ${pid})` : 'Another Parley';
  return new ParleyError('data/in-use', `${who} is using ${path}; stop it or give another directory with --data.`);
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function unwritable(path: string, cause: unknown): ParleyError {
  const text = `Parley cannot write to ${path} (${reason(cause)}); make it yours or give another directory with --data.`;
  return new ParleyError('data/unwritable', text, { cause });
}
