import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Query, Records, Retention, Row } from '../../src/core/ports.ts';
import { MemoryRecords } from '../../src/node/log/memory-records.ts';
import { openSqliteRecords } from '../../src/node/log/sqlite-records.ts';
import { ask, commit, recordsSuite } from './records.suite.ts';

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

// ----------------------------------------------------------------------- any story, the same answers from both stores

type Step =
  | { readonly kind: 'say'; readonly rows: readonly Said[] }
  | { readonly kind: 'ask'; readonly query: Query }
  | { readonly kind: 'retain'; readonly rule: Retention; readonly later: number }
  | { readonly kind: 'reopen' };

interface Said {
  readonly timeline: string;
  readonly later: number;
  readonly event: boolean;
  readonly sendId: number;
}

const TIMELINES = ['#a', '#b', '=ann bob', '=bob cat'];
const anyTimeline = fc.constantFrom(...TIMELINES);
const anyTime = fc.integer({ min: -1, max: 120 });
const anyLimit = fc.integer({ min: 0, max: 12 });
const anySaid: fc.Arbitrary<Said> = fc.record({
  timeline: anyTimeline,
  later: fc.integer({ min: 1, max: 3 }),
  event: fc.boolean(),
  sendId: fc.nat({ max: 30 }),
});
const anyQuery: fc.Arbitrary<Query> = fc.oneof(
  fc.record({
    kind: fc.constant('page' as const),
    timeline: anyTimeline,
    after: anyTime,
    before: anyTime,
    limit: anyLimit,
    newest: fc.boolean(),
    events: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('targets' as const),
    timelines: fc.subarray(TIMELINES),
    identity: fc.constantFrom('ann', 'bob', 'dan'),
    after: anyTime,
    before: anyTime,
    limit: anyLimit,
  }),
  fc.record({ kind: fc.constant('sent' as const), sendId: fc.nat({ max: 30 }).map((n) => `id-${n}`) }),
);
const anyRule: fc.Arbitrary<Retention> = fc.oneof(
  fc.record({ kind: fc.constant('age' as const), ageMs: fc.nat({ max: 60 }) }),
  fc.record({ kind: fc.constant('rows' as const), rows: fc.nat({ max: 8 }) }),
);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('say' as const), rows: fc.array(anySaid, { maxLength: 8 }) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('ask' as const), query: anyQuery }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('retain' as const),
      rule: anyRule,
      later: fc.constantFrom(0, 13 * 86_400_000, 15 * 86_400_000),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
);

test(
  'whatever is said and asked, SQLite answers as memory does, opened again or not',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 40 }), async (steps) => {
        const directory = await mkdtemp(join(tmpdir(), 'parley-records-'));
        const open = (): Promise<Records> =>
          openSqliteRecords({ file: join(directory, 'history.db'), synchronous: 'normal' });
        const model = new MemoryRecords();
        let records = await open();
        let at = 0;
        let pos = 0;
        try {
          for (const step of steps) {
            switch (step.kind) {
              case 'say': {
                const rows = step.rows.map((said): Row => toRow(said, (at += said.later), ++pos));
                await Promise.all([records, model].map((each) => commit(each, { pos, rows, puts: [] })));
                break;
              }
              case 'ask':
                assert.deepEqual(await ask(records, step.query), await ask(model, step.query));
                break;
              case 'retain': {
                const now = at + step.later;
                assert.equal(await records.retain(step.rule, now), await model.retain(step.rule, now));
                break;
              }
              case 'reopen':
                await records.close();
                records = await open();
                assert.deepEqual({ pos: records.restored.pos, at: records.restored.at }, { pos, at });
                break;
            }
          }
        } finally {
          await records.close();
          await rm(directory, { recursive: true });
        }
      }),
      { numRuns: 40 },
    );
  },
);

function toRow({ timeline, event, sendId }: Said, at: number, pos: number): Row {
  const [, one, other] = /^=(\w+) (\w+)$/.exec(timeline) ?? [];
  return {
    timeline,
    at,
    pos,
    kind: event ? 'event' : 'message',
    body: `body ${pos}`,
    tags: event ? '' : `+n=${pos}`,
    ...(sendId < 20 ? { sendId: `id-${sendId}` } : {}),
    ...(one !== undefined && other !== undefined ? { between: [one, other] as const } : {}),
  };
}
