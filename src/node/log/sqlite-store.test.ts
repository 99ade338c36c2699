import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import type { Answer, Retention, Row, StoredQuery } from '../../core/ports.ts';
import { packBatch } from './frame.ts';
import { MemoryTables } from './memory-tables.ts';
import { SqliteStore } from './sqlite-store.ts';

let directory: string;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'parley-store-'));
});
after(() => rmSync(directory, { recursive: true }));

/** What may be done with a store. Bodies are up to 6 KiB, so that a few rows fill a block. */
type Step =
  | { readonly kind: 'say'; readonly rows: readonly Said[] }
  | { readonly kind: 'merge' }
  | { readonly kind: 'ask'; readonly queries: readonly StoredQuery[] }
  | { readonly kind: 'retain'; readonly rule: Retention; readonly later: number }
  | { readonly kind: 'change'; readonly timeline: string; readonly at: number; readonly gone: boolean }
  | { readonly kind: 'reopen' };

interface Said {
  readonly timeline: string;
  readonly later: number;
  readonly event: boolean;
  readonly sendId: number;
  readonly length: number;
}

const DAY_MS = 86_400_000;
const TIMELINES = ['#a', '#b', '=ann bob', '=bob cat'];
const anyTimeline = fc.constantFrom(...TIMELINES);
const anyTime = fc.integer({ min: -1, max: 150 });
const anyLimit = fc.integer({ min: 0, max: 12 });
const anySendId = fc.nat({ max: 30 });
const anySaid: fc.Arbitrary<Said> = fc.record({
  timeline: anyTimeline,
  later: fc.integer({ min: 1, max: 3 }),
  event: fc.boolean(),
  sendId: anySendId,
  length: fc.nat({ max: 6_000 }),
});
const anyQuery: fc.Arbitrary<StoredQuery> = fc.oneof(
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
  fc.record({ kind: fc.constant('sent' as const), sendId: anySendId.map((n) => `id-${n}`) }),
);
const anyRule: fc.Arbitrary<Retention> = fc.oneof(
  fc.record({ kind: fc.constant('age' as const), ageMs: fc.nat({ max: 60 }) }),
  fc.record({ kind: fc.constant('rows' as const), rows: fc.nat({ max: 8 }) }),
);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('say' as const), rows: fc.array(anySaid, { maxLength: 12 }) }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: 'merge' as const }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('ask' as const), queries: fc.array(anyQuery, { maxLength: 8 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('retain' as const),
      rule: anyRule,
      later: fc.constantFrom(0, 13 * DAY_MS, 15 * DAY_MS),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('change' as const),
      timeline: anyTimeline,
      at: anyTime,
      gone: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
);

test('whatever is said and asked, a file answers as memory does', { timeout: 120_000 }, () => {
  let run = 0;
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 5, maxLength: 40 }), (steps) => {
      const file = join(directory, `history-${++run}.db`);
      tell(steps, file);
      rmSync(file);
    }),
    { numRuns: 150 },
  );
});

test('a change of what is not there yet changes nothing, also when a row of that time comes later', () => {
  const file = join(directory, 'early-change.db');
  const store = new SqliteStore(file, 'normal');
  const row = toRow({ timeline: '#a', later: 0, event: false, sendId: 20, length: 5 }, 7, 2);
  store.add(packBatch({ pos: 1, rows: [], puts: [], changes: [{ timeline: '#a', at: 7, said: undefined }] }));
  store.add(packBatch({ pos: 2, rows: [row], puts: [] }));
  store.store();
  store.merge();
  const page = { kind: 'page', timeline: '#a', after: 0, before: 9, limit: 9, newest: true, events: true } as const;
  assert.deepEqual(store.answer(page), { kind: 'rows', rows: [row] });
  store.close();
});

test('a block is neither a message nor a room: rows are put together and cut apart', () => {
  const file = join(directory, 'blocks.db');
  const store = new SqliteStore(file, 'normal');
  let pos = 0;
  const say = (timeline: string, count: number): void => {
    const said = { timeline, later: 0, event: false, sendId: 20, length: 100 };
    const rows = Array.from({ length: count }, () => toRow(said, ++pos, pos));
    store.add(packBatch({ pos, rows, puts: [] }));
    store.store();
    store.merge();
  };
  say('#busy', 3_000);
  for (let n = 0; n < 20; n++) say('#quiet', 1); // each merged by itself, as on a server with little to do
  store.close();
  const db = new DatabaseSync(file);
  const [busy, quiet] = db
    .prepare(
      'SELECT count(*) AS blocks, sum(messages) AS rows, max(length(rows)) AS longest FROM block GROUP BY timeline',
    )
    .all();
  db.close();
  assert.equal(busy?.['rows'], 3_000);
  assert.ok(Number(busy['blocks']) > 20 && Number(busy['longest']) < 17_000);
  assert.deepEqual({ blocks: quiet?.['blocks'], rows: quiet?.['rows'] }, { blocks: 1, rows: 20 });
});

function tell(steps: readonly Step[], file: string): void {
  let store = new SqliteStore(file, 'normal');
  const model = new MemoryTables();
  let at = 0;
  let pos = 0;
  try {
    for (const step of steps) {
      switch (step.kind) {
        case 'say': {
          const rows = step.rows.map((said) => toRow(said, (at += said.later), ++pos));
          model.add({ pos, rows, puts: [] });
          store.add(packBatch({ pos, rows, puts: [] }));
          store.store();
          break;
        }
        case 'merge':
          store.merge();
          break;
        case 'ask':
          for (const query of step.queries) assert.deepEqual(short(store.answer(query)), short(model.answer(query)));
          break;
        case 'retain':
          store.merge();
          assert.equal(sweep(store, step.rule, at + step.later), model.retain(step.rule, at + step.later));
          break;
        case 'change': {
          pos += 1;
          const said = step.gone ? undefined : { body: `changed ${pos}`, tags: '' };
          const batch = { pos, rows: [], puts: [], changes: [{ timeline: step.timeline, at: step.at, said }] };
          model.add(batch);
          store.add(packBatch(batch));
          store.store();
          break;
        }
        case 'reopen':
          store.close();
          store = new SqliteStore(file, 'normal');
          assert.deepEqual({ pos: store.restored.pos, at: store.restored.at }, { pos, at });
          break;
      }
    }
  } finally {
    store.close();
  }
}

function sweep(store: SqliteStore, rule: Retention, now: number): number {
  const pieces = store.sweep(rule, now);
  let removed = 0;
  for (let piece = store.sweepOn(pieces); piece.done !== true; piece = store.sweepOn(pieces)) removed += piece.value;
  return removed;
}

function toRow({ timeline, event, sendId, length }: Said, at: number, pos: number): Row {
  const [, one, other] = /^=(\w+) (\w+)$/.exec(timeline) ?? [];
  return {
    timeline,
    at,
    pos,
    kind: event ? 'event' : 'message',
    body: `body ${pos} ${'x'.repeat(length)}`,
    tags: event ? '' : `+n=${pos}`,
    ...(sendId < 20 ? { sendId: `id-${sendId}`, by: 'ann' } : {}),
    ...(one !== undefined && other !== undefined ? { between: [one, other] as const } : {}),
  };
}

/** An answer whose bodies fit on a screen when it is not the one that was expected. */
function short(answer: Answer): unknown {
  if (answer.kind !== 'rows') return answer;
  return answer.rows.map((row) => ({ ...row, body: `${row.body.slice(0, 10)}, ${row.body.length} characters` }));
}
