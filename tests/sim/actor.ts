/**
 * A person in a story: connects, joins, talks, breaks off, comes back, and checks everything it hears. It knows
 * nothing of the hub; whatever it objects to, a person at a keyboard could have seen.
 */
import assert from 'node:assert/strict';
import type { Random } from '../../src/core/base/random.ts';
import { type Message, parseMessage } from '../../src/core/wire/message.ts';

/** A message of ours, from typing to its echo. */
export interface Typed {
  readonly text: string;
  readonly target: string;
  readonly sendId: string;
  /** The id in its echo: from here on it has to be on disk. */
  msgid: string | undefined;
}

/** What one connection heard in one room since it came in. */
interface Stay {
  /** The time of our own JOIN. */
  readonly since: string;
  readonly heard: string[];
  lastTime: string;
}

const CAP_SETS: readonly [readonly string[], ...(readonly string[])[]] = [
  ['message-tags', 'server-time', 'echo-message', 'batch', 'labeled-response'],
  ['message-tags', 'server-time', 'echo-message', 'batch', 'labeled-response', 'extended-join', 'away-notify'],
  ['message-tags', 'server-time'],
];

export const ROOMS = ['#a', '#b', '#c'] as const;

export class Actor {
  readonly name: string;
  private readonly random: Random;
  /** Lines on their way to the server. */
  readonly outgoing: string[] = [];
  connected = false;
  /** What has not been echoed: sent again, under the same id, after every reconnect. */
  readonly outbox: Typed[] = [];
  readonly acknowledged: Typed[] = [];
  private readonly typed = new Map<string, Typed>();
  private count = 0;
  private registered = false;
  private nick = '';
  private readonly caps: readonly string[];
  readonly echoes: boolean;
  stays = new Map<string, Stay>();
  private pings = 0;
  private pongs = 0;
  private labels = new Map<string, number>();
  /** For each PING sent: which own messages were sent before it and had no answer yet. */
  private readonly before: Typed[][] = [];
  private answered = new Set<Typed>();
  private heardDirect = new Set<string>();

  constructor(name: string, random: Random) {
    this.name = name;
    this.random = random;
    this.caps = random.pick(CAP_SETS);
    this.echoes = this.caps.includes('echo-message');
  }

  connect(): void {
    this.connected = true;
    this.registered = false;
    this.stays = new Map();
    this.pings = this.pongs = 0;
    this.before.length = 0;
    this.labels.clear();
    this.answered = new Set();
    this.heardDirect = new Set();
    this.outgoing.length = 0;
    this.nick = this.name;
    this.outgoing.push(
      `CAP REQ :${this.caps.join(' ')}`,
      `NICK ${this.nick}`,
      `USER ${this.name} 0 * :${this.name}`,
      'CAP END',
    );
  }

  disconnected(): void {
    this.connected = false;
    this.outgoing.length = 0;
  }

  /** Does something a person might do. */
  act(): void {
    if (!this.registered) return;
    const room = this.random.pick(ROOMS);
    const inside = this.stays.has(room);
    switch (this.random.below(12)) {
      case 0:
        if (inside) this.outgoing.push(`PART ${room}`);
        break;
      case 1:
        this.outgoing.push(`KICK ${room} p${this.random.below(5)}`);
        break;
      case 2:
        this.outgoing.push(this.random.chance(0.5) ? 'AWAY :afk' : 'AWAY');
        break;
      case 3:
        this.ping();
        break;
      case 4:
        this.outgoing.push(`@+typing=active TAGMSG ${room}`);
        break;
      case 5:
        if (this.echoes) {
          const label = this.random.word(6);
          this.labels.set(label, 0);
          this.outgoing.push(
            `@label=${label} ${this.random.pick([`TOPIC ${room} :t`, 'PONG x', `NAMES ${room}`, 'NOPE', `CHATHISTORY LATEST ${room} * 5`])}`,
          );
        }
        break;
      case 6:
        this.say(`p${this.random.below(5)}`);
        break;
      default:
        if (inside) this.say(room);
        else this.outgoing.push(`JOIN ${room}`);
    }
  }

  private say(target: string): void {
    this.count += 1;
    const typed: Typed = { text: `${this.name}.${this.count}`, target, sendId: this.random.word(22), msgid: undefined };
    this.typed.set(typed.text, typed);
    // Without echoes nobody can tell whether it arrived: such clients send once and hope.
    if (this.echoes) this.outbox.push(typed);
    this.send(typed);
  }

  private send(typed: Typed): void {
    if (this.echoes) this.outgoing.push(`@+parley.chat/send-id=${typed.sendId} PRIVMSG ${typed.target} :${typed.text}`);
    else this.outgoing.push(`PRIVMSG ${typed.target} :${typed.text}`);
  }

  private ping(): void {
    this.pings += 1;
    this.before.push(this.outbox.filter((typed) => this.stays.has(typed.target)));
    this.outgoing.push(`PING ${this.pings}`);
  }

  hear(line: string): void {
    const parsed = parseMessage(line);
    assert.ok(parsed.ok, `${this.name} got a line that cannot be read: ${line}`);
    const { message } = parsed;
    const label = message.tags.get('label');
    if (label !== undefined) {
      assert.equal(this.labels.get(label), 0, `${this.name}: the label ${label} was answered twice, or never asked`);
      this.labels.set(label, 1);
    }
    if (message.tags.has('batch')) return; // history: said before
    const [nick = ''] = message.source.split('!');
    const own = nick === this.nick;
    const [target = ''] = message.params;
    switch (message.command) {
      case '001':
        this.registered = true;
        for (const typed of this.outbox.filter((one) => !one.target.startsWith('#'))) this.send(typed);
        break;
      case '433':
        this.nick += '_';
        this.outgoing.push(`NICK ${this.nick}`);
        break;
      case 'JOIN':
        if (own) this.enter(target, message);
        else assert.ok(this.stays.has(target), `${this.name} heard a JOIN in ${target} from outside`);
        break;
      case 'PART':
        assert.ok(this.stays.has(target), `${this.name} heard a PART in ${target} from outside`);
        if (own) this.stays.delete(target);
        break;
      case 'KICK':
        assert.ok(this.stays.has(target), `${this.name} heard a KICK in ${target} from outside`);
        if (message.params[1] === this.nick) this.stays.delete(target);
        break;
      case 'PONG':
        this.pong(Number(message.params[1]));
        break;
      case '401':
      case '403':
      case '404':
        this.refused(message.params[1] ?? '');
        break;
      case 'FAIL':
        if (message.params[1] === 'CANNOT_STORE') this.refused(message.params[2] ?? '');
        break;
      case 'PRIVMSG':
        this.heard(message, own);
        break;
      default:
    }
  }

  private enter(room: string, message: Message): void {
    assert.ok(!this.stays.has(room), `${this.name} entered ${room} twice`);
    const time = message.tags.get('time') ?? '';
    this.stays.set(room, { since: time, heard: [], lastTime: time });
    for (const typed of this.outbox.filter((one) => one.target === room)) this.send(typed);
  }

  private heard(message: Message, own: boolean): void {
    const [target = '', text = ''] = message.params;
    const msgid = message.tags.get('msgid') ?? '';
    const time = message.tags.get('time') ?? '';
    assert.ok(msgid !== '' && time !== '', `${this.name} heard a message without id or time`);
    const mine = this.typed.get(text);
    const again = mine !== undefined && message.tags.has('+parley.chat/send-id'); // perhaps under an earlier nick
    if (again) {
      assert.ok(
        mine.msgid === undefined || mine.msgid === msgid,
        `${this.name}: ${text} was acknowledged under two ids`,
      );
      this.answered.add(mine);
      const index = this.outbox.indexOf(mine);
      if (index !== -1) {
        mine.msgid = msgid;
        this.outbox.splice(index, 1);
        this.acknowledged.push(mine);
        this.onAcknowledged(mine);
      }
    }
    if (target.startsWith('#')) this.heardInRoom(target, msgid, time, again, mine);
    else {
      assert.ok(target === this.nick || own || again, `${this.name} heard what was said to ${target}`);
      if (again) return; // the echo; a note to oneself is heard besides
      assert.ok(!this.heardDirect.has(msgid), `${this.name} heard ${text} twice`);
      this.heardDirect.add(msgid);
    }
  }

  onAcknowledged: (typed: Typed) => void = () => {};

  private heardInRoom(room: string, msgid: string, time: string, again: boolean, mine: Typed | undefined): void {
    const stay = this.stays.get(room);
    if (stay === undefined) {
      // The echo of a message that was stored before the link broke may come when we are in the room no more.
      assert.ok(again && mine !== undefined, `${this.name} heard ${room} from outside`);
      return;
    }
    if (again && time <= stay.lastTime) return; // the first result of a resend: its place is in the past
    assert.ok(!stay.heard.includes(msgid), `${this.name} heard ${msgid} twice`);
    assert.ok(time > stay.lastTime, `${this.name}: time in ${room} went from ${stay.lastTime} to ${time}`);
    stay.lastTime = time;
    stay.heard.push(msgid);
  }

  /** PONG is never ahead of the echo of what was said before the PING. */
  private pong(n: number): void {
    assert.equal(n, this.pongs + 1, `${this.name}: PONG ${n} came out of order`);
    this.pongs = n;
    for (const typed of this.before.shift() ?? []) {
      assert.ok(
        this.answered.has(typed) || !this.outbox.includes(typed),
        `${this.name}: PONG overtook the echo of ${typed.text}`,
      );
    }
  }

  /** What was refused stays in the outbox, and is tried again on the next way in. */
  private refused(target: string): void {
    for (const typed of this.outbox) if (typed.target === target) this.answered.add(typed);
  }

  /** Nothing is on its way any more: what was asked has to be answered. */
  finished(): void {
    if (!this.registered) return;
    assert.equal(this.pongs, this.pings, `${this.name}: a PING was never answered`);
    for (const [label, answers] of this.labels)
      assert.equal(answers, 1, `${this.name}: the label ${label} was never answered`);
  }
}
