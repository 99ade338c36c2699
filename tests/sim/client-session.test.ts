/** Registration, reconnecting, and whether the other end is still there. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Talk } from './client-talk.ts';

const MODERN =
  'message-tags server-time batch labeled-response echo-message draft/chathistory parley.chat/send-id standard-replies';

test('registers with what both sides know, from a list in several lines', () => {
  const talk = new Talk({ password: 'sesame' });
  assert.equal(talk.effects[0]?.kind, 'dial');
  talk.open();
  assert.deepEqual(talk.look(), ['CAP LS 302', 'PASS sesame', 'NICK ann', 'USER ann 0 * Ann']);
  talk.hear(':srv CAP * LS * :sasl=PLAIN multi-prefix unknown/thing');
  assert.deepEqual(talk.look(), []);
  talk.hear(':srv CAP * LS :batch server-time=x');
  assert.deepEqual(talk.look(), ['CAP REQ :multi-prefix batch server-time']);
  talk.hear(':srv CAP * ACK :multi-prefix batch server-time');
  assert.deepEqual(talk.look(), ['CAP END']);
  assert.equal(talk.view.link.state, 'registering');
  talk.hear(':srv 001 ann :Welcome ann!~a@host');
  assert.equal(talk.view.link.state, 'online');
});

test('a refused request is tried again one by one', () => {
  const talk = new Talk();
  talk.open();
  talk.hear(':srv CAP * LS :batch setname');
  talk.look();
  talk.hear(':srv CAP * NAK :batch setname');
  assert.deepEqual(talk.look(), ['CAP REQ batch', 'CAP REQ setname']);
  talk.hear(':srv CAP * ACK :batch', ':srv CAP * NAK :setname');
  assert.deepEqual(talk.look(), ['CAP END']);
});

test('joins its rooms when the welcome is over', () => {
  const talk = new Talk({ rooms: ['#tea', '#den'] });
  talk.welcome();
  assert(talk.look().includes('JOIN #den,#tea'));
  talk.hear(':ann!a@h JOIN #tea', ':srv 353 ann = #tea :@ann bob', ':srv 366 ann #tea :End');
  assert.deepEqual(
    talk.room('#tea').members.map(({ prefix, nick }) => prefix + nick),
    ['@ann', 'bob'],
  );
  assert.equal(talk.view.current, '#tea');
});

test('the key of a room is kept for the next connection', () => {
  const talk = new Talk();
  talk.welcome();
  talk.enter('*', '/join #vault sesame');
  assert(talk.look().includes('JOIN #vault sesame'));
  talk.hear(':ann!a@h JOIN #vault');
  const later = new Talk({}, talk.kept);
  later.welcome();
  assert(later.look().includes('JOIN #vault sesame'));
});

test('what waits for a room one has left fails when the connection is back', () => {
  const talk = new Talk();
  talk.welcome();
  talk.hear(':ann!a@h JOIN #tea');
  talk.close();
  talk.enter('#tea', 'too late');
  talk.enter('#tea', '/leave');
  talk.pass(2_000);
  talk.welcome();
  assert.equal(talk.said('#tea')[0]?.delivery.state, 'failed');
});

test('a server without a message of the day numeric is noticed by its PONG', () => {
  const talk = new Talk({ rooms: ['#tea'] });
  talk.open();
  talk.look();
  talk.hear(':srv 001 ann :Welcome');
  const ping = talk.look().find((line) => line.startsWith('PING '));
  assert(ping !== undefined);
  talk.hear(`:srv PONG srv :${ping.slice(5)}`);
  assert(talk.look().includes('JOIN #tea'));
});

test('a name in use is tried with underscores, then the person is asked', () => {
  const talk = new Talk();
  talk.open();
  talk.look();
  for (const nick of ['ann', 'ann_', 'ann__']) talk.hear(`:srv 433 * ${nick} :Nickname is already in use`);
  assert.deepEqual(talk.look(), ['NICK ann_', 'NICK ann__', 'NICK ann___']);
  talk.hear(':srv 433 * ann___ :Nickname is already in use');
  assert.deepEqual(talk.view.link, {
    state: 'refused',
    reason: 'The name ann is in use. Choose another one.',
    fix: 'nick',
  });
  talk.act({ do: 'set-nick', nick: 'anna' });
  talk.open();
  assert(talk.look().includes('NICK anna'));
});

test('the wanted name is asked for again while a ghost holds it', () => {
  const talk = new Talk();
  talk.open();
  talk.hear(':srv 433 * ann :Nickname is already in use', ':srv 001 ann_ :Welcome', ':srv 376 ann_ :End');
  assert.equal(talk.view.nick, 'ann_');
  talk.look();
  talk.pass(20_000 - 1);
  talk.hear('PING x');
  talk.pass(1);
  assert(talk.look().includes('NICK ann'));
  talk.hear(':ann_!a@h NICK ann');
  assert.equal(talk.view.nick, 'ann');
});

for (const [what, line, fix] of [
  ['a missing or wrong password', ':srv 464 * :Password incorrect', 'password'],
  ['a name that is not allowed', ':srv 432 * ann :Erroneous nickname', 'nick'],
  ['a ban', ':srv 465 * :You are banned', 'none'],
  ['a ban told by ERROR', 'ERROR :Closing link: K-lined', 'none'],
] as const) {
  test(`${what} stops and asks the person`, () => {
    const talk = new Talk();
    talk.open();
    talk.hear(line);
    assert.equal(talk.view.link.state === 'refused' && talk.view.link.fix, fix);
    assert.equal(talk.effects.at(-1)?.kind, 'hangup');
    assert.equal(talk.client.wakeAt, undefined);
  });
}

test('a full server is tried again, and says why', () => {
  const talk = new Talk();
  talk.open();
  talk.hear('ERROR :The server is full, try again later');
  talk.close('closed by the other end');
  assert.equal(talk.view.link.state === 'offline' && talk.view.link.reason, 'The server is full, try again later');
});

test('waits between tries grow to half a minute and begin anew after a good connection', () => {
  const talk = new Talk();
  const waits: number[] = [];
  for (let i = 0; i < 8; i++) {
    talk.close('Connection refused');
    assert(talk.view.link.state === 'offline');
    waits.push((talk.view.link.retryAt - talk.now) / 1_000);
    talk.pass(talk.view.link.retryAt - talk.now);
    assert.equal(talk.view.link.state, 'connecting');
  }
  [1, 2, 4, 8, 16, 30, 30, 30].forEach((base, i) => assert(Math.abs(waits[i]! - base) <= base / 4, waits.join(' ')));
  talk.welcome();
  talk.pass(9_000);
  talk.hear(':srv PONG srv parley-1');
  talk.pass(9_000);
  talk.close();
  assert(talk.view.link.state === 'offline' && talk.view.link.retryAt - talk.now < 1_300);
});

test('a nudge dials at once, and only when there is something to wait for', () => {
  const talk = new Talk();
  talk.close('Connection refused');
  talk.effects = [];
  talk.do({ kind: 'nudged', at: talk.now });
  assert.deepEqual(
    talk.effects.map(({ kind }) => kind),
    ['dial'],
  );
  talk.do({ kind: 'nudged', at: talk.now });
  assert.equal(talk.effects.length, 1);
});

test('a server that falls silent is shown after 5 s and left after 20 s', () => {
  const talk = new Talk();
  talk.welcome(MODERN);
  talk.hear(':srv PONG srv parley-1');
  talk.pass(15_000); // the next PING goes out
  talk.pass(4_999);
  assert.equal(talk.view.link.state === 'online' && talk.view.link.silentMs, 0);
  talk.pass(1);
  assert.equal(talk.view.link.state === 'online' && talk.view.link.silentMs, 5_000);
  talk.pass(3_000);
  assert.equal(talk.view.link.state === 'online' && talk.view.link.silentMs, 8_000);
  talk.effects = [];
  talk.pass(12_000);
  assert.equal(talk.view.link.state, 'offline');
  assert.equal(talk.effects[0]?.kind, 'hangup');
});

test('silence after a message is noticed within 6 s, and the link left within 25 s', () => {
  const talk = new Talk({ rooms: ['#tea'] });
  talk.welcome(MODERN);
  talk.hear(':ann!a@h JOIN #tea', ':srv PONG srv parley-1');
  talk.pass(7_000);
  talk.enter('#tea', 'anybody there?');
  talk.pass(6_000);
  const { link } = talk.view;
  assert(link.state === 'online' && link.silentMs >= 5_000);
  talk.pass(19_000);
  assert.match(talk.view.link.state, /^(offline|connecting)$/);
  assert.equal(talk.said('#tea')[0]?.delivery.state, 'queued');
});

test('after sleep the link is asked, with little patience', () => {
  const talk = new Talk();
  talk.welcome(MODERN);
  talk.hear(':srv PONG srv parley-1');
  talk.look();
  talk.now += 8 * 60 * 60_000;
  talk.do({ kind: 'woke', at: talk.now });
  assert.equal(talk.look().filter((line) => line.startsWith('PING')).length, 1);
  talk.pass(5_000);
  assert.equal(talk.view.link.state, 'offline');
});

test('a clock that is set back delays nothing', () => {
  const talk = new Talk();
  talk.welcome(MODERN);
  talk.hear(':srv PONG srv parley-1');
  talk.look();
  talk.now -= 60 * 60_000;
  talk.hear(':srv NOTICE ann :tick');
  talk.pass(15_000);
  assert(talk.look().some((line) => line.startsWith('PING')));
  talk.close();
  assert(talk.view.link.state === 'offline');
  assert(talk.view.link.retryAt > talk.now && talk.view.link.retryAt < talk.now + 2_000);
});

test('lag is the median of the last five round trips', () => {
  const talk = new Talk();
  talk.welcome(MODERN);
  const trips = [10, 900, 20, 30, 25, 40];
  for (const trip of trips) {
    let ping: string | undefined;
    while (ping === undefined) {
      ping = talk.look().findLast((line) => line.startsWith('PING '));
      if (ping === undefined) talk.pass(1);
    }
    talk.pass(trip);
    talk.hear(`:srv PONG srv ${ping.slice(5)}`);
  }
  assert.equal(talk.view.link.state === 'online' && talk.view.link.lagMs, 30);
});

test('what the person disconnects stays so until they connect', () => {
  const talk = new Talk();
  talk.welcome();
  talk.enter('*', '/disconnect gone');
  assert(talk.look().includes('QUIT gone'));
  talk.pass(600_000);
  assert.equal(talk.view.link.state, 'refused');
  talk.effects = [];
  talk.enter('*', '/connect');
  assert.equal(talk.effects[0]?.kind, 'dial');
});

test('quit says goodbye first', () => {
  const talk = new Talk();
  talk.welcome();
  talk.effects = [];
  talk.enter('*', '/quit see you');
  const kinds = talk.effects.filter(({ kind }) => kind !== 'keep').map(({ kind }) => kind);
  assert.deepEqual(kinds, ['send', 'hangup', 'quit']);
  assert(talk.look().includes('QUIT :see you'));
});
