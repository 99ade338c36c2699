/** Own messages until the server has them, and what others say. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { fold } from '../../src/core/wire/casemap.ts';
import { START, Talk } from './client-talk.ts';

const MODERN =
  'message-tags server-time batch labeled-response echo-message draft/chathistory parley.chat/send-id standard-replies';

function inTea(caps = MODERN, isupport?: string): Talk {
  const talk = new Talk({ rooms: ['#tea'] });
  talk.welcome(caps, isupport);
  talk.hear(':ann!a@h JOIN #tea', ':srv PONG srv parley-1', 'BATCH +9 chathistory #tea', 'BATCH -9');
  talk.look();
  return talk;
}

const privmsgs = (talk: Talk): string[] => talk.look().filter((line) => line.includes('PRIVMSG'));

test('a message is kept before it is sent, and forgotten after its echo', () => {
  const talk = inTea();
  talk.keeps = false;
  talk.enter('#tea', 'hello');
  assert.deepEqual(privmsgs(talk), []);
  assert.equal(talk.said('#tea')[0]?.delivery.state, 'queued');
  const keep = talk.effects.findLast((effect) => effect.kind === 'keep');
  assert(keep?.kind === 'keep' && keep.value?.includes('hello') === true);
  talk.do({ kind: 'kept', at: talk.now, n: keep.n });
  const [line = ''] = privmsgs(talk);
  assert.match(line, /^@label=\w+;\+parley\.chat\/send-id=[a-z0-9]{26} PRIVMSG #tea hello$/);
  const tags = line.slice(1, line.indexOf(' '));
  talk.hear(`@${tags};msgid=x1;time=2026-11-20T12:00:07.000Z :ann!a@h PRIVMSG #tea :hello`);
  const [item] = talk.said('#tea');
  assert.deepEqual([item?.delivery.state, item?.msgid, item?.at], ['sent', 'x1', START + 7_000]);
  assert.equal(
    [...talk.kept.keys()].some((key) => key.startsWith('out:')),
    false,
  );
});

test('at most eight are under way at once, in order', () => {
  const talk = inTea();
  for (let i = 0; i < 20; i++) talk.enter('#tea', `n${i}`);
  const first = privmsgs(talk);
  assert.equal(first.length, 8);
  talk.hear(first[0]!.replace(' PRIVMSG', ';msgid=e0 :ann!a@h PRIVMSG'));
  assert.match(privmsgs(talk).join('\n'), /^\S+ PRIVMSG #tea n8$/);
});

test('long text is cut so that others receive all of it', () => {
  const talk = inTea();
  talk.enter('#tea', `${'word '.repeat(300)}end`);
  for (const line of privmsgs(talk)) {
    const body = line.slice(line.indexOf(' ') + 1);
    assert(`:${'a'.repeat(30)}!${'u'.repeat(1)}@h ${body}\r\n`.length <= 512);
  }
  assert.equal(
    talk
      .said('#tea')
      .map(({ text }) => text)
      .join(' '),
    `${'word '.repeat(300)}end`,
  );
});

test('many lines are many messages, empty ones kept as a space', () => {
  const talk = inTea();
  talk.enter('#tea', 'one\n\ntwo');
  assert.deepEqual(
    talk.said('#tea').map(({ text }) => text),
    ['one', ' ', 'two'],
  );
});

test('a refusal fails the message it names; retry sends it again at the end, discard gives it up', () => {
  const talk = inTea();
  talk.enter('#tea', 'one');
  talk.enter('#tea', 'two');
  const [one = '', two = ''] = privmsgs(talk);
  const label = /label=(\w+)/.exec(one)?.[1];
  talk.hear(`@label=${label} :srv 404 ann #tea :Cannot send to channel (+m)`);
  const failed = talk.said('#tea').find(({ text }) => text === 'one');
  assert(failed?.delivery.state === 'failed');
  assert.match(failed.delivery.reason, /#tea.*\+m/);
  assert.equal(talk.room('#tea').failed, 1);
  talk.hear(two.replace(' PRIVMSG', ';msgid=e2 :ann!a@h PRIVMSG'));
  talk.act({ do: 'retry', room: fold('#tea'), key: failed.key });
  const [again = ''] = privmsgs(talk);
  assert.match(again, / one$/);
  assert.deepEqual(
    talk.said('#tea').map(({ text }) => text),
    ['two', 'one'],
  );
  assert.equal(talk.room('#tea').failed, 0);
  talk.hear(`@label=${/label=(\w+)/.exec(again)?.[1]} FAIL PRIVMSG CANNOT_STORE #tea :The disk is full.`);
  talk.act({ do: 'discard', room: fold('#tea'), key: failed.key });
  assert.deepEqual(
    talk.said('#tea').map(({ text }) => text),
    ['two'],
  );
  assert.equal(
    [...talk.kept.keys()].some((key) => key.startsWith('out:')),
    false,
  );
});

test('nobody of that name: the message fails with a sentence', () => {
  const talk = inTea('');
  talk.enter('#tea', '/msg bob hello');
  assert.deepEqual(privmsgs(talk), ['PRIVMSG bob hello']);
  talk.hear(':srv 401 ann bob :No such nick');
  const [item] = talk.said('bob');
  assert(item?.delivery.state === 'failed');
  assert.equal(item.delivery.reason, 'There is nobody called bob here now.');
});

test('without echoes a message is sent when a later PING is answered', () => {
  const talk = inTea('');
  talk.enter('#tea', 'hello');
  const [message, ping = ''] = talk.look();
  assert.equal(message, 'PRIVMSG #tea hello');
  assert.match(ping, /^PING/);
  assert.equal(talk.said('#tea')[0]?.delivery.state, 'sending');
  talk.hear(`:srv PONG srv ${ping.slice(5)}`);
  assert.equal(talk.said('#tea')[0]?.delivery.state, 'sent');
});

test('a message that is not confirmed for long fails instead of waiting for ever', () => {
  const talk = inTea();
  talk.enter('#tea', 'hello');
  for (let i = 0; i < 8; i++) {
    const ping = talk.look().findLast((line) => line.startsWith('PING'));
    if (ping !== undefined) talk.hear(`:srv PONG srv ${ping.slice(5)}`);
    talk.pass(5_000);
  }
  assert.equal(talk.said('#tea')[0]?.delivery.state, 'failed');
});

test('a message to a room one is not let into fails with what to do', () => {
  const talk = new Talk({ rooms: ['#ops'] });
  talk.enter('#ops', 'open up');
  talk.welcome(MODERN);
  talk.hear(':srv 473 ann #ops :Cannot join channel (+i)');
  const [item] = talk.said('#ops');
  assert(item?.delivery.state === 'failed');
  assert.equal(item.delivery.reason, '#ops is invite-only. Ask somebody in it to invite you.');
});

test('text that begins with two slashes is said with one', () => {
  const talk = inTea();
  talk.enter('#tea', '//etc/hosts');
  assert.match(privmsgs(talk)[0] ?? '', / \/etc\/hosts$/);
});

test('a broken store is told once, and chat goes on', () => {
  const talk = inTea();
  talk.keeps = false;
  for (const text of ['one', 'two']) {
    talk.enter('#tea', text);
    const keep = talk.effects.findLast((effect) => effect.kind === 'keep');
    assert(keep?.kind === 'keep');
    talk.do({ kind: 'unkept', at: talk.now, n: keep.n, why: 'The disk is full.' });
  }
  assert.equal(privmsgs(talk).length, 2);
  assert.equal(talk.told('#tea').filter((text) => text.startsWith('The disk is full.')).length, 1);
});

test('more than can wait is put aside, and goes when there is room', () => {
  const talk = new Talk({ rooms: ['#tea'] });
  talk.enter('#tea', 'x\n'.repeat(1_999));
  assert.equal(talk.view.unsent, 2_000);
  talk.enter('#tea', 'one\nmore');
  assert.equal(talk.view.unsent, 2_000);
  const aside = talk.said('#tea').find(({ delivery }) => delivery.state === 'failed');
  assert.equal(aside?.text, 'one more', 'it is there, as one failed message');
  const waiting = talk.said('#tea').filter(({ delivery }) => delivery.state === 'queued');
  for (const item of waiting.slice(0, 100)) talk.act({ do: 'discard', room: fold('#tea'), key: item.key });
  talk.act({ do: 'retry', room: fold('#tea'), key: aside.key });
  assert.deepEqual(
    talk
      .said('#tea')
      .slice(-2)
      .map(({ text }) => text),
    ['one', 'more'],
  );
});

// ---------------------------------------------------------------------------------------------- From others

test('naming us in a room out of view, and writing to us alone, call the person', () => {
  const talk = inTea();
  talk.act({ do: 'open', room: fold('*') });
  talk.hear(
    ':bob!b@h PRIVMSG #tea :joanna is not ann_x',
    ':bob!b@h PRIVMSG #tea :Ann: look',
    ':bob!b@h PRIVMSG ann :psst',
  );
  const notices = talk.effects.filter((effect) => effect.kind === 'notify').map(({ text }) => text);
  assert.deepEqual(notices, ['Ann: look', 'psst']);
  assert.deepEqual([talk.room('#tea').unread, talk.room('#tea').mentions, talk.room('bob').unread], [2, 1, 1]);
  assert.equal(talk.room('#tea').dividerKey, talk.said('#tea')[0]?.key);
});

test('in the room in view nobody is called when it is read in time; otherwise after a moment', () => {
  const talk = inTea();
  talk.hear(':bob!b@h PRIVMSG #tea :ann: one');
  talk.pass(1_000);
  talk.act({ do: 'read', room: fold('#tea') });
  talk.pass(5_000);
  assert.equal(
    talk.effects.some(({ kind }) => kind === 'notify'),
    false,
  );
  assert.deepEqual([talk.room('#tea').unread, talk.room('#tea').dividerKey], [0, undefined]);
  talk.hear(':bob!b@h PRIVMSG #tea :ann: two');
  talk.pass(2_000);
  assert.equal(talk.effects.filter(({ kind }) => kind === 'notify').length, 1);
  assert.equal(talk.room('#tea').dividerKey, talk.said('#tea')[1]?.key);
});

test('typing is shown and falls silent by itself', () => {
  const talk = inTea();
  talk.hear('@+typing=active :bob!b@h TAGMSG #tea', '@+typing=paused :cat!c@h TAGMSG #tea');
  assert.deepEqual(talk.room('#tea').typing, ['bob', 'cat']);
  talk.pass(6_000);
  assert.deepEqual(talk.room('#tea').typing, ['cat']);
  talk.hear(':cat!c@h PRIVMSG #tea :there');
  assert.deepEqual(talk.room('#tea').typing, []);
});

test('reactions gather on the message, and go', () => {
  const talk = inTea();
  talk.hear('@msgid=m1 :bob!b@h PRIVMSG #tea :tea?');
  talk.hear(
    '@+draft/react=👍;+draft/reply=m1 :cat!c@h TAGMSG #tea',
    '@+draft/react=👍;+draft/reply=m1 :ann!a@h TAGMSG #tea',
  );
  assert.deepEqual(talk.said('#tea')[0]?.reactions.get('👍'), ['cat', 'ann']);
  talk.act({ do: 'react', room: fold('#tea'), key: talk.said('#tea')[0]!.key, emoji: '👍' });
  assert.deepEqual(talk.look().at(-1), '@+draft/unreact=👍;+draft/reply=m1 TAGMSG #tea');
  talk.hear('@+draft/unreact=👍;+draft/reply=m1 :ann!a@h TAGMSG #tea');
  assert.deepEqual(talk.said('#tea')[0]?.reactions.get('👍'), ['cat']);
});

test('who is away is asked once on arrival, and heard of from then on', () => {
  const talk = new Talk({ rooms: ['#tea'] });
  talk.welcome(`${MODERN} away-notify`);
  talk.hear(':ann!a@h JOIN #tea', ':srv 353 ann = #tea :ann bob cat', ':srv 366 ann #tea :End');
  assert(talk.look().includes('WHO #tea'));
  talk.hear(
    ':srv 352 ann #tea b h srv bob G :0 Bob',
    ':srv 352 ann #tea c h srv cat H :0 Cat',
    ':srv 315 ann #tea :End',
  );
  talk.hear(':cat!c@h AWAY :lunch', ':bob!b@h AWAY');
  assert.deepEqual(
    talk
      .room('#tea')
      .members.filter(({ away }) => away)
      .map(({ nick }) => nick),
    ['cat'],
  );
  assert.deepEqual(talk.told('#tea'), [], 'nobody asked to be told');
  talk.enter('#tea', '/who');
  talk.hear(':srv 352 ann #tea b h srv bob H :0 Bob', ':srv 315 ann #tea :End');
  assert.deepEqual(talk.told('#tea'), ['bob b@h Bob']);
});

test('a reaction finds its message when that is loaded later', () => {
  const talk = inTea();
  const page = [
    'BATCH +1 chathistory #tea',
    '@batch=1;+draft/react=👍;+draft/reply=old :cat!c@h TAGMSG #tea',
    'BATCH -1',
  ];
  talk.hear('@msgid=m9;time=2026-11-20T12:00:09.000Z :bob!b@h PRIVMSG #tea :newest', ...page);
  talk.act({ do: 'older', room: fold('#tea') });
  talk.hear(
    'BATCH +2 chathistory #tea',
    '@batch=2;msgid=old;time=2026-11-20T12:00:01.000Z :bob!b@h PRIVMSG #tea :oldest',
    'BATCH -2',
  );
  assert.deepEqual(talk.said('#tea')[0]?.reactions.get('👍'), ['cat']);
});

test('a history that is refused is not asked for again on this connection', () => {
  const talk = inTea();
  talk.hear(':bob!b@h PRIVMSG ann :psst');
  talk.act({ do: 'older', room: fold('bob') });
  assert.equal(talk.room('bob').loadingOlder, true);
  talk.hear('FAIL CHATHISTORY INVALID_TARGET LATEST bob :Messages there could not be retrieved');
  assert.deepEqual([talk.room('bob').loadingOlder, talk.room('bob').beginningKnown], [false, true]);
  talk.look();
  talk.act({ do: 'older', room: fold('bob') });
  assert.deepEqual(talk.look(), []);
  talk.close();
  talk.pass(2_000);
  talk.welcome(MODERN);
  assert.equal(talk.room('bob').beginningKnown, false);
});

test('an answer shows what it answers', () => {
  const talk = inTea();
  talk.hear('@msgid=m1 :bob!b@h PRIVMSG #tea :tea?', '@msgid=m2;+draft/reply=m1 :cat!c@h PRIVMSG #tea :yes');
  assert.deepEqual(talk.said('#tea')[1]?.replyTo, { msgid: 'm1', from: 'bob', text: 'tea?' });
  talk.act({ do: 'enter', room: fold('#tea'), text: 'me too', replyTo: 'm1' });
  assert.match(privmsgs(talk)[0] ?? '', /\+draft\/reply=m1/);
});

test('curious messages are answered, but not for ever', () => {
  const talk = inTea();
  for (let i = 0; i < 20; i++) talk.hear(':bob!b@h PRIVMSG ann :\x01VERSION\x01');
  assert.deepEqual(talk.look(), Array<string>(3).fill('NOTICE bob :\x01VERSION Parley\x01'));
  assert.equal(
    talk.view.rooms.some(({ name }) => name === 'bob'),
    false,
  );
});

test('an action is shown as such, both ways', () => {
  const talk = inTea();
  talk.hear(':bob!b@h PRIVMSG #tea :\x01ACTION waves\x01');
  assert.deepEqual([talk.said('#tea')[0]?.form, talk.said('#tea')[0]?.text], ['action', 'waves']);
  talk.enter('#tea', '/me waves back');
  assert.match(privmsgs(talk)[0] ?? '', /:\x01ACTION waves back\x01$/);
});

test('names, topics and reasons of others carry nothing but text', () => {
  const talk = inTea();
  talk.hear(
    ':bob\x1b[31m!b@h JOIN #tea',
    ':bob\x1b[31m!b@h TOPIC #tea :\x1b]0;owned\x07 topic\u202e',
    ':bob\x1b[31m!b@h QUIT :\x1b[2J\x9b31mgone',
  );
  const shown = JSON.stringify([talk.room('#tea').items, talk.room('#tea').topic]);
  assert.doesNotMatch(shown, /\\u001b|\\u0007|\u009b|\u202e/);
  assert.equal(talk.told('#tea').at(-1), 'bob[31m quit ([2J31mgone)');
});

test('a conversation follows a person who changes their name', () => {
  const talk = inTea();
  talk.hear(':bob!b@h PRIVMSG ann :psst', ':bob!b@h NICK robert');
  assert.equal(talk.room('robert').kind, 'direct');
  talk.enter('robert', 'yes?');
  assert.match(privmsgs(talk)[0] ?? '', /PRIVMSG robert :?yes/);
});

test('a split of servers is one sentence', () => {
  const talk = inTea();
  talk.hear(':srv 353 ann = #tea :ann bob cat', ':srv 366 ann #tea :End');
  talk.hear(
    'BATCH +1 netsplit a.net b.net',
    '@batch=1 :bob!b@h QUIT :a.net b.net',
    '@batch=1 :cat!c@h QUIT :a.net b.net',
    'BATCH -1',
  );
  assert.equal(talk.told('#tea').at(-1), '2 people left: a.net and b.net lost each other');
  assert.deepEqual(
    talk.room('#tea').members.map(({ nick }) => nick),
    ['ann'],
  );
});

test('names are compared as the server compares them', () => {
  const talk = inTea('', 'CHANTYPES=# CASEMAPPING=rfc1459');
  talk.hear(':nick[]!n@h PRIVMSG ann :one', ':NICK{}!n@h PRIVMSG ann :two');
  assert.equal(talk.view.rooms.filter(({ kind }) => kind === 'direct').length, 1);
});

test('the views of rooms and lists stay the same objects', () => {
  const talk = inTea();
  const room = talk.room('#tea');
  const { items, members, version } = room;
  talk.hear(':bob!b@h JOIN #tea', ':bob!b@h PRIVMSG #tea :hi');
  assert.equal(talk.room('#tea'), room);
  assert.equal(room.items, items);
  assert.equal(room.members, members);
  assert(room.version > version);
});
