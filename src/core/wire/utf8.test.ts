import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { truncateUtf8, utf8Length } from './utf8.ts';

/** Any UTF-16 at all, lone surrogates too. */
const anyText = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) });
const wellFormed = fc.string({ unit: 'grapheme' });

test('text is cut between characters', () => {
  const table: [string, number, string][] = [
    ['hello', 5, 'hello'],
    ['hello', 3, 'hel'],
    ['hello', 0, ''],
    ['é', 1, ''],
    ['aé', 3, 'aé'],
    ['€uro', 2, ''],
    ['€uro', 4, '€u'],
    ['🫖tea', 3, ''],
    ['🫖tea', 4, '🫖'],
    ['a\ud83e', 4, 'a\ud83e'],
    ['a\ud83e', 3, 'a'],
  ];
  for (const [text, bytesMax, cut] of table) assert.equal(truncateUtf8(text, bytesMax), cut, `${text} to ${bytesMax}`);
});

test('the length is the length of the encoded bytes', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, wellFormed), (text) => assert.equal(utf8Length(text), Buffer.byteLength(text))),
  );
});

test('what is cut fits, is whole, and one more character would not fit', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, wellFormed), fc.nat({ max: 60 }), (text, bytesMax) => {
      const cut = truncateUtf8(text, bytesMax);
      assert.ok(text.startsWith(cut));
      assert.ok(utf8Length(cut) <= bytesMax);
      assert.equal(cut.isWellFormed() || !text.isWellFormed(), true);
      const [next] = text.slice(cut.length);
      if (next !== undefined) assert.ok(utf8Length(cut + next) > bytesMax);
    }),
  );
});
