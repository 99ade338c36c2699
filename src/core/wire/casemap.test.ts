import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { fold } from './casemap.ts';

test('only A to Z are folded', () => {
  const table: [string, string][] = [
    ['Ann', 'ann'],
    ['#TEA-Room', '#tea-room'],
    ['already', 'already'],
    ['', ''],
    ['[\\]^_`{|}~', '[\\]^_`{|}~'], // casemapping rfc1459 would pair some of these
    ['ÄÖÜ Σ İ', 'ÄÖÜ Σ İ'],
    ['MIX Ä mix', 'mix Ä mix'],
  ];
  for (const [name, folded] of table) assert.equal(fold(name), folded);
});

test('folding twice is folding once, and keeps the length', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      assert.equal(fold(fold(name)), fold(name));
      assert.equal(fold(name).length, name.length);
    }),
  );
});
