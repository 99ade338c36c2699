/** The server is killed at random moments under load; what it acknowledged is there, once, in the order that was seen. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../src/core/base/random.ts';
import { faultsIn, type Run, type Testimony } from './kit/audit.ts';
import { Chat } from './kit/chat.ts';
import { cleanup, folder } from './kit/cleanup.ts';
import { unlimited } from './kit/config.ts';
import { HISTORY_CAPS, historyBackwards, Irc, seen, type Seen } from './kit/irc.ts';
import { freePort, startServer, type Endpoint, type RunningServer } from './kit/server.ts';
import { Observer, Sender, type Visitor } from './kit/visitor.ts';
import { within } from './kit/wait.ts';

const KILLS = 20;
const ROOMS = ['#crash', '#burn'];

/** After so many lines, heard by all together, the server is killed at the latest. */
const LINES_MAX = 4_000;

/** Some kills come while clients are still coming back: within so many lines, and before anybody looked at history. */
const EARLY_LINES_MAX = 120;
const EARLY = 0.25;

/** To tell a story again: PARLEY_SEED=… node --test tests/e2e/crash.test.ts */
const SEED = Number(process.env['PARLEY_SEED'] ?? Math.floor(Math.random() * 1e9));

test(`the server is killed ${KILLS} times under load (seed ${SEED})`, async (t) => {
  const { echoes, resent } = await story(t, SEED, KILLS, { data: folder(t) });
  assert.ok(resent > 0, 'nothing was on its way at any kill: the test tests nothing');
  t.diagnostic(`${echoes} echoes, ${resent} messages sent again`);
});

test('the same story is no success with a server that keeps nothing', async (t) => {
  // A seed whose first kill is a late one, after many echoes.
  await assert.rejects(story(t, 2, 1, {}), /lost: /);
});

/** Kills the server so often, and compares what was seen with what is kept. */
async function story(
  t: TestContext,
  seed: number,
  kills: number,
  kept: { data?: string },
): Promise<{ echoes: number; resent: number }> {
  const random = new Random(seed);
  const at = { host: '127.0.0.1', port: await freePort() };
  const flags = unlimited(t, 1000);
  const start = (): Promise<RunningServer> => startServer(t, { ...kept, ircPort: at.port, flags });
  let server = await start();

  const observers = ['olga', 'otto'].map((nick) => new Observer(at, nick, ROOMS));
  const nicks = ['sam', 'sue', 'sid', 'sky'];
  const senders = nicks.map((nick, index) => new Sender(at, nick, ROOMS, [nicks[(index + 1) % nicks.length] ?? nick]));
  const everybody: Visitor[] = [...observers, ...senders];
  const lines = countLines(everybody);
  for (const visitor of everybody) {
    visitor.start();
    cleanup(t, () => visitor.leave());
  }

  for (let kill = 1; kill <= kills; kill++) {
    const early = random.chance(EARLY);
    if (!early) await audit(t, at, observers, senders, `before kill ${kill}`);
    await lines.after(1 + random.below(early ? EARLY_LINES_MAX : LINES_MAX));
    // A line always comes right after a commit; the kill shall meet the server anywhere in its turn.
    await sleep(random.fraction() * 5);
    await server.stop('SIGKILL');
    // What was still in the sockets counts as said to them.
    await within('everybody lost the link', Promise.all(everybody.map((visitor) => visitor.disconnected())));
    server = await start();
  }

  const done = senders.map((sender) => new Promise<void>((resolve) => (sender.onDone = resolve)));
  for (const sender of senders) sender.finish();
  await within('everything is acknowledged', Promise.all(done));
  await audit(t, at, observers, senders, 'at the end');
  for (const [index, sender] of senders.entries()) {
    const listener = senders[(index + 1) % senders.length];
    if (listener !== undefined) auditPrivate(sender, listener);
    await auditResend(t, at, sender);
  }
  assert.deepEqual(
    everybody.flatMap(({ troubles }) => troubles),
    [],
  );
  return {
    echoes: senders.reduce((sum, { echoed }) => sum + echoed.length, 0),
    resent: senders.reduce((sum, sender) => sum + sender.resent, 0),
  };
}

/** Counts what all of them hear together. */
function countLines(visitors: readonly Visitor[]): { after(count: number): Promise<void> } {
  let left = 0;
  let reached: () => void = () => {};
  for (const visitor of visitors) {
    visitor.onAnyLine = () => {
      left -= 1;
      if (left === 0) reached();
    };
  }
  return {
    after: (count) => {
      left = count;
      return within(`${count} lines`, new Promise((resolve) => (reached = resolve)));
    },
  };
}

/** Reads the history of each room, while everybody goes on talking, and compares it with what was seen so far. */
async function audit(
  t: TestContext,
  at: Endpoint,
  observers: readonly Observer[],
  senders: readonly Sender[],
  when: string,
): Promise<void> {
  const echoed = senders.map((sender) => sender.echoed.slice());
  const runs = ROOMS.map((room) => observers.flatMap((observer) => copied(observer.runs.get(room))));
  const auditor = await Irc.arrive(t, at, 'auditor', ROOMS, HISTORY_CAPS);
  for (const [index, room] of ROOMS.entries()) {
    const history = await historyBackwards(auditor, room, 1000);
    const testimony: Testimony = {
      sent: new Map(senders.map((sender) => [sender.nick, sender.sent.get(room) ?? []])),
      echoed: echoed.flat().filter(({ target }) => target === room),
      runs: runs[index] ?? [],
    };
    assert.deepEqual(faultsIn(history, testimony).slice(0, 10), [], `${room}, ${when}`);
  }
  auditor.send('QUIT');
  await auditor.closed;
}

function copied(runs: readonly Run[] = []): Run[] {
  return runs.map(({ observer, seen }) => ({ observer, seen: seen.slice() }));
}

/** What was said to one person: one result for each send id, and heard at most once, as it was acknowledged. */
function auditPrivate(sender: Sender, listener: Sender): void {
  const said = sender.sent.get(listener.nick) ?? [];
  const results = new Map<string, Seen>();
  for (const { sendId, ...echo } of sender.echoed.filter(({ target }) => target === listener.nick)) {
    assert.deepEqual(results.get(sendId) ?? echo, echo, 'a resend is answered with the first result');
    results.set(sendId, echo);
  }
  assert.deepEqual(
    [...results.values()].map(({ text }) => text).sort(),
    said.slice().sort(),
    'every message was acknowledged under its own id',
  );
  const byText = new Map([...results.values()].map((echo) => [echo.text, echo]));
  const heard = listener.received.filter(({ from }) => from === sender.nick);
  assert.equal(new Set(heard.map(({ text }) => text)).size, heard.length, `${listener.nick} heard nothing twice`);
  for (const message of heard) assert.deepEqual(message, byText.get(message.text));
}

/** A message from long ago is sent again, on another connection and after restarts: the first result comes back. */
async function auditResend(t: TestContext, at: Endpoint, sender: Sender): Promise<void> {
  const caps = 'message-tags echo-message server-time parley.chat/send-id';
  const again = await Irc.arrive(t, at, `${sender.nick}-again`, ROOMS, caps);
  const step = Math.max(1, Math.floor(sender.echoed.length / 100));
  for (let index = 0; index < sender.echoed.length; index += step) {
    const { sendId, ...first } = sender.echoed[index] ?? assert.fail();
    const answer = await again.ask(`@+parley.chat/send-id=${sendId} PRIVMSG ${first.target} :${first.text}`);
    const echoes = answer.filter(({ tags }) => tags['+parley.chat/send-id'] === sendId);
    assert.deepEqual(echoes.map(seen), [first]);
  }
  again.leave();
}

test("Parley's own client comes back by itself, and what waited in it arrives once", async (t) => {
  const at = { host: '127.0.0.1', port: await freePort() };
  const data = folder(t);
  const start = (): Promise<RunningServer> => startServer(t, { data, ircPort: at.port, flags: unlimited(t) });
  let server = await start();
  const homes = { ana: folder(t), ben: folder(t) };
  let ana = new Chat(t, at, 'ana', '#crash', homes.ana);
  const ben = new Chat(t, at, 'ben', '#crash', homes.ben);
  const online = (chat: Chat): Promise<void> =>
    chat.shows('online', (events) => events.findLast(({ type }) => type === 'state')?.state === 'online');

  const said: string[] = [];
  const say = (chat: Chat, text: string): void => {
    chat.say(text);
    said.push(text);
  };
  for (let kill = 1; kill <= 3; kill++) {
    await Promise.all([online(ana), online(ben)]);
    for (let n = 0; n < 5; n++) {
      say(ana, `ana ${kill}, just before the kill, ${n}`);
      say(ben, `ben ${kill}, just before the kill, ${n}`);
    }
    // Killed while the last of these are on their way.
    await ana.shows('the first arrives', () => ana.sentTexts().some((text) => text.startsWith(`ana ${kill}`)));
    await server.stop('SIGKILL');
    await ana.shows('offline', (events) => events.findLast(({ type }) => type === 'state')?.state === 'offline');
    for (let n = 0; n < 3; n++) {
      say(ana, `ana ${kill}, while there is no server, ${n}`);
      say(ben, `ben ${kill}, while there is no server, ${n}`);
    }
    if (kill === 2) {
      // The client crashes as well, once what waits in it is on its disk.
      await ana.keeps(said.findLast((text) => text.startsWith('ana')) ?? '');
      await ana.crash();
      ana = new Chat(t, at, 'ana', '#crash', homes.ana);
    }
    server = await start();
  }
  const reader = await Irc.arrive(t, at, 'reader', ['#crash'], HISTORY_CAPS);
  for (const [chat, nick] of [
    [ana, 'ana'],
    [ben, 'ben'],
  ] as const) {
    const last = said.findLast((text) => text.startsWith(nick)) ?? '';
    await chat.shows(`the last message of ${nick} is sent`, () => chat.sentTexts().includes(last), 60_000);
  }
  const kept = (await historyBackwards(reader, '#crash')).map(({ text }) => text);
  for (const nick of ['ana', 'ben']) {
    const of = (texts: readonly string[]): string[] => texts.filter((text) => text.startsWith(nick));
    assert.deepEqual(of(kept), of(said), `what ${nick} wrote, once and in order`);
  }
  const heardByBen = (): string[] =>
    ben.events.filter(({ type, from }) => type === 'message' && from === 'ana').map(({ text = '' }) => text);
  const byAna = said.filter((text) => text.startsWith('ana'));
  await ben.shows('all that ana said', () => heardByBen().length >= byAna.length);
  assert.deepEqual(
    heardByBen().toSorted(),
    byAna.toSorted(),
    'ben heard all of it once, also what was said while he was away',
  );
});

// ---------------------------------------------------------------------------------------- the checker is checked

function message(n: number, from = 'ann'): Seen {
  const time = `2026-11-20T12:00:00.${String(n).padStart(3, '0')}Z`;
  return { msgid: `id-${n}`, time, from, target: '#crash', text: `${from} ${n}` };
}

const HISTORY = [1, 2, 3, 4, 5, 6].map((n) => message(n, n % 2 === 0 ? 'ben' : 'ann'));
const SEEN: Testimony = {
  sent: new Map([
    ['ann', ['ann 1', 'ann 3', 'ann 5']],
    ['ben', ['ben 2', 'ben 4', 'ben 6']],
  ]),
  echoed: HISTORY.slice(0, 5),
  runs: [
    { observer: 'olga', seen: HISTORY.slice(1, 4) },
    { observer: 'otto', seen: [] },
  ],
};

const swapped = HISTORY.map((row, index) => {
  const other = HISTORY[index === 1 ? 2 : index === 2 ? 1 : index];
  return other === undefined ? row : { ...other, time: row.time };
});

for (const [fault, history, testimony] of [
  ['nothing', HISTORY, SEEN],
  ['lost', HISTORY.toSpliced(0, 1), SEEN],
  ['lost', HISTORY.toSpliced(4, 1), SEEN],
  ['lost', [], { ...SEEN, echoed: [] }],
  ['doubled id', [...HISTORY, ...HISTORY.slice(5)], SEEN],
  ['doubled text', [...HISTORY, { ...message(7), text: 'ann 5' }], SEEN],
  ['changed', HISTORY.with(4, { ...message(5), text: 'ann 3' }), { ...SEEN, runs: [] }],
  ['changed', HISTORY.with(4, { ...message(5), from: 'ben' }), SEEN],
  ['time', HISTORY.with(5, { ...message(6, 'ben'), time: message(5).time }), SEEN],
  ['order', HISTORY.toSpliced(3, 0, { ...message(0), time: `${message(3).time}+`, text: 'ann 5' }), SEEN],
  ['order', swapped, { ...SEEN, echoed: [] }],
  [
    'order of the sender',
    swapped,
    {
      ...SEEN,
      sent: new Map([
        ['ann', ['ann 1', 'ann 5', 'ann 3']],
        ['ben', ['ben 2', 'ben 4', 'ben 6']],
      ]),
    },
  ],
  ['invented', [...HISTORY, message(7, 'eve')], SEEN],
] as const) {
  test(`the audit finds in a history: ${fault}`, () => {
    const faults = faultsIn(history, testimony);
    if (fault === 'nothing') assert.deepEqual(faults, []);
    else
      assert.ok(
        faults.some((found) => found.startsWith(`${fault}:`)),
        faults.join('\n'),
      );
  });
}
