import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ordered } from '../../core/ports.ts';
import { ImmediateLog } from './immediate-log.ts';

test('a proposal has its place before propose returns, and places go on after the stored one', () => {
  let time = 1000;
  const log = new ImmediateLog({ pos: 41, now: () => time });
  const heard: Ordered[] = [];
  log.onOrdered = (ordered) => heard.push(ordered);
  const entry = { kind: 'away', person: 'p1', text: '' } as const;

  log.propose({ n: 1, entry });
  assert.deepEqual(heard, [{ n: 1, entry, pos: 42, at: 1000 }]);

  time = 900; // The clock may jump; the log tells it as it is.
  log.propose({ n: 2, entry });
  assert.deepEqual(heard[1], { n: 2, entry, pos: 43, at: 900 });
});
