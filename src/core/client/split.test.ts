import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { utf8Length } from '../wire/utf8.ts';
import { split } from './split.ts';

test('a short text is one message', () => assert.deepEqual(split('hello', 100), ['hello']));

test('lines are messages, empty ones a space', () => {
  assert.deepEqual(split('one\n\ntwo\r\nthree\rfour', 100), ['one', ' ', 'two', 'three', 'four']);
});

test('a long line is cut at spaces', () => {
  assert.deepEqual(split('the quick brown fox jumps', 10), ['the quick', 'brown fox', 'jumps']);
});

test('a word that is too long is cut between characters', () => {
  assert.deepEqual(split('aaaaaaaaaaaaa', 5), ['aaaaa', 'aaaaa', 'aaa']);
  assert.deepEqual(split('ééééé', 5), ['éé', 'éé', 'é']);
});

test('a letter keeps its marks, a family stays together', () => {
  assert.deepEqual(split('abcde\u0301f', 6), ['abcd', 'e\u0301f']);
  assert.deepEqual(split('xxxxx👨‍👩‍👧', 20), ['xxxxx', '👨‍👩‍👧']);
});

test('every part fits, and together they are the text without the spaces at the cuts', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.integer({ min: 4, max: 80 }), (text, bytesMax) => {
      const parts = split(text, bytesMax);
      for (const part of parts) {
        assert(utf8Length(part) <= bytesMax, part);
        assert(part.isWellFormed() && part !== '');
        assert.doesNotMatch(part, /[\r\n\0]/);
      }
      const bare = (one: string): string => one.replace(/[\s\0]/g, '');
      assert.equal(bare(parts.join('')), bare(text.toWellFormed()));
    }),
    { numRuns: 1_000 },
  );
});
