/**
 * The tables of a history file, and how older files become this.
 *
 * A commit appends its *frame* (frame.ts) and nothing else, so it costs the same for one room as for a thousand. Frames
 * are *merged* later and many at a time (merge.ts): their rows go to the *blocks* of their timelines (block.ts), so a page
 * is read from neighbouring bytes even when the timelines were written interleaved.
 *
 * `timeline.newest` is the time of its newest message. `sent` outlives its row while `orphan` is set (retention.ts).
 */
import type { DatabaseSync } from 'node:sqlite';
import { ParleyError } from '../../core/base/errors.ts';

/** Tells SQLite's `file` signature that this is ours: "Prly". */
const APPLICATION_ID = 0x50726c79;

/** Numbers of `sent.kind`. */
export const KIND = { message: 0, event: 1 } as const;

/** The script at index n makes a file of version n into one of version n + 1. Scripts that were released never change. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE meta(
     id INTEGER PRIMARY KEY CHECK (id = 1),
     incarnation TEXT NOT NULL,
     pos INTEGER NOT NULL,
     at INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE frame(
     id INTEGER PRIMARY KEY,
     batches TEXT NOT NULL
   ) STRICT;
   CREATE TABLE timeline(
     id INTEGER PRIMARY KEY,
     name TEXT NOT NULL UNIQUE,
     one TEXT,
     other TEXT,
     newest INTEGER
   ) STRICT;
   CREATE TABLE participant(
     identity TEXT NOT NULL,
     timeline INTEGER NOT NULL,
     PRIMARY KEY (identity, timeline)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE block(
     id INTEGER PRIMARY KEY,
     timeline INTEGER NOT NULL,
     first INTEGER NOT NULL,
     last INTEGER NOT NULL,
     first_pos INTEGER NOT NULL,
     messages INTEGER NOT NULL,
     events INTEGER NOT NULL,
     rows TEXT NOT NULL,
     UNIQUE (timeline, first)
   ) STRICT;
   CREATE TABLE sent(
     send_id TEXT PRIMARY KEY,
     timeline INTEGER NOT NULL,
     kind INTEGER NOT NULL,
     at INTEGER NOT NULL,
     pos INTEGER NOT NULL,
     orphan INTEGER NOT NULL DEFAULT 0
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX sent_orphan ON sent(at) WHERE orphan = 1;
   CREATE TABLE record(
     kind TEXT NOT NULL,
     key TEXT NOT NULL,
     value TEXT NOT NULL,
     PRIMARY KEY (kind, key)
   ) STRICT, WITHOUT ROWID;`,
];

/** Brings a file, fresh or older, to the newest version in one transaction; refuses a newer one and one not ours. */
export function migrate(db: DatabaseSync, file: string, migrations: readonly string[] = MIGRATIONS): void {
  const version = pragma(db, 'user_version');
  const owner = pragma(db, 'application_id');
  if (version > migrations.length) {
    const versions = `format ${version}; this Parley knows up to ${migrations.length}`;
    throw new ParleyError('records/newer', `${file} was written by a newer Parley (${versions}): run that one.`);
  }
  if (owner !== APPLICATION_ID && !(owner === 0 && version === 0 && pragma(db, 'schema_version') === 0)) {
    throw new ParleyError(
      'records/damaged',
      `${file} is not a Parley history: move it away or give another directory.`,
    );
  }
  if (version === migrations.length) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const script of migrations.slice(version)) db.exec(script);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length}; COMMIT`);
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
}
