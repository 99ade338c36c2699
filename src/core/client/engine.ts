/**
 * What all parts of the client hold in common: the view that is being written, the rooms, the effects that this
 * event has led to so far, and the few verbs everybody needs. Each part is one file:
 *
 *   session      connection, registration, capabilities     liveness   is the other end there, how far is it
 *   outbox       own messages until the server has them     sync       history: gaps, older pages, missed people
 *   lines        which line goes to whom                     batches    lines that belong together
 *   said         messages, reactions, typing                 people     who is where, what they changed
 *   numerics     answers                                     refusals   answers that say no
 *   attention    unread, mentions, divider, notices          commands   what a person types after a slash
 */
import type { Folded } from '../wire/casemap.ts';
import { formatMessage, type Tags } from '../wire/message.ts';
import { Batches } from './batches.ts';
import { cleanName } from './clean.ts';
import type { Chance } from './client.ts';
import { left } from './attention.ts';
import { CtcpBudget } from './ctcp.ts';
import { runCommand } from './commands.ts';
import type { ClientEffect, ClientSettings } from './events.ts';
import { Keeper } from './keeper.ts';
import { Outbox } from './outbox.ts';
import type { Room } from './room.ts';
import { Rooms } from './rooms.ts';
import { ServerFacts } from './server-facts.ts';
import { Session } from './session.ts';
import { Sync } from './sync.ts';
import { keyOf } from './timeline.ts';
import type { ClientView, HappenedItem, SaidItem } from './view.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** What faces show of a message that is answered; the whole of it stands where it was said. */
const QUOTE_UNITS = 300;

export class Engine {
  readonly settings: Writable<ClientSettings>;
  readonly chance: Chance;
  /** Our own clock for waiting: like `wall`, but it never goes back. */
  at = 0;
  /** Our own clock for showing and keeping, as the event told it. */
  wall = 0;
  /** How much `at` is ahead of `wall`. */
  private ahead = 0;
  /** The server's clock less ours, from the newest line that told its time. */
  skew = 0;
  /** Server time up to which we were online: who wrote to us since then is asked for. 0 when never. */
  seenAt = 0;
  effects: ClientEffect[] = [];
  readonly view: Writable<ClientView>;
  facts = new ServerFacts();
  readonly caps = new Set<string>();
  /** What the server calls us; the view has it cleaned. */
  nick: string;
  /** Our user name and host as others see them; empty until known. */
  user = '';
  host = '';
  /** Where the newest command was typed: its answers go there. */
  askedFrom: Folded;
  /** The room the person asked to join: it comes into view when we are in. */
  goTo: Folded | undefined = undefined;
  /** The key that was given with it. */
  joinKey = '';
  /** The text of the newest /away, until the server confirms it. */
  awayText = '';
  /** What the person asked for by a command, so that the answer is shown: `topic #tea`, `names #tea`. */
  readonly asked = new Set<string>();
  readonly ctcpBudget = new CtcpBudget();
  readonly keeper: Keeper;
  readonly rooms: Rooms;
  readonly outbox: Outbox;
  readonly sync: Sync;
  readonly batches: Batches;
  readonly session: Session;
  private counter = 0;
  private sending = '';

  constructor(settings: ClientSettings, chance: Chance) {
    this.settings = { ...settings };
    this.chance = chance;
    this.nick = settings.nick;
    this.view = {
      link: { state: 'connecting', attempt: 1 },
      nick: cleanName(settings.nick),
      network: '',
      away: undefined,
      rooms: [],
      current: '*' as Folded,
      unsent: 0,
      version: 0,
    };
    this.keeper = new Keeper(this);
    this.rooms = new Rooms(this);
    this.view.rooms = this.rooms.list;
    this.askedFrom = this.rooms.server.id;
    this.outbox = new Outbox(this);
    this.sync = new Sync(this);
    this.batches = new Batches(this);
    this.session = new Session(this);
  }

  /** Registered, so that commands may be sent. */
  get online(): boolean {
    return this.view.link.state === 'online';
  }

  setNick(nick: string): void {
    this.nick = nick;
    this.view.nick = cleanName(nick);
    this.view.version++;
  }

  /** The server's clock now, as far as known. */
  get serverNow(): number {
    return this.wall + this.skew;
  }

  /** Moves both clocks on. A wall clock that is set back must not make anybody wait for it to catch up. */
  tick(wall: number): void {
    if (wall + this.ahead < this.at) this.ahead = this.at - wall;
    this.at = wall + this.ahead;
    this.wall = wall;
  }

  /** The wall clock's time for a moment that is waited for. */
  toWall(at: number): number {
    return at - this.ahead;
  }

  isMe(nick: string): boolean {
    return this.facts.fold(nick) === this.facts.fold(this.nick);
  }

  /** The effects in order; empty afterwards. */
  takeEffects(): ClientEffect[] {
    this.flushLines();
    const effects = this.effects;
    this.effects = [];
    return effects;
  }

  send(command: string, ...params: string[]): void {
    this.sending += `${formatMessage({ command, params })}\r\n`;
  }

  sendTagged(tags: Tags, command: string, ...params: string[]): void {
    this.sending += `${formatMessage({ tags, command, params })}\r\n`;
  }

  sendRaw(line: string): void {
    this.sending += `${line.replace(/[\r\n\0]/g, ' ')}\r\n`;
  }

  /** Lines of one event leave as one effect, in front of what ends the link. */
  flushLines(): void {
    if (this.sending === '') return;
    this.effects.push({ kind: 'send', text: this.sending });
    this.sending = '';
  }

  dropLines(): void {
    this.sending = '';
  }

  touch(room: Room): void {
    if (room.timeline.trimmed) {
      room.timeline.trimmed = false;
      room.oldest = undefined;
      if (this.sync.available) room.beginningKnown = false;
    }
    room.version++;
    this.view.version++;
  }

  /** A line from the composer: said in the room, or a command. */
  enter(room: Room, text: string, replyTo?: string): void {
    if (text.trim() === '') return;
    if (text.startsWith('//')) this.say(room, text.slice(1), 'message', replyTo);
    else if (text.startsWith('/')) runCommand(this, room, text);
    else this.say(room, text, 'message', replyTo);
  }

  say(room: Room, text: string, form: SaidItem['form'], replyTo?: string): void {
    if (room.kind === 'server') {
      this.tell(room, 'Nobody hears you here. /join a room, or write to somebody with /msg.', 'error');
      return;
    }
    this.outbox.say(room, text, form, replyTo);
    if (this.session.ready && room.kind === 'room' && !room.joined && !room.joining) {
      this.outbox.refuseRoom(room, `You are not in ${room.name}. /join ${room.name}, then send it again.`);
    }
  }

  /** Brings a room into view. */
  show(room: Room): void {
    if (this.goTo === room.id) this.goTo = undefined;
    if (this.view.current === room.id) return;
    const before = this.rooms.byKey(this.view.current);
    this.view.current = room.id;
    if (before !== undefined) left(this, before);
    this.keeper.keep('current', room.id);
    this.sync.looked(room);
    this.touch(room);
  }

  setAway(text: string | undefined): void {
    this.view.away = text;
    this.view.version++;
  }

  /** What is known of the message with this id, for those that answer it. */
  quote(room: Room, msgid: string): NonNullable<SaidItem['replyTo']> {
    const item = room.timeline.withMsgid(msgid);
    if (item?.kind !== 'said') return { msgid, from: '', text: '' };
    return { msgid, from: item.from, text: item.text.slice(0, QUOTE_UNITS) };
  }

  /** A number for keys that need to be unique while the client lives. */
  nextNumber(): number {
    return ++this.counter;
  }

  /** A sentence for the person, at the end of a room. */
  tell(room: Room | undefined, text: string, what: 'info' | 'error' = 'info'): void {
    const place = room ?? this.answerRoom;
    this.happened(place, { what, who: '', text, at: this.serverNow }, false);
  }

  /** Where answers to the newest command are shown. */
  get answerRoom(): Room {
    return this.rooms.byKey(this.askedFrom) ?? this.rooms.server;
  }

  /** Adds something that happened. `timed` says that the time is the server's; else it goes to the end. */
  happened(
    room: Room,
    what: { what: HappenedItem['what']; who: string; text: string; at: number; msgid?: string | undefined },
    timed: boolean,
  ): void {
    const newest = room.timeline.newest?.at ?? 0;
    const at = timed ? what.at : Math.max(what.at, newest);
    const key = what.msgid === undefined ? `i${this.nextNumber()}` : keyOf(what.msgid);
    const item: HappenedItem = { kind: 'happened', key, at, what: what.what, who: what.who, text: what.text };
    if (room.timeline.add(item)) this.touch(room);
  }
}
