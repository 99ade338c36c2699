/** What keys do: the face at a desk, without a terminal. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { complete } from '../../core/client/completion.ts';
import { fold } from '../../core/wire/casemap.ts';
import { Desk, gap, happened, NOON, room, said, view, type FakeRoom } from '../../../tests/e2e/tui-fake.ts';
import { BINDINGS } from './keymap.ts';

const UP = '\x1b[A';
const PAGE_UP = '\x1b[5~';

function talk(lines: number, name = '#tea'): FakeRoom {
  return room(
    name,
    Array.from({ length: lines }, (_, n) => said('joe', `line ${n + 1}`)),
  );
}

function body(desk: Desk): string[] {
  return desk
    .lines()
    .slice(1, -2)
    .map((line) => line.replace(/^.*│/, ''));
}

test('Enter sends what was typed to the room in view, and empties the line', () => {
  const desk = new Desk(view([room('#tea')]), 80, 24);
  desk.press('hello 日本\r');
  assert.deepEqual(desk.actions.at(-1), { do: 'enter', room: fold('#tea'), text: 'hello 日本' });
  assert.equal(desk.face.input.text, '');
  desk.press('  \r');
  assert.equal(desk.actions.filter((action) => action.do === 'enter').length, 1);
});

test('typing is told once it begins and when the line is empty again, not for commands', () => {
  const desk = new Desk(view([room('#tea')]), 80, 24);
  const states = () => desk.actions.flatMap((action) => (action.do === 'typing' ? [action.state] : []));
  desk.press('/join');
  assert.deepEqual(states(), []);
  desk.press('\x15hi');
  desk.press('\x15');
  assert.deepEqual(states(), ['active', 'done']);
});

test('each room keeps its own draft', () => {
  const now = view([room('#tea'), room('#ops')]);
  const desk = new Desk(now, 80, 24);
  desk.press('half');
  now.current = fold('#ops');
  desk.later(0);
  assert.equal(desk.face.input.text, '');
  now.current = fold('#tea');
  desk.later(0);
  assert.equal(desk.face.input.text, 'half');
});

test('Alt-a goes to what names us first, then to people, then to failures, then to the rest', () => {
  const rooms = [
    room('#a'),
    room('#b', [], { unread: 9 }),
    room('#c', [], { failed: 1 }),
    room('joe', [], { unread: 1 }),
    room('#d', [], { unread: 2, mentions: 1 }),
  ];
  const now = view(rooms);
  const desk = new Desk(now, 80, 24);
  const visited: string[] = [];
  for (let n = 0; n < 4; n += 1) {
    desk.press('\x1ba');
    const action = desk.actions.at(-1);
    assert.ok(action?.do === 'open');
    visited.push(action.room);
    const opened = rooms.find(({ id }) => id === action.room);
    Object.assign(opened ?? {}, { unread: 0, mentions: 0, failed: 0 });
  }
  assert.deepEqual(visited, ['#d', 'joe', '#c', '#b']);
  desk.press('\x1ba');
  assert.match(desk.lines().at(-2) ?? '', /Nothing new/);
});

test('rooms are reached by arrows and by number', () => {
  const desk = new Desk(view([room('#a'), room('#b')]), 80, 24);
  desk.press('\x1b[1;3B');
  desk.press('\x10');
  desk.press('\x1b3');
  assert.deepEqual(
    desk.actions.flatMap((action) => (action.do === 'open' ? [action.room] : [])),
    ['#b', '*', '#b'],
  );
});

test('Ctrl-C clears the line, then asks, then quits; Esc stays', () => {
  const desk = new Desk(view([room('#tea')]), 80, 24);
  desk.press('draft\x03');
  assert.equal(desk.face.input.text, '');
  desk.press('\x19');
  assert.equal(desk.face.input.text, 'draft');
  desk.press('\x03\x03\x1b');
  assert.ok(!desk.effects.some(({ kind }) => kind === 'quit'));
  desk.press('\x03\x03');
  assert.ok(desk.effects.some(({ kind }) => kind === 'quit'));
});

test('/quit asks only while messages are unsent', () => {
  const now = view([room('#tea')], { unsent: 1 });
  const desk = new Desk(now, 80, 24);
  desk.press('/quit\r');
  assert.match(desk.lines().at(-1) ?? '', /1 message unsent/);
  assert.deepEqual(
    desk.actions.filter((action) => action.do === 'enter'),
    [],
  );
  now.unsent = 0;
  desk.press('\x1b');
  desk.press('/quit bye\r');
  assert.deepEqual(desk.actions.at(-1), { do: 'enter', room: fold('#tea'), text: '/quit bye' });
});

test('a chosen message is answered, copied, sent again or discarded', () => {
  const lost = said('ana', 'lost', { delivery: { state: 'failed', reason: 'no' }, msgid: undefined });
  const desk = new Desk(view([room('#tea', [said('joe', 'hm'), happened('join', 'kit'), lost])]), 80, 24);
  desk.press(`${UP}t`);
  desk.press(`${UP}x`);
  desk.press(`${UP}r`);
  assert.match(desk.lines().at(-2) ?? '', /Only a message that the server has/);
  desk.press(`${UP}y`);
  assert.ok(desk.effects.some((effect) => effect.kind === 'copy' && effect.text === 'hm'));
  assert.deepEqual(
    desk.actions.map((action) => action.do),
    ['retry', 'discard'],
  );
  desk.press(`${UP}${UP}rwhy?\r`);
  const sent = desk.actions.at(-1);
  assert.ok(sent?.do === 'enter' && sent.text === 'why?' && sent.replyTo !== undefined);
});

test('a reaction is picked by number or typed', () => {
  const item = said('joe', 'done');
  const desk = new Desk(view([room('#tea', [item])]), 80, 24);
  desk.press(`${UP}+4`);
  desk.press(`${UP}+🦊\r`);
  desk.press(`${UP}+\x1b`);
  assert.deepEqual(desk.actions, [
    { do: 'react', room: '#tea', key: item.key, emoji: '🎉' },
    { do: 'react', room: '#tea', key: item.key, emoji: '🦊' },
  ]);
});

test('a gap is loaded by Enter', () => {
  const hole = gap();
  const desk = new Desk(view([room('#tea', [said('joe', 'a'), hole])]), 80, 24);
  desk.press(`${UP}\r`);
  assert.deepEqual(desk.actions, [{ do: 'fill-gap', room: '#tea', key: hole.key }]);
});

test('a paste of one line is typed, of more is asked about, and Esc drops it', () => {
  const desk = new Desk(view([room('#tea')]), 80, 24);
  desk.press('\x1b[200~one line\r\x1b[201~');
  assert.equal(desk.face.input.text, 'one line');
  desk.press('\x15\x1b[200~a\rb\x1b[201~');
  desk.press('\x1b');
  assert.equal(desk.face.input.text, '');
  desk.press('\x1b[200~a\rb\x1b[201~c');
  const sent = desk.actions.at(-1);
  assert.deepEqual(sent, { do: 'enter', room: '#tea', text: '```\na\nb\n```' });
});

test('Tab tries candidates in turn', () => {
  const tea = room('#tea', [], {
    members: ['joanna', 'joe', 'kit'].map((nick) => ({ nick, prefix: '', away: false })),
  });
  const desk = new Desk(view([tea]), 80, 24, { complete, commands: [] });
  desk.press('jo\t');
  assert.equal(desk.face.input.text, 'joanna: ');
  desk.press('\t');
  assert.equal(desk.face.input.text, 'joe: ');
  desk.press('\x1b[Z');
  assert.equal(desk.face.input.text, 'joanna: ');
  desk.press('\x15ki\t');
  assert.equal(desk.face.input.text, 'kit: ');
});

// ------------------------------------------------------------------------------------------------- The log

test('PgUp and PgDn turn pages with two rows in common, and End follows the newest', () => {
  const tea = talk(100);
  const desk = new Desk(view([tea]), 80, 24);
  const newest = body(desk);
  desk.press(PAGE_UP);
  const older = body(desk);
  assert.deepEqual(older.slice(-2), newest.slice(0, 2));
  assert.match(desk.lines().at(-2) ?? '', /↓ 19 newer below/);
  desk.press('\x1b[6~');
  assert.deepEqual(body(desk), newest);
  desk.press(`${PAGE_UP}${PAGE_UP}\x1b[F`);
  assert.deepEqual(body(desk), newest);
});

test('the view stands while messages come and older ones are loaded', () => {
  const tea = talk(100);
  const desk = new Desk(view([tea]), 80, 24);
  desk.press(PAGE_UP);
  const seen = body(desk);
  for (let n = 0; n < 50; n += 1) tea.items.push(said('joe', `new ${n}`));
  tea.items.unshift(...talk(50).items);
  desk.later(10);
  assert.deepEqual(body(desk), seen);
});

test('an older page is asked for one page ahead, and not while one is on its way', () => {
  const tea = talk(40);
  tea.beginningKnown = false;
  const desk = new Desk(view([tea]), 80, 24);
  desk.press(PAGE_UP);
  assert.deepEqual(desk.actions, [{ do: 'older', room: '#tea' }]);
  tea.loadingOlder = true;
  desk.press(PAGE_UP);
  assert.equal(desk.actions.length, 1);
});

test('Alt-u stands at the first unread message', () => {
  const tea = talk(100);
  tea.dividerKey = tea.items[50]?.key;
  const desk = new Desk(view([tea]), 80, 24);
  desk.press('\x1bu');
  assert.match(body(desk)[0] ?? '', /─ new ─/);
  assert.match(body(desk)[1] ?? '', /line 51$/);
});

test('the anchored message stays at the top through any sizes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 20, max: 200 }), fc.integer({ min: 5, max: 60 })), {
        minLength: 1,
        maxLength: 6,
      }),
      (sizes) => {
        const tea = room(
          '#tea',
          Array.from({ length: 200 }, (_, n) => said('joe', `number ${n}. ${'and more words '.repeat(12)}`)),
        );
        const desk = new Desk(view([tea]), 100, 30);
        desk.press(PAGE_UP.repeat(8));
        const { key } = desk.face.window.anchor ?? {};
        for (const [columns, rows] of sizes) {
          desk.resize(columns, rows);
          desk.lines();
          assert.equal(desk.face.window.anchor?.key, key);
        }
      },
    ),
    { numRuns: 30 },
  );
});

test('a message dropped from memory leaves the view near its time', () => {
  const tea = room(
    '#tea',
    Array.from({ length: 100 }, (_, n) => said('joe', `line ${n}`, { at: NOON + n })),
  );
  const desk = new Desk(view([tea]), 80, 24);
  desk.press(PAGE_UP);
  tea.items.splice(0, 80);
  desk.later(0);
  assert.match(body(desk).join('\n'), /line 80/);
});

test('joins and parts that stand together are told in one line', () => {
  const items = [
    happened('join', 'a'),
    happened('part', 'a'),
    happened('quit', 'b'),
    happened('join', 'b'),
    happened('join', 'c'),
    happened('quit', 'd'),
  ];
  const desk = new Desk(view([room('#tea', [...items, said('joe', 'x'), happened('join', 'e', 'e joined')])]), 100, 24);
  const text = body(desk).join('\n');
  assert.match(text, /┊ c joined · d left · a came and went · b came back/);
  assert.match(text, /┊ e joined/);
});

// ------------------------------------------------------------------------------------------------- Time

test('a message is shown as being sent only after 300 ms', () => {
  const item = said('ana', 'hi', { delivery: { state: 'sending', since: NOON } });
  const desk = new Desk(view([room('#tea', [item])]), 80, 24);
  assert.doesNotMatch(desk.lines().join('\n'), /sending/);
  assert.equal(desk.face.wakeAt, NOON + 300);
  desk.later(300);
  assert.match(desk.lines().join('\n'), /… sending/);
});

test('what was in view for a second, with the terminal focused, is read', () => {
  const tea = talk(3);
  const desk = new Desk(view([tea]), 80, 24);
  desk.later(999);
  assert.deepEqual(desk.actions, []);
  desk.later(1);
  assert.deepEqual(desk.actions, [{ do: 'read', room: '#tea' }]);
  desk.later(5_000);
  assert.equal(desk.actions.length, 1);
  desk.press('\x1b[O');
  tea.items.push(said('joe', 'unseen'));
  desk.later(5_000);
  assert.equal(desk.actions.length, 1);
  desk.press('\x1b[I');
  desk.later(999);
  assert.equal(desk.actions.length, 1);
  desk.later(1);
  assert.equal(desk.actions.length, 2);
});

test('in a busy room the mark moves once a second, although the newest message is never old', () => {
  const tea = talk(1);
  const desk = new Desk(view([tea]), 80, 24);
  for (let n = 0; n < 100; n += 1) {
    tea.items.push(said('joe', `busy ${n}`));
    desk.later(50);
  }
  assert.equal(desk.actions.length, 5);
});

test('the help is turned page by page without leaving out a line', () => {
  const desk = new Desk(view([room('#tea')]), 80, 14);
  desk.press('\x1bOP');
  const seen = body(desk);
  for (let page = 0; page < 20; page += 1) {
    desk.press('\x1b[6~');
    const next = body(desk);
    assert.ok(next.includes(seen.at(-1) ?? ''));
    seen.push(...next);
  }
  assert.match(seen.at(-1) ?? '', /quote at the start of a line/);
  desk.press('\x1b');
  assert.equal(desk.face.mode, 'talk');
});

test('no key has two meanings in one mode', () => {
  const all = BINDINGS.flatMap(({ mode, keys }) => keys.map((key) => `${mode} ${key}`));
  assert.equal(new Set(all).size, all.length);
});

test('no keys in any order throw, whatever is in the rooms', () => {
  const names = BINDINGS.flatMap(({ keys }) => keys);
  const bytes = fc.oneof(
    fc.constantFrom(
      UP,
      '\x1b[B',
      PAGE_UP,
      '\x1b[6~',
      '\r',
      '\x1b',
      '\t',
      '\x03',
      '\x1ba',
      '\x1bu',
      '\x1bb',
      '\x1bOP',
      '\x1bOQ',
      '\x0c',
      '\x1b[H',
      '\x1b[F',
      '\x1b[200~a\rb\x1b[201~',
      'r',
      '+',
      't',
      '日',
    ),
    fc.constantFrom(...names.filter((name) => name.length === 1)),
  );
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 40 }), (keys) => {
      const tea = talk(30);
      tea.items.splice(10, 0, gap(), happened('join', 'x'));
      const desk = new Desk(view([tea, room('joe')]), 70, 15, { complete, commands: [] });
      for (const key of keys) {
        desk.press(key);
        desk.lines();
      }
    }),
    { numRuns: 200 },
  );
});
