import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { play } from './transcript.ts';

// The hub must not be able to tell whether the log orders at once or later, elsewhere: every conversation is played
// with both, and has to come out the same.
for (const file of readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.txt'))
  .sort()) {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  for (const mode of ['immediate', 'late'] as const) {
    test(`${file}, log orders ${mode === 'late' ? 'late' : 'at once'}`, () => play(text, mode));
  }
}
