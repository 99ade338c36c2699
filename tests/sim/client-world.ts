/**
 * Client engines and a hub in one memory: their shells' work is done here by hand, on one clock. Lines travel with
 * delay, links break at any point, a client can be killed and started again from what it kept.
 */
import { Client } from '../../src/core/client/client.ts';
import type { Action, ClientEffect, ClientEvent } from '../../src/core/client/events.ts';
import type { RoomView, SaidItem } from '../../src/core/client/view.ts';
import type { Random } from '../../src/core/base/random.ts';
import { fold } from '../../src/core/wire/casemap.ts';
import { Host } from './host.ts';

export class Person {
  readonly world: World;
  readonly nick: string;
  readonly rooms: readonly string[];
  client: Client;
  /** What is on the client's disk. */
  readonly kept = new Map<string, string>();
  /** Asked to be kept, not on disk yet. */
  readonly keeping: { n: number; key: string; value: string | null }[] = [];
  conn: number | undefined;
  dialing = false;
  /** Lines under way to the hub and from it. */
  readonly up: string[] = [];
  readonly down: string[] = [];
  readonly notices: string[] = [];
  quit = false;

  constructor(world: World, nick: string, rooms: readonly string[]) {
    this.world = world;
    this.nick = nick;
    this.rooms = rooms;
    this.client = this.make();
  }

  private make(): Client {
    return new Client({ nick: this.nick, realname: this.nick, rooms: this.rooms }, () => this.world.random.fraction());
  }

  start(): void {
    this.handle({ kind: 'started', at: this.world.now, kept: new Map(this.kept) });
  }

  /** kill -9, and a new start from the disk. */
  crash(): void {
    this.cut('killed', false);
    this.dialing = false;
    this.keeping.length = 0;
    this.client = this.make();
    this.start();
  }

  act(action: Action): void {
    this.handle({ kind: 'acted', at: this.world.now, action });
  }

  say(room: string, text: string): void {
    this.act({ do: 'enter', room: fold(room), text });
  }

  room(name: string): RoomView {
    const room = this.client.view.rooms.find(({ id }) => id === fold(name));
    if (room === undefined) throw new Error(`${this.nick} has no ${name}`);
    return room;
  }

  said(name: string): SaidItem[] {
    return this.room(name).items.filter((item) => item.kind === 'said');
  }

  texts(name: string): string[] {
    return this.said(name).map(({ text }) => text);
  }

  handle(event: ClientEvent): void {
    for (const effect of this.client.handle(event)) this.perform(effect);
  }

  private perform(effect: ClientEffect): void {
    switch (effect.kind) {
      case 'dial':
        this.dialing = true;
        break;
      case 'hangup':
        this.hangup(effect.reason);
        break;
      case 'send':
        this.up.push(...effect.text.split('\r\n').slice(0, -1));
        break;
      case 'keep':
        this.keeping.push(effect);
        break;
      case 'notify':
        this.notices.push(`${effect.from}: ${effect.text}`);
        break;
      case 'quit':
        this.quit = true;
        break;
    }
  }

  /** Lines that were handed to the link before it ended still arrive. */
  private hangup(reason: string): void {
    while (this.up.length > 0) this.deliverUp();
    this.dialing = false;
    const { conn } = this;
    this.conn = undefined;
    this.down.length = 0;
    if (conn !== undefined) this.world.host.disconnect(conn, reason);
  }

  deliverUp(): void {
    const line = this.up.shift();
    if (line !== undefined && this.conn !== undefined) this.world.host.line(this.conn, this.world.upward(line));
  }

  deliverDown(count: number): void {
    const lines = this.down.splice(0, count);
    if (lines.length > 0) this.handle({ kind: 'lines', at: this.world.now, lines });
  }

  /** The link breaks: what is under way in either direction is lost. `told` says whether the client hears of it. */
  cut(reason: string, told = true): void {
    const { conn } = this;
    this.conn = undefined;
    this.up.length = 0;
    this.down.length = 0;
    if (conn !== undefined) this.world.host.disconnect(conn, reason);
    if (told && conn !== undefined) this.handle({ kind: 'closed', at: this.world.now, reason });
  }

  /** Half-open: the client gives the link up, the hub still believes in it until it asks in vain. */
  abandon(): void {
    const { conn } = this;
    this.conn = undefined;
    this.up.length = 0;
    this.down.length = 0;
    if (conn !== undefined) this.handle({ kind: 'closed', at: this.world.now, reason: 'No route to host' });
  }

  connect(): void {
    if (!this.dialing) return;
    this.dialing = false;
    this.conn = this.world.host.connect('192.0.2.1', true);
    this.handle({ kind: 'opened', at: this.world.now, secure: true });
  }

  refuse(): void {
    if (!this.dialing) return;
    this.dialing = false;
    this.handle({ kind: 'closed', at: this.world.now, reason: 'Connection refused' });
  }

  /** The client's disk stores everything that was asked. */
  keep(): void {
    const done = this.keeping.splice(0);
    for (const { key, value } of done) {
      if (value === null) this.kept.delete(key);
      else this.kept.set(key, value);
    }
    const last = done[done.length - 1];
    if (last !== undefined) this.handle({ kind: 'kept', at: this.world.now, n: last.n });
  }

  wake(): void {
    const { wakeAt } = this.client;
    if (wakeAt !== undefined && wakeAt <= this.world.now) this.handle({ kind: 'woke', at: this.world.now });
  }
}

/** Parley; a server of today with history but without send ids; a server that has never heard of capabilities. */
export type ServerKind = 'parley' | 'modern' | 'old';

export class World {
  readonly host: Host;
  readonly random: Random;
  readonly people: Person[] = [];

  private readonly server: ServerKind;

  constructor(random: Random, mode: 'immediate' | 'late' = 'immediate', server: ServerKind = 'parley') {
    this.random = random;
    this.server = server;
    this.host = new Host(mode);
    this.host.onLine = (conn, line) =>
      this.people.find((person) => person.conn === conn)?.down.push(this.downward(line));
    this.host.onClosed = (conn) => {
      const person = this.people.find((person) => person.conn === conn);
      person?.deliverDown(Infinity);
      person?.cut('Closed by the server');
    };
  }

  get now(): number {
    return this.host.now;
  }

  /** The server's answer to CAP LS, with what this kind does not know left out. */
  private downward(line: string): string {
    if (this.server === 'parley' || !/^\S+ CAP \S+ LS /.test(line)) return line;
    if (this.server === 'old') return ':old.test 421 * CAP :Unknown command';
    return line.replace(/ \S*parley\.chat\/\S*/g, '');
  }

  upward(line: string): string {
    // An old server does not know that a negotiation is under way.
    if (this.server === 'old' && line.startsWith('CAP')) return 'CAP END';
    return this.server === 'parley' ? line : line.replace(/\+parley\.chat\/send-id=[^ ;]*;?/, '').replace(/^@ /, '');
  }

  add(nick: string, rooms: readonly string[] = ['#tea']): Person {
    const person = new Person(this, nick, rooms);
    this.people.push(person);
    person.start();
    return person;
  }

  /** Everything that can happen without time passing, happens. */
  settle(): void {
    for (let round = 0; round < 10_000; round++) {
      for (const person of this.people) {
        person.connect();
        person.keep();
        while (person.up.length > 0) person.deliverUp();
      }
      this.host.settle();
      for (const person of this.people) person.deliverDown(Infinity);
      if (this.people.every((p) => p.up.length + p.down.length + p.keeping.length === 0 && !p.dialing)) return;
    }
    throw new Error('the world does not settle');
  }

  /** Time passes; whoever has something to do then does it. */
  pass(ms: number): void {
    const end = this.host.now + ms;
    while (this.host.now < end) {
      const next = Math.min(end, ...this.people.map(({ client }) => Math.max(client.wakeAt ?? end, this.host.now + 1)));
      this.host.now = next;
      this.host.wake();
      for (const person of this.people) person.wake();
      this.settle();
    }
  }
}
