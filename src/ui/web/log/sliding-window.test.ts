import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Item } from '../../../core/client/view.ts';
import { SlidingWindow } from './sliding-window.ts';

const items = (from: number, to: number): Item[] =>
  Array.from({ length: to - from }, (_, i) => ({ kind: 'gap', key: `k${from + i}`, at: from + i, loading: false }));

const shown = (window: SlidingWindow, all: readonly Item[]): string[] =>
  all.slice(window.span.start, window.span.end).map((item) => item.key);

test('a following window ends at the newest item and stays bounded', () => {
  const window = new SlidingWindow();
  let all: Item[] = [];
  for (let n = 10; n < 2_000; n += 10) {
    all = items(0, n);
    window.sync(all);
    assert.equal(shown(window, all).at(-1), `k${n - 1}`);
    assert.ok(window.span.end - window.span.start <= 300);
  }
});

test('older items that arrive in front do not move the window', () => {
  const window = new SlidingWindow();
  window.sync(items(100, 200));
  window.following = false;
  const before = shown(window, items(100, 200));
  window.sync(items(0, 200));
  assert.deepEqual(shown(window, items(0, 200)), before);
  assert.equal(window.atOldest, false);
});

test('new items are let in below a reader as long as there is room, and never move the start', () => {
  const window = new SlidingWindow();
  window.sync(items(0, 100));
  window.following = false;
  for (let n = 150; n <= 600; n += 50) {
    window.sync(items(0, n));
    assert.equal(window.span.start, 0);
    assert.ok(window.span.end <= 300);
  }
  assert.equal(window.atNewest, false);
});

test('a timeline that is changed in place is followed as well', () => {
  const window = new SlidingWindow();
  const all = items(0, 100);
  window.sync(all);
  window.following = false;
  all.push(...items(100, 150));
  window.sync(all);
  assert.equal(shown(window, all).at(-1), 'k149');
  all.unshift(...items(-50, 0));
  window.sync(all);
  assert.equal(shown(window, all)[0], 'k0');
});

test('scrolling up to the oldest and down to the newest visits every item', () => {
  const all = items(0, 1_000);
  const window = new SlidingWindow();
  window.sync(all);
  const seen = new Set(shown(window, all));
  while (window.extendUp()) for (const key of shown(window, all)) seen.add(key);
  assert.equal(seen.size, 1_000);
  seen.clear();
  do {
    for (const key of shown(window, all)) seen.add(key);
  } while (window.extendDown());
  assert.equal(seen.size, 1_000);
});

test('whatever happens, the window is a valid and bounded part of the timeline', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('append' as const), n: fc.integer({ min: 1, max: 200 }) }),
    fc.record({ do: fc.constantFrom('prepend', 'forget' as const), n: fc.integer({ min: 1, max: 200 }) }),
    fc.record({ do: fc.constantFrom('up', 'down', 'newest', 'let-go' as const), n: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const window = new SlidingWindow();
      let [from, to] = [5_000, 5_100];
      for (const { do: what, n } of steps) {
        if (what === 'append') to += n;
        if (what === 'prepend') from = Math.max(0, from - n);
        if (what === 'forget') from = Math.min(to, from + n);
        if (what === 'up') window.extendUp();
        if (what === 'down') window.extendDown();
        if (what === 'newest') window.toNewest();
        if (what === 'let-go') window.following = false;
        window.sync(items(from, to));
        const { start, end } = window.span;
        assert.ok(0 <= start && start <= end && end <= to - from && end - start <= 300);
        if (window.following) assert.equal(end, to - from);
        assert.ok(end > start || to === from);
      }
    }),
    { numRuns: 200 },
  );
});
