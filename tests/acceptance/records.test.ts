import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryRecords } from '../../src/node/log/memory-records.ts';
import { openSqliteRecords } from '../../src/node/log/sqlite-records.ts';
import { recordsSuite } from './records.suite.ts';

recordsSuite({
  name: 'memory',
  lasts: false,
  async make() {
    return { open: async () => new MemoryRecords(), remove: async () => {} };
  },
});

recordsSuite({
  name: 'SQLite',
  lasts: true,
  async make() {
    const directory = await mkdtemp(join(tmpdir(), 'parley-records-'));
    return {
      open: () => openSqliteRecords({ file: join(directory, 'history.db') }),
      remove: () => rm(directory, { recursive: true }),
    };
  },
});
