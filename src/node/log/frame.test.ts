import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Batch, RecordPut, Row, RowChange } from '../../core/ports.ts';
import { packBatch, unpackFrame } from './frame.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 20 });
const anyTime = fc.nat({ max: 8_640_000_000_000_000 });
const anyRow: fc.Arbitrary<Row> = fc.record(
  {
    timeline: fc.constantFrom('#tea', '#té', '=ann bob'),
    at: anyTime,
    pos: fc.nat(),
    kind: fc.constantFrom('message' as const, 'event' as const),
    body: anyText,
    tags: anyText,
    sendId: anyText,
    by: anyText,
    between: fc.tuple(anyText, anyText),
  },
  { requiredKeys: ['timeline', 'at', 'pos', 'kind', 'body', 'tags'] },
);
const anyPut: fc.Arbitrary<RecordPut> = fc.record({ kind: anyText, key: anyText, value: fc.option(anyText) });
const anyChange: fc.Arbitrary<RowChange> = fc.record({
  timeline: anyText,
  at: anyTime,
  said: fc.option(fc.record({ body: anyText, tags: anyText }), { nil: undefined }),
});
const anyBatch: fc.Arbitrary<Batch> = fc.record({
  pos: anyTime,
  rows: fc.array(anyRow, { maxLength: 5 }),
  puts: fc.array(anyPut, { maxLength: 5 }),
  changes: fc.array(anyChange, { maxLength: 5 }),
});

test('what is packed is unpacked, whatever the strings hold', () => {
  fc.assert(
    fc.property(fc.array(anyBatch, { maxLength: 4 }), (batches) => {
      assert.deepEqual(unpackFrame(batches.map(packBatch).join('')), batches.map(plain));
    }),
  );
});

test('a frame that was cut is a broken invariant, not another frame', () => {
  const text = packBatch({ pos: 7, rows: [], puts: [{ kind: 'room', key: '#tea', value: '{}' }] });
  assert.throws(() => unpackFrame(text.slice(0, -1)), { name: 'AssertionError' });
});

/** fast-check makes records without a prototype; `deepEqual` would tell them from ours. */
function plain(batch: Batch): Batch {
  return {
    ...batch,
    rows: batch.rows.map((row) => ({ ...row })),
    puts: batch.puts.map((put) => ({ ...put })),
    changes: (batch.changes ?? []).map(({ said, ...change }) => ({ ...change, said: said && { ...said } })),
  };
}
