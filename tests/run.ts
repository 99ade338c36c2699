/**
 * Runs the tests: `npm test` all of them, `npm run check` (with `quick`) those that start no other program.
 * What starts real servers, browsers and terminals runs after the rest and one file at a time, so that two cores
 * are enough and a slow machine is no reason to fail.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

const PURE = [
  'src/**/*.test.ts',
  'tests/*.test.ts',
  'tests/transcripts/*.test.ts',
  'tests/sim/*.test.ts',
  'tests/acceptance/*.test.ts',
];
const REAL = ['tests/e2e/*.test.ts', 'tests/interop/*.test.ts', 'tests/browser/*.test.ts'];

function run(patterns: readonly string[], concurrency: number): boolean {
  const files = patterns.flatMap((pattern) => globSync(pattern)).sort();
  if (files.length === 0) return true;
  const flags = ['--test', `--test-concurrency=${concurrency}`, '--test-timeout=300000'];
  return spawnSync(process.execPath, [...flags, ...files], { stdio: 'inherit' }).status === 0;
}

const quick = process.argv[2] === 'quick';
const pure = run(PURE, 2);
const real = quick || run(REAL, 1);
process.exitCode = pure && real ? 0 : 1;
