/** What only a file can do: be damaged, newer, older, locked, full, copied, and survive its writer. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, open as openFile, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { ParleyError } from '../../src/core/base/errors.ts';
import { MIGRATIONS, migrate } from '../../src/node/log/schema.ts';
import { openSqliteRecords, type SqliteRecords, type SqliteRecordsOptions } from '../../src/node/log/sqlite-records.ts';
import { batch, commit, message, page, rowsOf } from './records.suite.ts';

let directory: string;
let file: string;
let count = 0;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-file-'));
});
after(() => rm(directory, { recursive: true }));
beforeEach(() => {
  file = join(directory, `history-${++count}.db`);
});

/** All that a test opened is closed behind it: a storage thread keeps its process alive. */
const open: SqliteRecords[] = [];
async function opened(options: Omit<SqliteRecordsOptions, 'file'> = {}): Promise<SqliteRecords> {
  const records = await openSqliteRecords({ file, ...options });
  open.push(records);
  return records;
}
afterEach(async () => {
  await Promise.allSettled(open.splice(0).map((records) => records.close()));
});

/** A closed history of so many messages in `#tea`, at 1, 2, 3... */
async function write(messages: number): Promise<void> {
  const records = await opened();
  const rows = Array.from({ length: messages }, (_, index) => message('#tea', index + 1));
  await commit(records, batch(messages, rows));
  await records.close();
}

async function refused(): Promise<ParleyError> {
  const error = await opened().then(
    async (records) => records.close(),
    (error: unknown) => error,
  );
  assert(error instanceof ParleyError, `expected a refusal, got ${String(error)}`);
  return error;
}

describe('a history file', () => {
  test('is one file after close, readable by its owner alone', async () => {
    await write(2_000);
    const names = (await readdir(directory)).filter((name) => name.includes(`-${count}.`));
    assert.deepEqual(names, [`history-${count}.db`]);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  test('has a -wal that stays small, however much is written', async () => {
    const records = await opened();
    const body = 'x'.repeat(1_000);
    let longest = 0;
    for (let pos = 1; pos <= 30; pos++) {
      const rows = Array.from({ length: 1_000 }, (_, index) => ({ ...message('#tea', pos * 1_000 + index), body }));
      await commit(records, batch(pos, rows));
      longest = Math.max(longest, (await stat(`${file}-wal`)).size);
    }
    // 30 MB were written twice; the WAL is carried over at 8 MiB, and may then hold one frame and one merge.
    assert.ok(longest < 16 * 1024 * 1024, `${longest} bytes`);
  });

  test('commits with an fsync each, in WAL, unless it was told otherwise', async () => {
    const { openDatabase } = await import('../../src/node/log/sqlite-open.ts');
    const settings = (synchronous: 'full' | 'normal'): unknown[] => {
      const db = openDatabase(file, synchronous);
      const values = ['synchronous', 'journal_mode'].map(
        (name) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0],
      );
      db.close();
      return values;
    };
    assert.deepEqual(settings('full'), [2, 'wal']);
    assert.deepEqual(settings('normal'), [1, 'wal']);
  });

  test('that is no database is refused and left as it is', async () => {
    for (const text of ['x', 'not a database\n'.repeat(1_000)]) {
      await writeFile(file, text);
      const error = await refused();
      assert.equal(error.code, 'records/damaged');
      assert.match(error.message, /not a database\): put a backup in its place/);
      assert.equal(await readFile(file, 'utf8'), text);
    }
  });

  test('that was cut is refused and left as it is', async () => {
    await write(2_000);
    await truncate(file, 3 * 4096 + 100);
    const left = await readFile(file);
    assert.equal((await refused()).code, 'records/damaged');
    assert.deepEqual(await readFile(file), left);
  });

  test('whose tables are overwritten is refused and left as it is', async () => {
    await write(2_000);
    const handle = await openFile(file, 'r+');
    await handle.write(Buffer.alloc(3_000, 0xa5), 0, 3_000, 100); // the schema, behind a sound header
    await handle.close();
    const left = await readFile(file);
    assert.equal((await refused()).code, 'records/damaged');
    assert.deepEqual(await readFile(file), left);
  });

  test('that is empty beside a -wal that is not is refused', async () => {
    await writeFile(file, '');
    await writeFile(`${file}-wal`, 'what was there');
    assert.equal((await refused()).code, 'records/damaged');
    assert.equal(await readFile(`${file}-wal`, 'utf8'), 'what was there');
  });

  test('of another program is refused and left as it is', async () => {
    const db = new DatabaseSync(file);
    db.exec('CREATE TABLE bookmarks(url TEXT)');
    db.close();
    const left = await readFile(file);
    const error = await refused();
    assert.equal(error.code, 'records/damaged');
    assert.match(error.message, /is not a Parley history/);
    assert.equal(new DatabaseSync(file).prepare('SELECT count(*) AS n FROM bookmarks').get()?.['n'], 0);
    assert.equal((await readFile(file)).length, left.length);
  });

  test('of a newer Parley is refused with a sentence that says what to do', async () => {
    await write(1);
    const db = new DatabaseSync(file);
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    db.close();
    const error = await refused();
    assert.equal(error.code, 'records/newer');
    assert.match(
      error.message,
      /was written by a newer Parley \(format \d+; this Parley knows up to \d+\): run that one\.$/,
    );
  });

  test('in a place that is not there is refused', async () => {
    file = join(directory, 'none', 'history.db');
    await assert.rejects(opened(), { code: 'records/unwritable' });
  });

  test('of an older version is brought forward, whole or not at all', async () => {
    await write(3);
    const newer = [...MIGRATIONS, 'ALTER TABLE block ADD COLUMN colour TEXT', "UPDATE block SET colour = 'red'"];
    const broken = [...newer, 'CREATE TABLE extra(id)', 'UPDATE missing SET x = 1'];
    const db = new DatabaseSync(file);
    const version = (): unknown => db.prepare('PRAGMA user_version').get()?.['user_version'];
    const tables = (): unknown =>
      db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'extra'").get()?.['n'];

    assert.throws(() => migrate(db, file, broken), /no such table: missing/);
    assert.deepEqual([version(), tables()], [MIGRATIONS.length, 0]);
    migrate(db, file, newer);
    assert.equal(version(), newer.length);
    assert.equal(db.prepare("SELECT count(*) AS n FROM block WHERE colour = 'red'").get()?.['n'], 1);
    db.close();
    assert.equal((await refused()).code, 'records/newer');
  });

  test('is copied while it is written; the copy is sound and shows one moment', async () => {
    const records = await opened();
    await commit(records, batch(1, [message('#tea', 1)]));
    const copy = join(directory, `copy-${count}.db`);
    let pos = 1;
    const copying = { ended: false };
    const backup = records.backup(copy).then(() => (copying.ended = true));
    while (!copying.ended) await commit(records, batch(++pos, [message('#tea', pos)]));
    await backup;
    await assert.rejects(records.backup(copy), { code: 'backup/exists' });
    await assert.rejects(records.backup(join(directory, 'none', 'x.db')), { code: 'backup/failed' });
    await records.close();

    file = copy;
    const copied = await opened();
    const times = (await rowsOf(copied, page('#tea'))).map((row) => row.at);
    assert.equal(copied.restored.incarnation, records.restored.incarnation);
    assert.ok(times.length >= 1 && times.length <= pos);
    assert.deepEqual(
      times,
      Array.from({ length: times.length }, (_, index) => index + 1),
    );
    await copied.close();
    assert.equal(existsSync(`${copy}.partial`), false);
  });
});

describe('trouble', () => {
  test('a file that another program locks: all waits in order, is seen by queries, and is stored once', async () => {
    const records = await opened();
    await commit(records, batch(1, [message('#tea', 1)]));
    const heard: (string | undefined)[] = [];
    const changed = listen(records, heard);

    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    const order: number[] = [];
    const all: Promise<unknown>[] = [];
    const say = (pos: number): void => {
      const rows = [{ ...message('#tea', pos), sendId: `id-${pos}` }];
      all.push(commit(records, batch(pos, rows)).then(() => order.push(pos)));
    };
    say(2);
    await changed();
    assert.match(heard[0] ?? '', /^Another program has locked .*: close it\. Messages wait until then\.$/);
    for (let pos = 3; pos <= 9; pos++) say(pos);
    assert.equal((await rowsOf(records, page('#tea'))).length, 9);
    assert.equal((await rowsOf(records, { kind: 'sent', sendId: 'id-5' }))[0]?.at, 5);
    assert.deepEqual(order, []);
    const stored = other.prepare('SELECT (SELECT count(*) FROM block) + (SELECT count(*) FROM frame) AS n').get()?.[
      'n'
    ];
    assert.equal(stored, 1);

    other.exec('ROLLBACK');
    other.close();
    await Promise.all(all);
    if (heard.length < 2) await changed();
    assert.deepEqual(heard.slice(1), [undefined]);
    assert.deepEqual(order, [2, 3, 4, 5, 6, 7, 8, 9]);
    await records.close();

    const again = await opened();
    const times = (await rowsOf(again, page('#tea'))).map((row) => row.at);
    assert.deepEqual(times, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await again.close();
  });

  test('a merge that fails half way is undone, and done when it can be', async () => {
    const records = await opened();
    const heard: (string | undefined)[] = [];
    const changed = listen(records, heard);
    const other = new DatabaseSync(file);
    // Records are merged last: rows and a new timeline are already written when this refuses.
    other.exec("CREATE TRIGGER refuse BEFORE INSERT ON record BEGIN SELECT RAISE(FAIL, 'refused by the test'); END");
    const put = { kind: 'room', key: '#tea', value: '1' };
    await commit(records, { pos: 1, rows: [message('#tea', 1)], puts: [put] });

    let trouble = changed();
    const sweep = records.retain({ kind: 'rows', rows: 1_000 }, 0); // merges first
    await trouble;
    assert.match(heard[0] ?? '', /^The disk refuses .*: check the disk\. Messages wait until then\.$/);
    assert.equal(await sweep, 0);
    trouble = changed();
    const waiting = commit(records, batch(2, [message('#milk', 2), message('#tea', 3)]));
    assert.equal((await rowsOf(records, page('#tea'))).length, 2);
    other.exec('DROP TRIGGER refuse');
    await waiting;
    await trouble;
    assert.equal(heard[1], undefined);

    assert.equal(other.prepare('SELECT count(*) AS n FROM frame').get()?.['n'], 0);
    assert.equal(
      other.prepare('SELECT sum(messages) AS n FROM block JOIN timeline ON timeline.id = timeline').get()?.['n'],
      3,
    );
    other.close();
    assert.equal((await rowsOf(records, page('#tea'))).length, 2);
    assert.equal((await rowsOf(records, page('#milk'))).length, 1);
  });

  test('close says so when the disk refuses to the end', async () => {
    const records = await opened();
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    let done = false;
    records.commit(batch(1, [message('#tea', 1)]), () => (done = true));
    await assert.rejects(records.close(), {
      code: 'records/unstored',
      message: /^The last 1 changes were not stored\. Another program has locked/,
    });
    assert.equal(done, false);
    other.close();
  });

  test('a disk that is nearly full is told of early, and again when there is room', async () => {
    const mib = 1024 * 1024;
    let free = 100 * mib;
    let looked: () => void = () => {};
    const heard: (string | undefined)[] = [];
    const records = await opened({
      freeCheckMs: 1,
      free: async (path) => {
        assert.equal(path, directory);
        looked();
        return free;
      },
    });
    const changed = listen(records, heard);
    const look = (): Promise<void> => new Promise((resolve) => (looked = resolve));
    await look();
    free = 63 * mib;
    await changed();
    free = 79 * mib; // More than was missing, and not yet enough: it must not flutter.
    await look();
    await look();
    assert.equal(heard.length, 1);
    free = 81 * mib;
    await changed();
    assert.match(heard[0] ?? '', /^The disk is nearly full \(63 MiB left\): free some space for /);
    assert.deepEqual(heard.slice(1), [undefined]);
    await records.close();
  });
});

const namespaces = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
const skip = namespaces ? false : 'needs Linux with user and mount namespaces, for a small disk of its own';

test('a disk that is really full: nothing acknowledged is lost, nothing stored twice', { skip }, async () => {
  const disk = await mkdtemp(join(tmpdir(), 'parley-disk-'));
  const script = join(import.meta.dirname, 'records-full-disk.ts');
  const run = spawnSync('unshare', ['-rm', process.execPath, script, disk], { encoding: 'utf8', timeout: 60_000 });
  await rm(disk, { recursive: true });
  assert.equal(run.stdout, 'ok\n', run.stderr);
});

test('the program stops when a row was broken on its way to the storage thread', async () => {
  // A batch that a caller numbers backwards passes the cheap checks; the thread finds it, and nobody may go on.
  const { Worker } = await import('node:worker_threads');
  const source = `
    import { openSqliteRecords } from ${JSON.stringify(new URL('../../src/node/log/sqlite-records.ts', import.meta.url).href)};
    const records = await openSqliteRecords({ file: ${JSON.stringify(file)} });
    records.commit({ pos: 2, rows: [], puts: [] }, () => {});
    records.commit({ pos: 1, rows: [], puts: [] }, () => {});
    records.ask({ kind: 'sent', sendId: 'x' }, () => {});`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
  const [error] = await once(worker, 'error');
  assert.match(String(error.cause), /batch 1 came after batch 2/);
});

/** Collects what `onTrouble` says; the result waits for the next word. */
function listen(
  records: { onTrouble: (why: string | undefined) => void },
  heard: (string | undefined)[],
): () => Promise<void> {
  let next: () => void = () => {};
  records.onTrouble = (why) => {
    heard.push(why);
    next();
  };
  return () => new Promise((resolve) => (next = resolve));
}
