import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  clear,
  edit,
  EMPTY_INPUT,
  HISTORY_MAX,
  insert,
  INPUT_UNITS_MAX,
  replaceRange,
  type Edit,
  type InputLine,
} from './input-line.ts';

const EDITS: readonly Edit[] = [
  'left',
  'right',
  'word-left',
  'word-right',
  'line-start',
  'line-end',
  'delete-left',
  'delete-right',
  'kill-word-left',
  'kill-word-right',
  'kill-to-start',
  'kill-to-end',
  'yank',
  'swap',
  'older',
  'newer',
];

/** `ab|c` is the text `abc` with the cursor behind `b`. */
function line(picture: string): InputLine {
  const cursor = picture.indexOf('|');
  return { ...EMPTY_INPUT, text: picture.replace('|', ''), cursor };
}

function picture({ text, cursor }: InputLine): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

const TABLE: readonly (readonly [string, Edit, string])[] = [
  ['ab|c', 'left', 'a|bc'],
  ['|ab', 'left', '|ab'],
  ['a👨‍👩‍👧|b', 'left', 'a|👨‍👩‍👧b'],
  ['a|e\u0301b', 'right', 'ae\u0301|b'],
  ['a🇩🇪|', 'delete-left', 'a|'],
  ['|e\u0301b', 'delete-right', '|b'],
  ['one two  |three', 'word-left', 'one |two  three'],
  ['one| two three', 'word-right', 'one two| three'],
  ['say in #room|', 'kill-word-left', 'say in |'],
  ['say |in #room', 'kill-word-right', 'say | #room'],
  ['one\ntw|o', 'line-start', 'one\n|two'],
  ['one\n|two', 'line-start', '|one\ntwo'],
  ['o|ne\ntwo', 'line-end', 'one|\ntwo'],
  ['one\ntw|o', 'kill-to-start', 'one\n|o'],
  ['o|ne\ntwo', 'kill-to-end', 'o|\ntwo'],
  ['one|\ntwo', 'kill-to-end', 'one|two'],
  ['ab|c', 'swap', 'acb|'],
  ['abc|', 'swap', 'acb|'],
];

for (const [from, how, to] of TABLE) {
  test(`${how} makes ${to.replaceAll('\n', '\\n')} of ${from.replaceAll('\n', '\\n')}`, () => {
    assert.equal(picture(edit(line(from), how)), to);
  });
}

test('what was killed comes back where the cursor is', () => {
  assert.equal(picture(edit({ ...edit(line('a b|'), 'kill-word-left'), cursor: 0 }, 'yank')), 'b|a ');
});

test('history gives back older lines and then what was being typed', () => {
  let now = clear({ ...EMPTY_INPUT, text: 'first' }, true);
  now = clear({ ...now, text: 'second' }, true);
  now = insert(now, 'half');
  now = edit(now, 'older');
  assert.equal(now.text, 'second');
  now = edit(edit(now, 'older'), 'older');
  assert.equal(now.text, 'first');
  now = edit(edit(now, 'newer'), 'newer');
  assert.equal(picture(now), 'half|');
});

test('history keeps no doubles, no blanks, and at most its limit', () => {
  let now = EMPTY_INPUT;
  for (const text of ['a', 'a', '  ', 'b']) now = clear({ ...now, text }, true);
  assert.deepEqual(now.history, ['a', 'b']);
  for (let n = 0; n < HISTORY_MAX + 5; n += 1) now = clear({ ...now, text: `line ${n}` }, true);
  assert.equal(now.history.length, HISTORY_MAX);
});

test('control characters do not get in, and the line has a limit', () => {
  assert.equal(insert(EMPTY_INPUT, 'a\x1b[31m\x07b\nc').text, 'a[31mb\nc');
  assert.equal(insert(EMPTY_INPUT, 'x'.repeat(INPUT_UNITS_MAX + 5)).text.length, INPUT_UNITS_MAX);
});

test('completion replaces its range', () => {
  assert.equal(picture(replaceRange(line('hi an|'), 3, 5, 'ana: ')), 'hi ana: |');
});

test('the cursor always stands at the edge of a cluster', () => {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const piece = fc.constantFrom(
    'a',
    ' ',
    'é',
    'e',
    '\u0301',
    '👨',
    '\u200d',
    '👩',
    '🇩',
    '🇪',
    '日',
    '\n',
    '#x',
    '\ufe0f',
  );
  const step = fc.oneof(
    piece.map((text) => (now: InputLine) => insert(now, text)),
    fc.constantFrom(...EDITS).map((how) => (now: InputLine) => edit(now, how)),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let now: InputLine = { ...EMPTY_INPUT, history: ['👨‍👩‍👧 x', 'two\nlines'] };
      for (const apply of steps) {
        now = apply(now);
        const edges = [...Array.from(segmenter.segment(now.text), ({ index }) => index), now.text.length];
        assert.ok(edges.includes(now.cursor), JSON.stringify(now));
      }
    }),
    { numRuns: 500 },
  );
});

test('moving never changes the text, and killing with yanking gives it back', () => {
  const moves = EDITS.filter((how) => /^(left|right|word-|line-)/.test(how));
  const kills = EDITS.filter((how) => how.startsWith('kill'));
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.array(fc.constantFrom(...moves)),
      fc.constantFrom(...kills),
      (text, path, how) => {
        const start = insert(EMPTY_INPUT, text);
        const moved = path.reduce(edit, start);
        assert.equal(moved.text, start.text);
        const killed = edit({ ...moved, killed: '' }, how);
        assert.equal(edit(killed, 'yank').text, start.text);
      },
    ),
  );
});
