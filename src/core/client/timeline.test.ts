import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { keyOf, Timeline } from './timeline.ts';
import { ITEMS_MAX, type SaidItem } from './view.ts';

function said(msgid: string | undefined, at: number, key = msgid === undefined ? `s${at}` : keyOf(msgid)): SaidItem {
  const delivery = msgid === undefined ? { state: 'queued' as const } : { state: 'sent' as const };
  const who = { from: 'ann', own: msgid === undefined, form: 'message' as const, text: `${at}`, mentionsMe: false };
  return { kind: 'said', key, msgid, at, ...who, delivery, replyTo: undefined, reactions: new Map() };
}

const keys = (timeline: Timeline): string[] => timeline.items.map(({ key }) => key);

test('what waits stands behind what is settled, and takes its place by the echo', () => {
  const timeline = new Timeline();
  timeline.add(said('a', 10));
  timeline.addWaiting(said(undefined, 11, 's1'));
  timeline.add(said('b', 20));
  assert.deepEqual(keys(timeline), ['ma', 'mb', 's1']);
  timeline.add(said('d', 40));
  timeline.settle({ ...said('c', 30), key: 's1' });
  assert.deepEqual(keys(timeline), ['ma', 'mb', 's1', 'md']);
  assert.equal(timeline.withMsgid('c')?.key, 's1');
});

test('history that brings an own message before its echo does not double it', () => {
  const timeline = new Timeline();
  timeline.addWaiting(said(undefined, 11, 's1'));
  timeline.merge([said('c', 30), said('d', 40)], false);
  timeline.settle({ ...said('c', 30), key: 's1' });
  assert.deepEqual(keys(timeline), ['s1', 'md']);
  timeline.merge([said('c', 30)], false);
  assert.equal(timeline.add(said('c', 30)), false);
  assert.deepEqual(keys(timeline), ['s1', 'md']);
});

test('a gap moves with the pages that fill it and goes when they meet', () => {
  const timeline = new Timeline();
  timeline.merge([said('a', 1), said('b', 2)], false);
  timeline.merge([said('y', 25), said('z', 26)], false);
  const gap = timeline.addGap('my', true);
  assert(gap !== undefined);
  assert.deepEqual(timeline.around(gap), { after: { msgid: 'b', at: 2 }, before: 'y' });
  timeline.fill(gap, [said('c', 3), said('d', 4)], { msgid: 'd', at: 4 }, true);
  assert.deepEqual(keys(timeline), ['ma', 'mb', 'mc', 'md', 'g1', 'my', 'mz']);
  const moved = timeline.gap('g1');
  assert(moved !== undefined);
  timeline.fill(moved, [], { msgid: 'hidden', at: 5 }, true);
  assert.deepEqual(timeline.around(moved).after, { msgid: 'hidden', at: 5 });
  assert.deepEqual(keys(timeline), ['ma', 'mb', 'mc', 'md', 'g1', 'my', 'mz']);
  timeline.fill(timeline.gap('g1')!, [said('e', 5), said('y', 25)], undefined, true);
  assert.deepEqual(keys(timeline), ['ma', 'mb', 'mc', 'md', 'me', 'my', 'mz']);
});

test('a full room drops its oldest; one that is scrolled far up keeps both ends', () => {
  const timeline = new Timeline();
  for (let i = 0; i < ITEMS_MAX + 1_000; i++) timeline.add(said(`n${i}`, 1_000_000 + i));
  assert(timeline.items.length <= ITEMS_MAX);
  assert.equal(timeline.newest?.key, `mn${ITEMS_MAX + 999}`);
  for (let page = 0; page < 60; page++) {
    const first = timeline.items[0]!.at;
    timeline.merge(
      Array.from({ length: 100 }, (_, i) => said(`o${first - 100 + i}`, first - 100 + i)),
      true,
    );
    assert(timeline.items.length <= ITEMS_MAX);
    assert.equal(timeline.items[0]!.at, first - 100, 'what was asked for is there');
  }
  assert.equal(timeline.newest?.key, `mn${ITEMS_MAX + 999}`);
  assert.equal(timeline.items.filter(({ kind }) => kind === 'gap').length, 1);
});

test('whatever comes in whatever order: rising by time, everything once, what waits last', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('add' as const), n: fc.nat(60) }),
    fc.record({ do: fc.constant('wait' as const), n: fc.nat(60) }),
    fc.record({ do: fc.constant('settle' as const), n: fc.nat(60) }),
    fc.record({ do: fc.constant('remove' as const), n: fc.nat(60) }),
    fc.record({ do: fc.constant('merge' as const), n: fc.nat(60), older: fc.boolean(), size: fc.nat(12) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const timeline = new Timeline();
      const waiting = new Set<string>();
      for (const one of steps) {
        const { n } = one;
        const own = `s${n}`;
        // Several messages share a time, as on servers that count in seconds.
        const named = said(`${n}`, n >> 2);
        if (one.do === 'add') timeline.add(named);
        else if (one.do === 'wait' && timeline.get(own) === undefined) {
          timeline.addWaiting(said(undefined, n, own));
          waiting.add(own);
        } else if (one.do === 'settle' && waiting.delete(own)) timeline.settle({ ...named, key: own });
        else if (one.do === 'remove') {
          timeline.remove(own);
          waiting.delete(own);
        } else if (one.do === 'merge') {
          timeline.merge(
            Array.from({ length: one.size }, (_, i) => said(`${n + i}`, (n + i) >> 2)),
            one.older,
          );
        }
        const settled = timeline.items.slice(0, timeline.items.length - waiting.size);
        const times = settled.map(({ at }) => at);
        assert.deepEqual(
          times,
          times.toSorted((a, b) => a - b),
        );
        assert.deepEqual(
          timeline.items.slice(settled.length).map(({ key }) => key),
          [...waiting],
        );
        const msgids = settled.map((item) => timeline.msgidOf(item));
        assert.equal(new Set(msgids).size, msgids.length);
        for (const item of timeline.items) assert.equal(timeline.get(item.key), item);
      }
    }),
    { numRuns: 300 },
  );
});
