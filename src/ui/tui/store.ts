/**
 * What the client remembers over restarts, in one SQLite file for each server and nick: the outbox, the rooms, reading
 * positions, drafts. Values are written in one transaction each time and are on disk when `put` resolves.
 *
 * Two programs with the same server and nick share the file. SQLite keeps it whole; each waits up to `BUSY_MS` for the
 * other. They share rooms, reading positions and drafts, and whoever writes last is right. Messages in the outbox have
 * keys of their own: a second program started while some are queued sends them as well, with the same send ids, and
 * the server stores each once.
 */
import { chmodSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ParleyError } from '../../core/base/errors.ts';
import type { ClientStore } from '../shared/shell.ts';

/** Longer than any write takes, and short enough that a person does not wonder. */
const BUSY_MS = 2_000;
const SCHEMA = 1;

export class ChatStore implements ClientStore {
  readonly #db: DatabaseSync;

  /** Opens or makes the file. Throws a ParleyError when that is impossible. */
  constructor(path: string) {
    try {
      if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      this.#db = new DatabaseSync(path, { timeout: BUSY_MS });
      // What people have not sent yet is nobody else's business.
      if (path !== ':memory:') chmodSync(path, 0o600);
      this.#prepare(path);
    } catch (cause) {
      if (cause instanceof ParleyError) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new ParleyError(
        'chat/store',
        `${path} cannot be used (${why}). Free the place, or name another with XDG_STATE_HOME.`,
        { cause },
      );
    }
  }

  #prepare(path: string): void {
    // The journal of WAL is made with the same permissions as the file.
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    const { user_version: version } = this.#db.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version > SCHEMA) {
      throw new ParleyError(
        'chat/store-newer',
        `${path} was written by a newer Parley. Use that one, or move the file away.`,
      );
    }
    this.#db.exec(`
      CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
      PRAGMA user_version = ${SCHEMA};
    `);
  }

  async load(): Promise<ReadonlyMap<string, string>> {
    return this.loadNow();
  }

  loadNow(): ReadonlyMap<string, string> {
    const rows = this.#db.prepare('SELECT key, value FROM kept').all() as { key: string; value: string }[];
    return new Map(rows.map(({ key, value }) => [key, value]));
  }

  async put(values: ReadonlyMap<string, string | null>): Promise<void> {
    const set = this.#db.prepare('INSERT INTO kept VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value');
    const remove = this.#db.prepare('DELETE FROM kept WHERE key = ?');
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      for (const [key, value] of values) {
        if (value === null) remove.run(key);
        else set.run(key, value);
      }
      this.#db.exec('COMMIT');
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#db.close();
  }
}

/** The file for a server and nick; both are folded and escaped, so that every pair has one name and none leaves the folder. */
export function storePath(folder: string, server: string, nick: string): string {
  const escape = (text: string): string =>
    encodeURIComponent(text.toLowerCase()).replace(/[.*~]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
  // File names may be 255 bytes on most systems.
  return join(folder, `${escape(server).slice(0, 120)}+${escape(nick).slice(0, 80)}.db`);
}
