import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { clean, cleanName, cleanPlain } from './clean.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 200 });
/** Strings that lean towards what does harm. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\x1b',
        '\x07',
        '\x9b',
        '\x7f',
        '\u202e',
        '\u2066',
        '\u200b',
        '\u0301',
        '\ud800',
        '\udc00',
        '\u2028',
        'a',
        ' ',
      ),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

for (const [what, input, wanted] of [
  ['plain text stays', 'Hello, world!', 'Hello, world!'],
  ['text of any script stays', 'שָׁלוֹם नमस्ते สวัสดี Ễ', 'שָׁלוֹם नमस्ते สวัสดี Ễ'],
  ['emoji sequences stay', '👩‍❤️‍💋‍👨 👍🏽 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏳️‍🌈 1️⃣', '👩‍❤️‍💋‍👨 👍🏽 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏳️‍🌈 1️⃣'],
  ['terminal sequences lose their escape', 'a\x1b[2Jb\x9b31mc', 'a[2Jb31mc'],
  ['formatting stays in messages', '\x02bold\x0f \x0304,05red', '\x02bold\x0f \x0304,05red'],
  ['a clipboard sequence is text', '\x1b]52;c;aGk=\x07', ']52;c;aGk='],
  ['overrides of direction go', 'abc\u202edef\u202c\u2067x\u2069', 'abcdefx'],
  ['a flood of marks is cut', `a${'\u0301'.repeat(1_000)}b`, `a${'\u0301'.repeat(4)}b`],
  ['a flood of nothing is cut', `a${'\u200b'.repeat(500)}b`, `a${'\u200b'.repeat(4)}b`],
  ['a lone surrogate is shown as such', 'a\ud800b\udc00', 'a\ufffdb\ufffd'],
  ['separators and tabs are spaces', 'a\tb\u2028c\u2029d', 'a b c d'],
  ['stray tag characters go', 'a\u{e0041}\u{e0042}b', 'ab'],
] as const) {
  test(what, () => assert.equal(clean(input), wanted));
}

test('sentences take no formatting, nor the digits of a colour', () => {
  assert.equal(cleanPlain('\x0304,05red\x03 and \x02bold\x02'), 'red and bold');
});

test('names show all they hold', () => {
  assert.equal(cleanName('ann'), 'ann');
  assert.equal(cleanName('a\u200bn\u202en \u3164x'), 'annx');
  assert.equal(cleanName('\x1b\u200b'), '?');
  assert.equal(cleanName(`e${'\u0301'.repeat(9)}`), 'e\u0301\u0301');
});

test('nothing that moves or hides gets through', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, nasty), (text) => {
      for (const out of [clean(text), cleanPlain(text), cleanName(text)]) {
        assert(out.isWellFormed());
        assert.doesNotMatch(out, /[\u202a-\u202e\u2066-\u2069\u2028\u2029\x1b\x7f-\x9f\r\n\0\x07\t]/);
        assert.doesNotMatch(out, /[\p{M}\u200b-\u200f\u2060-\u2065\ufeff]{5}/u);
      }
      // oxlint-disable-next-line no-control-regex
      assert.doesNotMatch(cleanPlain(text), /[\x00-\x1f]/);
      assert.match(cleanName(text), /^\S+$/u);
    }),
    { numRuns: 2_000 },
  );
});

test('cleaning again changes nothing', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, nasty), (text) => {
      assert.equal(clean(clean(text)), clean(text));
      assert.equal(cleanPlain(cleanPlain(text)), cleanPlain(text));
      assert.equal(cleanName(cleanName(text)), cleanName(text));
    }),
    { numRuns: 2_000 },
  );
});
