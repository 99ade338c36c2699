/**
 * Tells stories until the time is up: `npm run sim -- --seconds 600 --from 1000`.
 * One story again: `npm run sim -- --seed 42 --log late`.
 */
import { parseArgs } from 'node:util';
import { tell } from './story.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    from: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    steps: { type: 'string', default: '4000' },
    seed: { type: 'string' },
    log: { type: 'string' },
  },
});

const steps = Number(values.steps);
const until = performance.now() + Number(values.seconds) * 1000;
let seed = Number(values.seed ?? values.from);
let told = 0;
do {
  for (const mode of ['immediate', 'late'] as const) {
    if (values.log !== undefined && values.log !== mode) continue;
    try {
      tell(seed, mode, steps);
      told += 1;
    } catch (error) {
      console.error(error);
      console.error(`\nAgain: npm run sim -- --seed ${seed} --log ${mode} --steps ${steps}`);
      process.exit(1);
    }
  }
  seed += 1;
} while (values.seed === undefined && performance.now() < until);
console.log(`${told} stories of ${steps} steps, up to seed ${seed - 1}: every promise kept.`);
