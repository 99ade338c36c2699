import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { openSqliteRecords } from '../../src/node/log/sqlite-records.ts';
import { rowsOf } from './records.suite.ts';

const ROUNDS = Number(process.env['PARLEY_CRASH_ROUNDS'] ?? 12);

/** A writer is killed once it has acknowledged up to so many batches of the round. */
const BATCHES_MAX = 150;

test('a writer killed at any moment: all acknowledged is stored, nothing twice', { timeout: 300_000 }, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'parley-crash-'));
  const file = join(directory, 'history.db');
  let acknowledged = 0;
  for (let round = 0; round < ROUNDS; round++) {
    acknowledged = Math.max(acknowledged, await writeAndKill(file, Math.ceil(Math.random() * BATCHES_MAX)));

    const records = await openSqliteRecords({ file });
    try {
      const { pos, records: kept } = records.restored;
      assert.ok(pos >= acknowledged, `round ${round}: ${acknowledged} was acknowledged, ${pos} is stored`);
      assert.deepEqual(kept, [{ kind: 'last', key: 'pos', value: String(pos) }]);
      const found: number[] = [];
      for (let room = 0; room < 5; room++) {
        const all = { kind: 'page', timeline: `#room-${room}`, after: 0, before: pos * 2, limit: pos + 1 } as const;
        for (const row of await rowsOf(records, { ...all, newest: false, events: true })) {
          assert.ok(row.body.startsWith(`message ${row.pos} `));
          found.push(row.pos);
        }
      }
      // Whole batches, without a hole, each message once: positions are 1, 2, 3... in all rooms together.
      assert.deepEqual(
        found.sort((a, b) => a - b),
        Array.from({ length: pos }, (_, index) => index + 1),
      );
      const last = await rowsOf(records, { kind: 'sent', sendId: `id-${pos}` });
      assert.equal(last[0]?.pos, pos);
    } finally {
      await records.close();
    }
  }
  await rm(directory, { recursive: true });
});

/** Runs a writer until it has acknowledged so many batches; returns the last position that it printed before its end. */
async function writeAndKill(file: string, batches: number): Promise<number> {
  const writer = spawn(process.execPath, [join(import.meta.dirname, 'records-writer.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let lines = 0;
  let last = 0;
  const reader = createInterface({ input: writer.stdout });
  reader.on('line', (line) => {
    last = Number(line);
    lines += 1;
    if (lines > batches) writer.kill('SIGKILL');
  });
  const [[code, signal]] = await Promise.all([once(writer, 'exit'), once(reader, 'close')]);
  assert.deepEqual({ code, signal }, { code: null, signal: 'SIGKILL' });
  return last;
}
