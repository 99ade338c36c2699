import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { costOf, TokenBucket } from './flood.ts';

test('a burst at once, then a steady few', () => {
  const bucket = new TokenBucket(3, 2, 0);
  assert.deepEqual(
    [1, 2, 3, 4].map(() => bucket.take(1, 0)),
    [true, true, true, false],
  );
  assert.equal(bucket.readyAt(1, 0), 500);
  assert.equal(bucket.take(1, 499), false);
  assert.equal(bucket.take(1, 500), true);
  assert.equal(bucket.take(1, 500), false);
});

test('a line that costs more than a whole bucket gets through when the bucket is full', () => {
  const bucket = new TokenBucket(3, 1, 0);
  assert.equal(bucket.take(10, 0), true);
  assert.equal(bucket.readyAt(10, 0), 3000);
  assert.equal(bucket.take(10, 3000), true);
});

test('long lines cost more', () => {
  assert.equal(costOf(0), 1);
  assert.equal(costOf(510), 1);
  assert.equal(costOf(4600), 9);
});

test('when it says it is ready, it is; and never gives more than the rate', () => {
  const steps = fc.array(fc.record({ wait: fc.nat(2000), cost: fc.integer({ min: 1, max: 12 }) }), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (steps) => {
      const bucket = new TokenBucket(10, 5, 0);
      let now = 0;
      let given = 0;
      for (const { wait, cost } of steps) {
        now += wait;
        const readyAt = bucket.readyAt(cost, now);
        const taken = bucket.take(cost, now);
        assert.equal(taken, readyAt <= now);
        if (taken) given += Math.min(cost, 10);
      }
      assert.ok(given <= 10 + (now * 5) / 1000 + 1e-6);
    }),
  );
});
