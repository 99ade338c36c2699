/**
 * A process that writes a history until it is killed: `node records-writer.ts FILE`. It prints a position when all up
 * to it is durable. Batches differ in size, and are not waited for, so that a kill meets every state.
 */
import { writeSync } from 'node:fs';
import type { Row } from '../../src/core/ports.ts';
import { openSqliteRecords } from '../../src/node/log/sqlite-records.ts';

const WAITING_MAX = 8;

const records = await openSqliteRecords({ file: process.argv[2] ?? '' });
writeSync(1, `${records.restored.pos}\n`);
let { pos, at } = records.restored;
let waiting = 0;

function write(): void {
  while (waiting < WAITING_MAX) {
    const rows: Row[] = [];
    // Sizes from 1 to 400, mostly small: the tail is merged every few hundred batches.
    for (let left = (pos % 7) ** 3 + 1; left > 0; left--) {
      pos += 1;
      at += 1;
      const timeline = `#room-${pos % 5}`;
      rows.push({
        timeline,
        at,
        pos,
        kind: 'message',
        body: `message ${pos} ${'x'.repeat(200)}`,
        tags: '',
        sendId: `id-${pos}`,
      });
    }
    const upTo = pos;
    waiting += 1;
    records.commit({ pos, rows, puts: [{ kind: 'last', key: 'pos', value: String(pos) }] }, () => {
      writeSync(1, `${upTo}\n`);
      waiting -= 1;
      setImmediate(write);
    });
  }
}
write();
