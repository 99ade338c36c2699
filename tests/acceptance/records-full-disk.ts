/**
 * Fills a real disk: `unshare -rm node records-full-disk.ts DIRECTORY`. In a mount namespace of its own it mounts a
 * tmpfs of a few MiB, which is gone with the process. Prints `ok`, or fails.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteRecords } from '../../src/node/log/sqlite-records.ts';
import { batch, commit, message, page, rowsOf } from './records.suite.ts';

const directory = process.argv[2] ?? '';
const file = join(directory, 'history.db');
execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', directory]);

let records = await openSqliteRecords({ file, free: async () => 1e9 });
const heard: (string | undefined)[] = [];
let changed: () => void = () => {};
const change = (): Promise<void> => new Promise((resolve) => (changed = resolve));
records.onTrouble = (why) => {
  heard.push(why);
  changed();
};
await commit(records, batch(1, [message('#tea', 1)]));

// Full: nothing is acknowledged until there is room, then everything, in order.
fill();
const order: number[] = [];
const waiting: Promise<unknown>[] = [];
const rows = (pos: number) => Array.from({ length: 50 }, (_, index) => message('#tea', pos * 100 + index));
let trouble = change();
for (let pos = 2; pos <= 40; pos++) {
  waiting.push(commit(records, batch(pos, rows(pos))).then(() => order.push(pos)));
}
await trouble;
assert.match(heard[0] ?? '', /^The disk is full: free some space for .* Messages wait until then\.$/);
assert.equal((await rowsOf(records, page('#tea'))).length, 1 + 39 * 50);
const early = order.length;
assert.ok(early < 39, 'the disk was not full');
trouble = change();
rmSync(join(directory, 'ballast'));
await Promise.all(waiting);
if (heard.length < 2) await trouble;
assert.deepEqual(heard.slice(1), [undefined]);
assert.deepEqual(
  order,
  Array.from({ length: 39 }, (_, index) => index + 2),
);
await audit(1 + 39 * 50);

// Full while it closes and opens: what was acknowledged is still there, and the refusal says what to do.
fill();
records.commit(batch(41, rows(41)), () => {});
await assert.rejects(records.close(), { code: 'records/unstored' });
rmSync(join(directory, 'ballast'));
await audit(1 + 39 * 50);

// Read-only, as a disk becomes when its errors are too many.
trouble = change();
execFileSync('mount', ['-o', 'remount,size=16m', directory]);
await records.close();
execFileSync('mount', ['-o', 'remount,ro', directory]);
await assert.rejects(openSqliteRecords({ file }), { code: 'records/unwritable' });
process.stdout.write('ok\n');

function fill(): void {
  const fd = openSync(join(directory, 'ballast'), 'w');
  const page = Buffer.alloc(4096, 1);
  while (statfsSync(directory).bavail > 0) writeSync(fd, page);
  closeSync(fd);
}

/** Opens again, if it was closed, and counts. */
async function audit(expected: number): Promise<void> {
  await records.close().catch(() => {});
  records = await openSqliteRecords({ file, free: async () => 1e9 });
  const times = (await rowsOf(records, page('#tea'))).map((row) => row.at);
  assert.equal(times.length, expected);
  assert.equal(new Set(times).size, expected);
}
