/** Holes in what a client heard: found after a break, and filled. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Talk } from './client-talk.ts';

const CAPS = 'message-tags server-time batch draft/chathistory';

/** The n-th message of the room. */
function line(n: number, batch = ''): string {
  const time = new Date(Date.UTC(2026, 10, 20, 12, 0, n)).toISOString();
  return `@${batch}time=${time};msgid=id${n} :bob!b@h PRIVMSG #tea :${n}`;
}

function page(talk: Talk, ...numbers: number[]): void {
  talk.hear(':srv BATCH +h chathistory #tea', ...numbers.map((n) => line(n, 'batch=h;')), ':srv BATCH -h');
}

function join(talk: Talk): void {
  talk.welcome(CAPS);
  talk.hear(':ann!a@h JOIN #tea');
}

function history(talk: Talk): string[] {
  return talk.look().filter((each) => each.startsWith('CHATHISTORY') && !each.includes('TARGETS'));
}

test('what was missed is asked for again when the link broke before the answer, whatever was heard meanwhile', () => {
  const talk = new Talk({ rooms: ['#tea'] });
  join(talk);
  page(talk, 1);
  talk.close();
  talk.pass(2_000);
  talk.look();
  // 2 and 3 were missed. 4 is heard before the answer that would bring them, and then the link breaks once more.
  join(talk);
  assert.deepEqual(history(talk), ['CHATHISTORY LATEST #tea msgid=id1 100']);
  talk.hear(line(4));
  talk.close();
  assert(
    talk.room('#tea').items.some(({ kind }) => kind === 'gap'),
    'the hole is shown',
  );
  talk.pass(3_000);
  talk.look();
  join(talk);
  assert.deepEqual(history(talk), ['CHATHISTORY LATEST #tea msgid=id4 100']);
  talk.hear(line(6));
  talk.close();
  talk.pass(5_000);
  talk.look();
  // Two holes, and the one since the last break.
  join(talk);
  page(talk, 7);
  assert.deepEqual(history(talk), ['CHATHISTORY LATEST #tea msgid=id6 100', 'CHATHISTORY AFTER #tea msgid=id1 100']);
  page(talk, 2, 3, 4, 5, 6, 7);
  assert.deepEqual(history(talk), ['CHATHISTORY AFTER #tea msgid=id4 100']);
  page(talk, 5, 6, 7);
  assert.deepEqual(
    talk.said('#tea').map(({ text }) => text),
    ['1', '2', '3', '4', '5', '6', '7'],
  );
  assert(talk.room('#tea').items.every(({ kind }) => kind !== 'gap'));
});
