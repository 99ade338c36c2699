import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Desk, room, said, view } from '../../../tests/e2e/tui-fake.ts';
import { depthOf, plainOnly } from './depth.ts';
import { frame, type Frame } from './frame.ts';
import { paint } from './paint.ts';
import { span, type Look } from './row.ts';
import { Screen } from './screen.ts';

function picture(...lines: string[]): Frame {
  return { rows: lines.map((line) => [span(line)]), cursor: { row: 0, column: 0 } };
}

/** A terminal that takes what is written when it is told to. */
class Slow {
  readonly taken: string[] = [];
  #done: (() => void) | undefined;

  readonly write = (text: string, done: () => void): void => {
    assert.equal(this.#done, undefined, 'one write at a time');
    this.taken.push(text);
    this.#done = done;
  };

  take(): void {
    const done = this.#done;
    this.#done = undefined;
    done?.();
  }
}

test('only lines that changed are written, in one synchronized update', () => {
  const slow = new Slow();
  const screen = new Screen(slow.write, 0);
  screen.draw(picture('one', 'two', 'three'), 10);
  slow.take();
  screen.draw(picture('one', 'TWO', 'three'), 10);
  slow.take();
  assert.equal(slow.taken[1], '\x1b[?2026h\x1b[?25l\x1b[2;1HTWO\x1b[K\x1b[1;1H\x1b[?25h\x1b[?2026l');
  screen.draw(picture('one', 'TWO', 'three'), 10);
  assert.equal(slow.taken.length, 2);
});

test('a full line is not erased behind, or its last character would go', () => {
  const slow = new Slow();
  new Screen(slow.write, 0).draw(picture('0123456789'), 10);
  assert.doesNotMatch(slow.taken[0] ?? '', /\x1b\[K/);
});

test('a terminal that takes nothing is skipped, and gets the newest frame in one', () => {
  const slow = new Slow();
  const screen = new Screen(slow.write, 0);
  let newest = 0;
  screen.onReady = () => screen.draw(picture(`frame ${newest}`), 20);
  for (newest = 1; newest <= 1_000; newest += 1) screen.draw(picture(`frame ${newest}`), 20);
  assert.equal(slow.taken.length, 1);
  newest = 1_000;
  slow.take();
  assert.equal(slow.taken.length, 2);
  assert.match(slow.taken[1] ?? '', /frame 1000/);
  slow.take();
  assert.equal(slow.taken.length, 2);
});

test('a bell goes with the next frame, and not into one', () => {
  const slow = new Slow();
  const screen = new Screen(slow.write, 0);
  screen.draw(picture('one'), 10);
  screen.put('\x07');
  screen.draw(picture('two'), 10);
  slow.take();
  screen.draw(picture('three'), 10);
  assert.match(slow.taken[1] ?? '', /^\x07\x1b\[\?2026h.*three/);
});

test('after `forget` and after another width everything is drawn again', () => {
  const slow = new Slow();
  const screen = new Screen(slow.write, 0);
  const draw = (columns: number) => {
    screen.draw(picture('one', 'two'), columns);
    slow.take();
  };
  draw(10);
  screen.forget();
  draw(10);
  draw(11);
  assert.equal(slow.taken.filter((text) => text.includes('one') && text.includes('two')).length, 3);
});

/** Enough of a terminal to see whether differences add up: rows of characters, moved to and erased. */
function replay(writes: readonly string[], rows: number): string[] {
  const screen = Array.from({ length: rows }, () => '');
  for (const text of writes) {
    for (const [, row, line = ''] of text.matchAll(/\x1b\[(\d+);1H((?:(?!\x1b\[\d+;\d+H|\x1b\[\?).)*)/gsu)) {
      const visible = line.replace(/\x1b\[[\d;]*[mKG]/g, '');
      if (visible !== '' || line.includes('\x1b[K')) screen[Number(row) - 1] = visible.trimEnd();
    }
  }
  return screen;
}

test('differences add up to the whole frame', () => {
  const line = fc.constantFrom('', 'a', 'bb', 'longer line', '日本', 'x'.repeat(20));
  fc.assert(
    fc.property(fc.array(fc.tuple(line, line, line), { minLength: 1, maxLength: 8 }), (frames) => {
      const slow = new Slow();
      const screen = new Screen(slow.write, 0);
      for (const lines of frames) {
        screen.draw({ rows: lines.map((text) => [span(text)]), cursor: undefined }, 20);
        slow.take();
      }
      assert.deepEqual(replay(slow.taken, 3), frames.at(-1));
    }),
  );
});

test('only looks become escape sequences, whatever people write', () => {
  const attacks = [
    '\x1b[2J',
    '\x1b]0;t\x07',
    '\x1b]52;c;eA==\x07',
    '\x9b2J',
    '\x1bc',
    '\x07',
    '\x08',
    '\r',
    '\x0e',
    '\u202eabc',
    '\x1bP+q\x1b\\',
    '\x1b_x\x1b\\',
    '\x1b[6n',
  ];
  for (const attack of attacks) {
    const item = said(attack, `${attack}x ||${attack}|| \`${attack}\``, {
      replyTo: { msgid: 'x', from: attack, text: attack },
      reactions: new Map([[attack, [attack]]]),
      delivery: { state: 'failed', reason: attack },
      own: true,
    });
    const happening = { kind: 'happened', key: 'h', at: item.at, what: 'quit', who: attack, text: attack } as const;
    const desk = new Desk(
      view(
        [
          room(`#${attack}`, [item, happening], {
            topic: attack,
            typing: [attack],
            members: [{ nick: attack, prefix: attack, away: true }],
          }),
        ],
        { link: { state: 'refused', reason: attack, fix: 'none' }, nick: attack, away: attack },
      ),
      100,
      30,
    );
    for (const keys of ['', '\x1b[A', '\x1b', '\x1bOQ']) {
      desk.press(keys);
      const text = frame(desk.face)
        .rows.map((row) => paint(row, 'any'))
        .join('\n');
      const bare = text.replace(/\x1b\[[\d;]*m|\x1b\[\d+G/g, '');
      assert.doesNotMatch(bare, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/, JSON.stringify(attack));
    }
  }
});

const LOOKS: readonly (readonly [Look, string, string, string])[] = [
  [{}, 'x', 'x', 'x'],
  [{ bold: true, underline: true }, '\x1b[1;4mx\x1b[0m', '\x1b[1;4mx\x1b[0m', '\x1b[1;4mx\x1b[0m'],
  [{ role: 'error' }, '\x1b[1mx\x1b[0m', '\x1b[1;31mx\x1b[0m', '\x1b[1;31mx\x1b[0m'],
  [{ foreground: '#ff0000' }, 'x', '\x1b[31mx\x1b[0m', '\x1b[38;2;255;0;0mx\x1b[0m'],
  [{ background: '#0000ff' }, 'x', '\x1b[44mx\x1b[0m', '\x1b[48;2;0;0;255mx\x1b[0m'],
];

for (const [look, none, eight, any] of LOOKS) {
  test(`paints ${JSON.stringify(look)} with the colours there are`, () => {
    const row = [span('x', look)];
    assert.deepEqual([paint(row, 0), paint(row, 8), paint(row, 'any')], [none, eight, any]);
  });
}

test('a name has one colour, from colours that can be read on black and on white', () => {
  assert.equal(paint([span('x', { nick: 'ana' })], 256), paint([span('x', { nick: 'ana' })], 256));
  assert.notEqual(paint([span('x', { nick: 'ana' })], 256), paint([span('x', { nick: 'ben' })], 256));
  assert.equal(paint([span('x', { nick: 'ana' })], 0), 'x');
});

test('behind a cluster whose width terminals dispute, the column is set again', () => {
  assert.equal(paint([span('a❤️b')], 0), 'a❤️\x1b[4Gb');
});

test('what a terminal can is read from its environment', () => {
  assert.equal(depthOf({ TERM: 'xterm-256color' }), 256);
  assert.equal(depthOf({ TERM: 'xterm-256color', COLORTERM: 'truecolor' }), 'any');
  assert.equal(depthOf({ TERM: 'xterm-256color', NO_COLOR: '1' }), 0);
  assert.equal(depthOf({ TERM: 'linux' }), 8);
  assert.equal(depthOf({ TERM: 'vt100' }), 0);
  assert.ok(plainOnly(false, { TERM: 'xterm' }));
  assert.ok(plainOnly(true, { TERM: 'dumb' }));
  assert.ok(!plainOnly(true, { TERM: 'xterm' }));
});
