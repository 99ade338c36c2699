/** Many talk at once: everybody sees one order, and it is the order of history and of time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { folder } from './kit/cleanup.ts';
import { unlimited } from './kit/config.ts';
import { HISTORY_CAPS, historyBackwards, historyForwards, Irc, seen } from './kit/irc.ts';
import { startServer } from './kit/server.ts';

const SENDERS = 8;
const MESSAGES = 400;
const ROOM = '#order';

test('2 observers, 8 senders, 400 messages each: one order live and in history, times strictly rise', async (t) => {
  const server = await startServer(t, { data: folder(t), flags: unlimited(t) });
  const observers = await Promise.all(
    ['olga', 'otto'].map((nick) => Irc.arrive(t, server.irc, nick, [ROOM], HISTORY_CAPS)),
  );
  // Half of them hear their own messages back, and half do not: what a sender sees must not matter to others.
  const senders = await Promise.all(
    Array.from({ length: SENDERS }, (_, index) =>
      Irc.arrive(t, server.irc, `s${index}`, [ROOM], index % 2 === 0 ? 'echo-message' : ''),
    ),
  );

  const all = SENDERS * MESSAGES;
  const heard = observers.map(
    (observer) =>
      new Promise<void>((resolve) => {
        let left = all;
        observer.onLine = ({ command }) => {
          if (command === 'PRIVMSG' && --left === 0) resolve();
        };
      }),
  );
  for (const sender of senders) {
    for (let n = 0; n < MESSAGES; n++) sender.send(`PRIVMSG ${ROOM} :${sender.nick} says ${n}`);
  }
  await Promise.all(heard);
  // Nothing comes after the last: a message heard twice would.
  for (const observer of observers) await observer.ask();

  const [live = [], other] = observers.map(({ lines }) =>
    lines.filter(({ command }) => command === 'PRIVMSG').map(seen),
  );
  assert.equal(live.length, all);
  assert.deepEqual(other, live, 'both observers saw the same, in the same order');
  assert.equal(new Set(live.map(({ msgid }) => msgid)).size, all, 'every message has an id of its own');
  for (const { nick } of senders) {
    const own = live.filter(({ from }) => from === nick).map(({ text }) => text);
    assert.deepEqual(
      own,
      Array.from({ length: MESSAGES }, (_, n) => `${nick} says ${n}`),
    );
  }
  for (const [index, { time }] of live.entries()) {
    const before = live[index - 1];
    if (before !== undefined) assert.ok(before.time < time, `${before.time} is followed by ${time}`);
  }
  const [reader] = observers;
  assert.ok(reader !== undefined);
  assert.deepEqual(await historyBackwards(reader, ROOM), live, 'history, read from the newest back');
  assert.deepEqual(await historyForwards(reader, ROOM), live, 'history, read from the oldest on');
});
