import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { fold } from '../wire/casemap.ts';
import { Members } from './members.ts';

const member = (nick: string, prefix = '') => ({ nick, prefix, away: false });

test('ranks come first, then names', () => {
  const members = new Members();
  for (const [nick, prefix] of [
    ['zoe', ''],
    ['Ann', ''],
    ['kit', '+'],
    ['bob', '@'],
    ['cat', '@+'],
  ] as const) {
    members.set(fold(nick), member(nick, prefix));
  }
  assert.deepEqual(
    members.sorted.map(({ nick }) => nick),
    ['bob', 'cat', 'kit', 'Ann', 'zoe'],
  );
  members.set(fold('zoe'), member('zoe', '@'));
  assert.deepEqual(
    members.sorted.map(({ nick }) => nick),
    ['bob', 'cat', 'zoe', 'kit', 'Ann'],
  );
});

test('the list is always sorted and holds everybody once', () => {
  const step = fc.record({
    nick: fc.constantFrom(...'abcdefgh'),
    prefix: fc.constantFrom('', '+', '@', '~', '@+'),
    gone: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const members = new Members();
      const model = new Map<string, string>();
      for (const { nick, prefix, gone } of steps) {
        if (gone) {
          assert.equal(members.delete(fold(nick)), model.delete(nick));
        } else {
          members.set(fold(nick), member(nick, prefix));
          model.set(nick, prefix);
        }
        const rank = (prefix: string): number => (prefix === '' ? 9 : '@+'.indexOf(prefix[0]!) + 1 || 9);
        const wanted = [...model]
          .toSorted(([a, p], [b, q]) => rank(p) - rank(q) || (a < b ? -1 : 1))
          .map(([nick]) => nick);
        assert.deepEqual(
          members.sorted.map(({ nick }) => nick),
          wanted,
        );
      }
    }),
  );
});

test('a join into a room of 20,000 is cheap', () => {
  const members = new Members();
  members.replace(new Map(Array.from({ length: 20_000 }, (_, i) => [fold(`p${i}`), member(`p${i}`)])));
  const list = members.sorted;
  const began = performance.now();
  for (let i = 0; i < 2_000; i++) members.set(fold(`q${i}`), member(`q${i}`));
  assert(performance.now() - began < 1_000, 'half a millisecond each is a hundred times what it takes');
  assert.equal(members.sorted, list);
  assert.equal(list.length, 22_000);
});
