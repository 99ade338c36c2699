/** A server that means harm: no line makes the client throw, grow without bound, or show anything but text. */
import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import type { ClientView } from '../../src/core/client/view.ts';
import { ITEMS_MAX } from '../../src/core/client/view.ts';
import { fold } from '../../src/core/wire/casemap.ts';
import { Talk } from './client-talk.ts';

const CAPS =
  'message-tags server-time batch labeled-response echo-message draft/chathistory away-notify extended-join setname';

function inTea(): Talk {
  const talk = new Talk({ rooms: ['#tea'] });
  talk.welcome(CAPS);
  talk.hear(':ann!a@h JOIN #tea', ':srv PONG srv parley-1');
  return talk;
}

/** Lines of a real conversation, to be mutated. */
const DIALOGUE: readonly string[] = [
  ':srv CAP * LS :batch sasl=PLAIN',
  ':srv CAP ann NEW :batch',
  ':srv CAP ann DEL :batch',
  ':srv 001 ann :Welcome to the net ann!a@h',
  ':srv 005 ann NETWORK=Test CHANTYPES=# PREFIX=(ov)@+ CASEMAPPING=rfc1459 CHATHISTORY=100 LINELEN=512 :are supported',
  ':ann!a@h JOIN #tea * :Ann',
  ':bob!b@h JOIN #tea',
  ':srv 332 ann #tea :the topic',
  ':srv 353 ann = #tea :@ann +bob @+cat',
  ':srv 366 ann #tea :End of names',
  ':srv BATCH +1 chathistory #tea',
  '@batch=1;time=2026-11-20T12:00:00.000Z;msgid=m1 :bob!b@h PRIVMSG #tea :old words',
  '@batch=1;time=2026-11-20T12:00:01.000Z;msgid=m2 :bob!b@h JOIN #tea',
  ':srv BATCH -1',
  ':srv BATCH +2 draft/chathistory-targets',
  '@batch=2 :srv CHATHISTORY TARGETS bob 2026-11-20T12:00:00.000Z',
  ':srv BATCH -2',
  '@time=2026-11-20T12:00:02.000Z;msgid=m3 :bob!b@h PRIVMSG #tea :hello ann',
  '@msgid=m4;+draft/reply=m3 :bob!b@h PRIVMSG ann :\x01ACTION waves\x01',
  '@+draft/react=x;+draft/reply=m3 :bob!b@h TAGMSG #tea',
  '@+typing=active :bob!b@h TAGMSG #tea',
  '@label=m1;msgid=m5 :ann!a@h PRIVMSG #tea :mine',
  ':bob!b@h MODE #tea +ov-b ann bob *!*@*',
  ':bob!b@h NICK robert',
  ':ann!a@h NICK anna',
  ':bob!b@h KICK #tea ann :out',
  ':bob!b@h QUIT :a.net b.net',
  ':bob!b@h AWAY :lunch',
  ':bob!b@h CHGHOST b host',
  ':bob!b@h INVITE ann #den',
  ':ann!a@h PART #tea',
  ':srv 401 ann bob :No such nick',
  ':srv 404 ann #tea :Cannot send',
  ':srv 433 ann bob :In use',
  ':srv 473 ann #den :Invite only',
  ':srv 311 ann bob b h * :Bob',
  ':srv 301 ann bob :gone',
  ':srv 322 ann #tea 3 :topic',
  'FAIL CHATHISTORY INVALID_TARGET LATEST #tea :No',
  'FAIL PRIVMSG CANNOT_SEND #tea :No',
  'PING :x',
  ':srv PONG srv parley-1',
  'ERROR :bye',
];

const ACTIONS = [
  'hello',
  '/join #den',
  '/leave',
  '/msg bob hi',
  '/query cat',
  '/nick x',
  '/clear',
  '/close',
  '/react 👍',
  '/reply 2 yes',
  '/names',
  '/help',
];

const anyLine = fc.string({ unit: 'binary', maxLength: 80 });
const command = fc.constantFrom(
  'PRIVMSG',
  'JOIN',
  'BATCH',
  '353',
  '005',
  '001',
  'MODE',
  'TAGMSG',
  'CAP',
  'NICK',
  'FAIL',
  '433',
  'ACK',
);
const shaped = fc
  .tuple(
    fc.constantFrom('', '@batch=1 ', '@time=x;msgid=y ', '@label=m1 '),
    fc.constantFrom('', ':ann!a@h ', ':b '),
    command,
    anyLine,
  )
  .map(([tags, source, name, rest]) => `${tags}${source}${name} ${rest}`);
const mutated = fc
  .tuple(fc.constantFrom(...DIALOGUE), fc.nat(60), fc.nat(6), fc.string({ unit: 'binary', maxLength: 4 }))
  .map(([line, at, drop, put]) => line.slice(0, at) + put + line.slice(at + drop));
const event = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...DIALOGUE).map((line) => ({ line })) },
  { weight: 4, arbitrary: mutated.map((line) => ({ line })) },
  { weight: 2, arbitrary: shaped.map((line) => ({ line })) },
  { weight: 1, arbitrary: anyLine.map((line) => ({ line })) },
  { weight: 2, arbitrary: fc.constantFrom(...ACTIONS).map((typed) => ({ typed })) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 40_000 }).map((ms) => ({ ms })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('opened' as const, 'closed' as const, 'nudged' as const).map((link) => ({ link })),
  },
  { weight: 1, arbitrary: fc.constant({ fault: 'line-too-long' as const }) },
);

/** What must be true of any view. */
function checkView(view: ClientView): void {
  assert(
    view.rooms.some(({ id }) => id === view.current),
    'the current room is open',
  );
  assert.equal(view.rooms[0]?.kind, 'server');
  assert.equal(new Set(view.rooms.map(({ id }) => id)).size, view.rooms.length);
  for (const room of view.rooms) {
    assert(room.items.length <= ITEMS_MAX);
    assert.equal(new Set(room.items.map(({ key }) => key)).size, room.items.length, `keys of ${room.name}`);
    assert(room.unread >= 0 && room.mentions <= room.unread && room.failed >= 0);
  }
  // oxlint-disable-next-line no-control-regex
  assert.doesNotMatch(shownText(view), /[\x00\x05-\x0e\x10\x12-\x15\x17-\x1c\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
}

function shownText(view: ClientView): string {
  return view.rooms
    .flatMap((room) => [
      room.name,
      room.topic,
      ...room.typing,
      ...room.members.map(({ nick }) => nick),
      ...room.items.map((item) =>
        item.kind === 'said'
          ? `${item.from}${item.text}${[...item.reactions.keys()].join('')}`
          : item.kind === 'happened'
            ? item.who + item.text
            : '',
      ),
    ])
    .join('');
}

test('no line, in no order, makes it throw or show more than text', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 60 }), (events) => {
      const talk = inTea();
      for (const one of events) {
        if ('line' in one) talk.hear(one.line);
        else if ('typed' in one) talk.enter(talk.view.current, one.typed);
        else if ('ms' in one) talk.pass(one.ms);
        else if ('fault' in one) talk.do({ kind: 'lines', at: talk.now, lines: [{ fault: one.fault }] });
        else if (one.link === 'opened') talk.open();
        else if (one.link === 'closed') talk.close();
        else talk.do({ kind: 'nudged', at: talk.now });
      }
      checkView(talk.view);
      for (const line of talk.sent) assert.doesNotMatch(line, /[\r\n\0]/);
    }),
    { numRuns: 1_500 },
  );
});

test('what is kept may be anything', () => {
  const key = fc.oneof(fc.constantFrom('room:#tea', 'out:000000000001', 'seen', 'current'), fc.string());
  const value = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record({
        name: fc.string(),
        kind: fc.constantFrom('room', 'direct', 'x'),
        readAt: fc.anything(),
        target: fc.string(),
        text: fc.string(),
        at: fc.integer(),
        sendId: fc.constant('abcdefghijklmnopqrst'),
      })
      .map((record) => JSON.stringify(record)),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(key, value), { maxLength: 12 }), (entries) => {
      const talk = new Talk({ rooms: ['#tea'] }, new Map(entries));
      talk.welcome(CAPS);
      checkView(talk.view);
    }),
    { numRuns: 500 },
  );
});

test('a hundred thousand names are cut at a limit, quickly', () => {
  const talk = inTea();
  const began = performance.now();
  for (let i = 0; i < 1_000; i++) {
    talk.hear(`:srv 353 ann = #tea :${Array.from({ length: 100 }, (_, n) => `n${i}_${n}`).join(' ')}`);
  }
  talk.hear(':srv 366 ann #tea :End');
  assert.equal(talk.room('#tea').members.length, 50_000);
  assert(performance.now() - began < 5_000);
});

test('a history without end stops being asked for', () => {
  const talk = inTea();
  let asked = 0;
  talk.hear('@msgid=first :bob!b@h PRIVMSG #tea :first');
  for (let page = 0; page < 200; page++) {
    const requests = talk.look().filter((line) => line.startsWith('CHATHISTORY') && line.includes('#tea'));
    if (requests.length === 0) break;
    asked += requests.length;
    const rows = Array.from({ length: 100 }, (_, n) => `@batch=h;msgid=p${page}x${n} :bob!b@h PRIVMSG #tea :more`);
    talk.hear('BATCH +h chathistory #tea', ...rows, 'BATCH -h');
  }
  assert(asked < 20, `${asked} pages`);
});

test('rooms and conversations are limited, and the person is told', () => {
  const talk = inTea();
  for (let i = 0; i < 3_000; i++) talk.hear(`:ann!a@h JOIN #r${i}`, `:p${i}!p@h PRIVMSG ann :hi`);
  assert(talk.view.rooms.length <= 501);
  assert.equal(talk.told('*').filter((text) => text.includes('/close')).length, 1);
});

test('batches that are never closed, and nested ones, hold little', () => {
  const talk = inTea();
  for (let i = 0; i < 1_000; i++) {
    talk.hear(`@batch=b${i - 1} BATCH +b${i} chathistory #tea`);
    for (let n = 0; n < 10; n++) talk.hear(`@batch=b${i};msgid=b${i}x${n} :bob!b@h PRIVMSG #tea :held`);
  }
  talk.hear(':bob!b@h PRIVMSG #tea :still here');
  assert.equal(talk.said('#tea').at(-1)?.text, 'still here');
});

test('a flood of messages keeps the newest, and costs the same at the end as at the beginning', () => {
  const talk = inTea();
  const flood = (from: number): number => {
    const began = performance.now();
    for (let i = from; i < from + 10_000; i++) talk.hear(`@msgid=f${i} :bob!b@h PRIVMSG #tea :message ${i}`);
    return performance.now() - began;
  };
  flood(0);
  flood(10_000);
  assert(flood(20_000) < 3_000);
  assert.equal(talk.said('#tea').at(-1)?.text, 'message 29999');
  assert(talk.room('#tea').items.length <= ITEMS_MAX);
});

test('reactions and typists without end are limited', () => {
  const talk = inTea();
  talk.hear('@msgid=m1 :bob!b@h PRIVMSG #tea :react to this');
  for (let i = 0; i < 2_000; i++) {
    talk.hear(`@+draft/react=r${i};+draft/reply=m1;+typing=active :p${i}!p@h TAGMSG #tea`);
    talk.hear(`@+draft/react=r0;+draft/reply=m1 :p${i}!p@h TAGMSG #tea`);
  }
  const [item] = talk.said('#tea');
  assert(item!.reactions.size <= 30 && item!.reactions.get('r0')!.length <= 200);
  assert(talk.room('#tea').typing.length <= 20);
});

test('a stranger cannot make our message look delivered, nor ours out of theirs', () => {
  const talk = inTea();
  talk.enter('#tea', 'mine');
  talk.hear(':mallory!m@h PRIVMSG #tea :mine');
  assert.deepEqual(
    talk.said('#tea').map(({ from, delivery }) => `${from} ${delivery.state}`),
    ['mallory sent', 'ann sending'],
  );
  assert.equal(talk.room('#tea').id, fold('#tea'));
});
