/** Frames as pictures in `frames/`. `UPDATE_FRAMES=1 node --test …` writes them anew; look at the difference. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { complete } from '../../core/client/completion.ts';
import { Desk, gap, happened, NOON, room, said, view, type FakeRoom } from '../../../tests/e2e/tui-fake.ts';

function matches(name: string, desk: Desk): void {
  const path = new URL(`frames/${name}.txt`, import.meta.url);
  if (process.env['UPDATE_FRAMES'] !== undefined) {
    mkdirSync(new URL('frames/', import.meta.url), { recursive: true });
    writeFileSync(path, desk.picture());
  }
  assert.equal(desk.picture(), readFileSync(path, 'utf8'));
}

function general(): FakeRoom {
  const morning = said('mira', 'morning', { at: NOON - 300_000 });
  const mine = said('ana', 'yes, **fixing** it: https://example.org/a?b', { at: NOON });
  return room(
    '#general',
    [
      said('mira', 'see you tomorrow', { at: NOON - 20 * 3_600_000 }),
      morning,
      happened('join', 'joe', 'joe joined', NOON - 240_000),
      happened('join', 'dan', 'dan joined', NOON - 240_000),
      happened('part', 'kit', 'kit left', NOON - 230_000),
      gap(NOON - 200_000),
      said('joe', 'ana: did you see the build? It has been red since this morning and nobody knows why', {
        mentionsMe: true,
        replyTo: { msgid: morning.key, from: 'mira', text: 'morning' },
        reactions: new Map([['👍', ['mira', 'kit']]]),
        at: NOON - 60_000,
      }),
      mine,
      said('joe', 'waves at 日本語 and 👨‍👩‍👧', { form: 'action' }),
      said('ana', 'one', { delivery: { state: 'sending', since: NOON - 1_000 } }),
      said('ana', 'two', { delivery: { state: 'queued' } }),
      said('ana', 'three', { delivery: { state: 'failed', reason: '#general is moderated' } }),
    ],
    {
      topic: 'Release on Friday',
      members: [
        { nick: 'ana', prefix: '@', away: false },
        { nick: 'joe', prefix: '', away: true },
      ],
      typing: ['joe'],
      dividerKey: mine.key,
    },
  );
}

function busy(): Desk {
  const rooms = [
    general(),
    room('#ops', [], { unread: 3 }),
    room('#dev', [], { unread: 5, mentions: 1, failed: 1 }),
    room('joe', [], { unread: 1, mentions: 1 }),
    room('日本語の長い名前の人', [], { joined: false }),
  ];
  return new Desk(view(rooms), 100, 26);
}

test('a busy screen', () => matches('busy', busy()));

test('60 columns', () => {
  const desk = busy();
  desk.resize(60, 20);
  matches('columns-60', desk);
});

test('50 columns hide the rooms, and Alt-b shows them', () => {
  const desk = busy();
  desk.resize(50, 20);
  matches('columns-50', desk);
  desk.press('\x1bb');
  matches('columns-50-rooms', desk);
});

test('30 columns and 8 rows are log and input only', () => {
  const desk = busy();
  desk.resize(30, 8);
  matches('columns-30', desk);
});

test('no room yet', () => matches('empty', new Desk(view([]), 80, 12)));

test('an empty room, offline, with messages kept', () => {
  const desk = new Desk(
    view([room('#tea')], { link: { state: 'offline', retryAt: NOON + 6_000, reason: 'Connection lost' }, unsent: 2 }),
    100,
    12,
  );
  matches('offline', desk);
});

test('choosing a message reveals its spoiler', () => {
  const desk = new Desk(
    view([
      room('#tea', [said('joe', 'it was ||the butler||'), said('joe', '> quoted\nand ```js\nlet a = 1;\n``` end')]),
    ]),
    80,
    14,
  );
  matches('spoiler-hidden', desk);
  desk.press('\x1b[A\x1b[A');
  matches('spoiler-chosen', desk);
});

test('the help is made of the registries', () => {
  const desk = new Desk(view([general()]), 90, 70);
  desk.press('\x1bOP');
  matches('help', desk);
});

test('who is here', () => {
  const desk = new Desk(view([general()]), 60, 12);
  desk.press('\x1bOQ');
  matches('members', desk);
});

test('a paste asks what it is', () => {
  const desk = new Desk(view([room('#tea', [said('joe', 'show me')])]), 80, 12);
  desk.press('\x1b[200~if (a) {\r\tb();\r}\r\x1b[201~');
  matches('paste', desk);
});

test('completion shows candidates and usage', () => {
  const desk = new Desk(view([general()]), 80, 20, { complete, commands: [] });
  desk.press('/m');
  matches('completion-command', desk);
  desk.press('sg ');
  matches('completion-usage', desk);
});

test('a long input of several lines scrolls with its cursor', () => {
  const desk = new Desk(view([room('#tea')]), 40, 15);
  desk.press(`first\x1b\r${'word '.repeat(20)}\x1b\rlast 日本`);
  matches('long-input', desk);
});

test('leaving with messages unsent asks', () => {
  const desk = new Desk(view([room('#tea')], { unsent: 2 }), 80, 10);
  desk.press('\x03');
  matches('quit', desk);
});

test('a wrong password is asked for, and not shown', () => {
  const desk = new Desk(
    view([room('#tea')], { link: { state: 'refused', reason: 'Wrong password', fix: 'password' } }),
    80,
    10,
  );
  desk.press('secret');
  matches('password', desk);
  desk.press('\r');
  assert.deepEqual(desk.actions, [{ do: 'set-password', password: 'secret' }]);
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        '日',
        '👍',
        '👨‍👩‍👧',
        'e\u0301',
        'word ',
        '\x1b[2J',
        '\u202e',
        'averyveryverylongwordwithoutanyend',
        '🇩🇪',
        '||x||',
        '```\ny\n```',
        '\u0301',
      ),
    )
    .map((parts) => parts.join('')),
);
const anyItem = fc.oneof(
  fc.tuple(anyText, anyText, fc.boolean()).map(([from, text, own]) =>
    said(from, text, {
      own,
      reactions: new Map([[text.slice(0, 3), [from]]]),
      replyTo: own ? { msgid: 'x', from, text } : undefined,
    }),
  ),
  fc
    .tuple(fc.constantFrom('join' as const, 'quit' as const, 'topic' as const, 'error' as const), anyText)
    .map(([what, text]) => happened(what, text, text)),
  fc.constant(undefined).map(() => gap()),
);

test('no content makes a row too wide, or lets a control character through, on a screen of any size', () => {
  fc.assert(
    fc.property(
      fc.array(anyItem, { maxLength: 8 }),
      anyText,
      fc.integer({ min: 2, max: 120 }),
      fc.integer({ min: 1, max: 40 }),
      (items, text, columns, rows) => {
        const desk = new Desk(
          view([
            room(`#${text}`, items, {
              topic: text,
              typing: [text],
              members: [{ nick: text, prefix: '@', away: true }],
            }),
            room(text),
          ]),
          columns,
          rows,
        );
        // `lines` itself throws for a row that is too wide.
        for (const keys of ['', text, '\x1b[A', '\x1b[5~', '\x1bOP', '\x1b', '\x1bOQ']) {
          desk.press(keys);
          for (const line of desk.lines()) assert.doesNotMatch(line, /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
        }
      },
    ),
    { numRuns: 300 },
  );
});
