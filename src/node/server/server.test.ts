/** The shell with the real hub, a log that orders at once and memory links. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { test } from 'node:test';
import { LIMITS } from '../../core/hub/settings.ts';
import type { Batch, Link, Records } from '../../core/ports.ts';
import { ImmediateLog } from '../log/immediate-log.ts';
import { MemoryRecords } from '../log/memory-records.ts';
import { memoryPair } from '../transport/memory.ts';
import { Server, type ServerSettings } from './server.ts';

const SETTINGS: ServerSettings = {
  hub: {
    serverName: 'parley.test',
    networkName: 'Test',
    version: 'parley-0',
    motd: [],
    operators: [],
    limits: LIMITS,
    createdAt: 0,
  },
  gate: { maxClients: 3, connectionsPerAddress: 0, connectRate: 0, exemptLoopback: true },
  floodControl: false,
};

/** A person at the other end of a memory link. */
class Person {
  readonly lines: string[] = [];
  readonly link: Link;
  ended: string | undefined;
  readonly #changed = new EventEmitter();

  constructor(server: Server) {
    const { client, server: end } = memoryPair();
    this.link = client;
    client.onLines = (lines) => {
      for (const line of lines) this.lines.push(typeof line === 'string' ? line : line.fault);
      this.#changed.emit('change');
    };
    client.onClosed = (reason) => {
      this.ended = reason;
      this.#changed.emit('change');
    };
    server.accept(end);
  }

  say(...lines: string[]): void {
    this.link.send({ text: `${lines.join('\r\n')}\r\n` });
  }

  async hears(part: string): Promise<void> {
    await this.#until(() => this.lines.some((line) => line.includes(part)));
  }

  async left(): Promise<void> {
    await this.#until(() => this.ended !== undefined);
  }

  async #until(true_: () => boolean): Promise<void> {
    while (!true_()) await once(this.#changed, 'change', { signal: AbortSignal.timeout(5_000) });
  }
}

function open(records: Records = new MemoryRecords(), settings = SETTINGS): Server {
  const log = new ImmediateLog({ pos: 0, now: Date.now });
  return new Server({ settings, log, records, cloakKey: Buffer.alloc(32), now: Date.now });
}

function enter(server: Server, nick: string): Person {
  const person = new Person(server);
  person.say(`NICK ${nick}`, `USER ${nick} 0 * :${nick}`, 'JOIN #tea');
  return person;
}

test('two people talk, and an ordered stop tells both', async () => {
  const server = open();
  const ann = enter(server, 'ann');
  const bob = enter(server, 'bob');
  await bob.hears('366 bob #tea');
  ann.say('PRIVMSG #tea :hello');
  await bob.hears(':ann!~ann@localhost PRIVMSG #tea :hello');
  bob.say('PRIVMSG #tea :the last word');
  await ann.hears('the last word');
  await server.stop();
  await Promise.all([ann.left(), bob.left()]);
  assert.equal(ann.lines.at(-1), 'ERROR :Server is stopping');
  assert.equal(bob.lines.at(-1), 'ERROR :Server is stopping');
});

test('the next one is told that the server is full, and the place of one who left is free', async () => {
  const server = open();
  const people = ['ann', 'bob', 'cat'].map((nick) => enter(server, nick));
  const dan = new Person(server);
  await dan.left();
  assert.deepEqual(dan.lines, ['ERROR :Server is full; try again later']);
  const [ann] = people;
  assert.ok(ann);
  ann.say('QUIT');
  await ann.left();
  await new Promise(setImmediate); // the server's end hears of it a moment later
  const eve = enter(server, 'eve');
  await eve.hears('366 eve #tea');
  await server.stop();
});

test('what is not stored is not heard, and a stop waits for it', async () => {
  const memory = new MemoryRecords();
  const held: (() => void)[] = [];
  let holding = false;
  const slow: Records = {
    restored: memory.restored,
    onTrouble: () => {},
    commit: (batch: Batch, done: () => void) => memory.commit(batch, () => (holding ? held.push(done) : done())),
    ask: (query, done) => memory.ask(query, done),
    retain: (rule, now) => memory.retain(rule, now),
    close: () => memory.close(),
  };
  const server = open(slow);
  const ann = enter(server, 'ann');
  const bob = enter(server, 'bob');
  await bob.hears('366 bob #tea');
  holding = true;
  ann.say('PRIVMSG #tea :held', 'PING after');
  while (held.length === 0) await new Promise(setImmediate);
  for (let i = 0; i < 5; i++) await new Promise(setImmediate);
  assert.ok(!ann.lines.some((line) => line.includes('after')), 'a PONG does not overtake');
  assert.ok(!bob.lines.some((line) => line.includes('held')));
  const stopped = server.stop();
  holding = false;
  for (const done of held.splice(0)) done();
  await stopped;
  await Promise.all([ann.left(), bob.left()]);
  assert.ok(bob.lines.some((line) => line.endsWith('PRIVMSG #tea :held')));
  assert.ok(ann.lines.some((line) => line.includes('PONG')));
});

test('settings that were read again count at once, and nobody is dropped', async () => {
  const server = open();
  const ann = enter(server, 'ann');
  await ann.hears('366 ann #tea');
  server.configure({
    ...SETTINGS,
    hub: { ...SETTINGS.hub, motd: ['Fresh tea'] },
    gate: { ...SETTINGS.gate, maxClients: 1 },
  });
  ann.say('MOTD');
  await ann.hears('Fresh tea');
  const bob = new Person(server);
  await bob.left();
  assert.deepEqual(bob.lines, ['ERROR :Server is full; try again later']);
  assert.equal(ann.ended, undefined);
  await server.stop();
});

test('a flood is slowed, and goes on by itself', async () => {
  const server = open(new MemoryRecords(), { ...SETTINGS, floodControl: true });
  const ann = enter(server, 'ann');
  ann.say(...Array.from({ length: 32 }, (_, i) => `PING ${i}.`));
  await ann.hears(' 20.');
  assert.ok(!ann.lines.some((line) => line.endsWith(' 31.')));
  await ann.hears(' 31.');
  await server.stop();
});
