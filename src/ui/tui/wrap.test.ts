import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { fitRow, padRow, rowText, rowWidth, span, spread } from './row.ts';
import { clustersOf, fit, pad, printable, widthOf } from './width.ts';
import { wrap } from './wrap.ts';

const WIDTHS: readonly (readonly [string, number])[] = [
  ['plain', 5],
  ['é', 1],
  ['e\u0301', 1],
  [`e${'\u0301'.repeat(1000)}`, 1],
  ['日本', 4],
  ['한글', 4],
  ['\u1112\u1161\u11ab', 2],
  ['👍', 2],
  ['❤️', 2],
  ['👨‍👩‍👧', 2],
  ['🇩🇪', 2],
  ['👍🏽', 2],
  ['1️⃣', 2],
  ['\u200b\u202e\x1b', 0],
];

for (const [text, width] of WIDTHS) {
  test(`${JSON.stringify(text.slice(0, 12))} takes ${width} columns`, () => assert.equal(widthOf(text), width));
}

test('a cluster keeps a bounded number of code points', () => {
  const [cluster] = clustersOf(`e${'\u0301'.repeat(1000)}`);
  assert.ok(cluster !== undefined && cluster.text.length <= 12);
});

test('nothing that a terminal obeys is printable', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.doesNotMatch(printable(text), /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
    }),
  );
  assert.equal(printable('a\x1b]52;c;xx\x07b\x9b2J\u202ec\td'), 'a]52;c;xxb2Jc  d');
});

const WRAPPED: readonly (readonly [string, number, readonly string[]])[] = [
  ['hello wide world', 10, ['hello wide', 'world']],
  ['hello wide world', 5, ['hello', 'wide', 'world']],
  ['a  b', 2, ['a', 'b']],
  ['averylongword', 5, ['avery', 'longw', 'ord']],
  ['so averylongword', 5, ['so', 'avery', 'longw', 'ord']],
  ['日本語テキスト', 5, ['日本', '語テ', 'キス', 'ト']],
  ['one\n\ntwo', 10, ['one', '', 'two']],
  ['', 10, ['']],
  ['👍👍👍', 4, ['👍👍', '👍']],
];

for (const [text, columns, rows] of WRAPPED) {
  test(`wraps ${JSON.stringify(text)} at ${columns}`, () => {
    assert.deepEqual(wrap([span(text)], columns).map(rowText), rows);
  });
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc
    .array(fc.constantFrom(' ', 'word', '日', '👨‍👩‍👧', '\n', 'e\u0301', '  ', 'x'.repeat(20)), { maxLength: 30 })
    .map((parts) => parts.join('')),
);

test('no row is wider than it may be, and only blanks are lost', () => {
  fc.assert(
    fc.property(fc.array(anyText, { maxLength: 3 }), fc.integer({ min: 2, max: 40 }), (texts, columns) => {
      const row = texts.map((text) => span(text, { bold: true }));
      const rows = wrap(row, columns);
      assert.ok(rows.length > 0);
      for (const one of rows) assert.ok(rowWidth(one) <= columns, JSON.stringify(rowText(one)));
      const bare = (text: string) => text.replace(/[\n ]/g, '');
      const clusters = texts
        .flatMap((text) => clustersOf(text))
        .map(({ text }) => text)
        .join('');
      assert.equal(bare(rows.map(rowText).join('')), bare(clusters));
    }),
    { numRuns: 500 },
  );
});

test('what is fitted fits, and what is padded is exactly as wide', () => {
  fc.assert(
    fc.property(anyText, anyText, fc.integer({ min: 2, max: 40 }), (left, right, columns) => {
      assert.ok(widthOf(fit(left, columns)) <= columns);
      assert.equal(widthOf(pad(left, columns)), columns);
      assert.ok(rowWidth(fitRow([span(left), span(right)], columns)) <= columns);
      assert.equal(rowWidth(padRow([span(left), span(right)], columns)), columns);
      assert.ok(rowWidth(spread([span(left)], [span(right)], columns)) <= columns);
    }),
  );
});
