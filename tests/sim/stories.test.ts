import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Fault, tell } from './story.ts';

// `npm run sim` tells many more (tests/sim/long.ts).
const STORIES = 150;
const STEPS = 1_500;

for (const mode of ['immediate', 'late'] as const) {
  test(`${STORIES} stories keep the promises, log orders ${mode === 'late' ? 'late' : 'at once'}`, () => {
    for (let seed = 1; seed <= STORIES; seed++) {
      try {
        tell(seed, mode, STEPS);
      } catch (error) {
        throw new Error(`seed ${seed}, ${mode}: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
    }
  });
}

// A check that never failed proves nothing: each of these faults has to be noticed.
const FAULTS: readonly (readonly [Fault, RegExp])[] = [
  ['acknowledge before storing', /acknowledged (but|and) is not/],
  ['lose a stored batch', /acknowledged|heard something else/],
  ['say a line twice', /twice/],
  ['swap two lines', /time in|PONG overtook|heard something else/],
  ['tell somebody outside', /from outside|heard something else|twice|time in/],
  ['skip a line', /heard something else|never|overtook/],
  ['forget send ids', /two ids|stored twice/],
  ['answer out of order', /overtook|out of order/],
  ['ignore pause', /wait inside the hub/],
];
for (const [fault, notice] of FAULTS) {
  test(`a planted fault is noticed: ${fault}`, () => {
    const found: string[] = [];
    for (let seed = 1; seed <= 40 && found.length === 0; seed++) {
      try {
        tell(seed, 'late', STEPS, fault);
      } catch (error) {
        found.push(error instanceof Error ? error.message : String(error));
      }
    }
    assert.match(found.join('\n'), notice, 'no story noticed it');
  });
}
