import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { migrate } from './schema.ts';
import { damaged, refusal } from './sqlite-trouble.ts';

/** `full` survives a power cut; `normal` may then lose the last seconds, though never the file. */
export type Synchronous = 'full' | 'normal';

/** The page cache of a connection, in KiB. More does not help: the system caches the file as well. */
const CACHE_KIB = 16_384;

/** Pages in the WAL after which a commit carries them over into the file: 8 MiB, some 10 ms of work. */
const CHECKPOINT_PAGES = 2_000;

/** What the WAL is cut back to after it has grown, for example behind a backup that held it up. */
const WAL_BYTES_KEPT = 16 * 1024 * 1024;

/** How long a commit waits for another program that holds the file, such as somebody's `sqlite3`. */
const BUSY_MS = 250;

/**
 * Opens a history file for writing, making it if it is not there (readable by its owner alone) and bringing an older
 * one up to date. What is not a sound history of ours is refused with a `ParleyError` and not touched.
 */
export function openDatabase(file: string, synchronous: Synchronous): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    closeSync(openSync(file, 'a', 0o600));
    refuseDamaged(file);
    db = new DatabaseSync(file, { timeout: BUSY_MS });
    // FULL is said even where it is the default: builds of SQLite differ.
    db.exec(`PRAGMA synchronous = ${synchronous === 'full' ? 'FULL' : 'NORMAL'};
             PRAGMA cache_size = -${CACHE_KIB};
             PRAGMA journal_mode = WAL;
             PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
             PRAGMA journal_size_limit = ${WAL_BYTES_KEPT};`);
    migrate(db, file);
    return db;
  } catch (error) {
    db?.close();
    throw refusal(error, file);
  }
}

/**
 * SQLite notices some damage late and would first write into the file. So two things are looked at before: that it
 * begins as its files do, and that it is as long as it says (https://sqlite.org/fileformat2.html#the_database_header).
 */
function refuseDamaged(file: string): void {
  const walBytes = existsSync(`${file}-wal`) ? statSync(`${file}-wal`).size : 0;
  const fileBytes = statSync(file).size;
  if (fileBytes === 0) {
    if (walBytes > 0) throw damaged(file, 'it is empty, but its -wal file is not');
    return; // A fresh one.
  }
  const header = Buffer.alloc(100);
  const fd = openSync(file, 'r');
  const read = readSync(fd, header, 0, header.length, 0);
  closeSync(fd);
  if (read < header.length || header.toString('latin1', 0, 16) !== 'SQLite format 3\0') {
    throw damaged(file, 'it is not a database');
  }
  const pageBytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const pages = header.readUInt32BE(28);
  // While there is a WAL, pages of the file may be only there: after a crash the file may rightly be too short.
  if (walBytes === 0 && fileBytes < pages * pageBytes) {
    throw damaged(file, `it has ${fileBytes} of ${pages * pageBytes} bytes`);
  }
}
