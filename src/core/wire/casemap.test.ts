import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { fold } from './casemap.ts';

/** Any UTF-16 at all, mostly ASCII. */
const anyText = fc
  .array(fc.oneof(fc.nat({ max: 0x7f }), fc.nat({ max: 0xffff })))
  .map((codes) => String.fromCharCode(...codes));

test('only A to Z are folded', () => {
  const table: [string, string][] = [
    ['Ann', 'ann'],
    ['#TEA-Room', '#tea-room'],
    ['A', 'a'],
    ['Z', 'z'],
    ['@[', '@['],
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
    fc.property(anyText, (name) => {
      assert.equal(fold(fold(name)), fold(name));
      assert.equal(fold(name).length, name.length);
    }),
  );
});
