/**
 * Own messages, from the moment they are typed until the server has them.
 *
 *     typed -> kept on disk -> handed to the link -> echo: done
 *                                      |-> refused: failed, with Retry and Discard
 *                                      |-> link broke: nobody knows whether it arrived
 *
 * Kept before sent, so that nothing typed is lost; sent under an id of its own, so that nothing is doubled. What is to
 * be done after a break depends on the server:
 *
 * - it knows send ids: send again under the same id, the server answers with the first result;
 * - it has history: read what was said since, look for ours, send what is missing;
 * - neither: tell the person that it may not have arrived.
 *
 * Order is kept in each room: a message that cannot go yet holds those behind it. A failed one holds nobody.
 */
import type { Folded } from '../wire/casemap.ts';
import { utf8Length } from '../wire/utf8.ts';
import { SEND_ID, SEND_ID_TAG } from './capabilities.ts';
import { clean, cleanName } from './clean.ts';
import type { Engine } from './engine.ts';
import { mentions } from './mention.ts';
import { type Entry, type Form, keepKey, makeSendId, newEntry, readEntry, writeEntry } from './outbox-entry.ts';
import type { Room } from './room.ts';
import { split } from './split.ts';
import type { Delivery, SaidItem } from './view.ts';

/** Messages that wait at once. Each is a row on disk and a line on the screen; a pasted book belongs in a file. */
export const WAITING_MAX = 2_000;
/** Texts beyond that which are put aside, each of any length. */
const ASIDE_MAX = 50;
/** Handed to the link without an answer. Servers cut people who send much at once; eight hide any distance. */
const FLYING_MAX = 8;
/** The server answered a later PING long ago, but this message has neither echo nor refusal. */
const UNCONFIRMED_MS = 30_000;
/** CTCP ACTION around the text, in bytes. */
const ACTION_BYTES = 9;
/** How far our clock may be off when history is searched for a message that we typed at a known time. */
const CLOCK_MS = 5 * 60_000;

/** What an echo tells of the message it repeats. */
export interface Echo {
  readonly room: Folded;
  /** As it happens, not from history. */
  readonly live: boolean;
  /** It comes from who we are on this connection. */
  readonly own: boolean;
  readonly from: string;
  readonly label: string | undefined;
  readonly sendId: string | undefined;
  readonly form: Form;
  readonly text: string;
  readonly msgid: string | undefined;
  readonly at: number;
}

export class Outbox {
  private readonly engine: Engine;
  /** In the order in which they are to be sent. */
  private readonly entries = new Map<string, Entry>();
  private seq = 0;
  private labels = 0;
  private flying = 0;
  private queued = 0;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** Somebody waits for an answer. */
  get busy(): boolean {
    return this.flying > 0;
  }

  get wakeAt(): number | undefined {
    if (this.flying === 0) return undefined;
    let oldest = Infinity;
    for (const entry of this.entries.values()) {
      if (entry.state === 'flying') oldest = Math.min(oldest, entry.sentAt + UNCONFIRMED_MS);
    }
    return oldest;
  }

  // ------------------------------------------------------------------------------------------- Typed, kept

  /** Takes what a person typed: one message, or several when it is long or has several lines. */
  say(room: Room, text: string, form: Form, replyTo?: string): void {
    const parts = split(text, this.bytesMax(room, form));
    if (this.entries.size + parts.length > WAITING_MAX) {
      this.putAside(room, text, form, replyTo);
      return;
    }
    parts.forEach((part, index) => this.take(room, part, form, index === 0 ? replyTo : undefined));
    room.dividerKey = undefined;
    this.engine.rooms.raise(room);
    this.count(room);
  }

  private take(room: Room, text: string, form: Form, replyTo: string | undefined): Entry {
    const as = this.engine.session.ready && !this.engine.caps.has(SEND_ID) ? this.engine.nick : '';
    const said = {
      sendId: makeSendId(this.engine.chance),
      target: room.target,
      form,
      text,
      replyTo,
      at: this.engine.wall,
    };
    const entry = newEntry({ ...said, seq: ++this.seq, as, reason: '' }, room.id);
    this.entries.set(entry.key, entry);
    this.queued++;
    this.keep(entry);
    this.show(room, entry);
    return entry;
  }

  /** Too much waits already: the text stays, as one failed message, until the person sends or discards it. */
  private putAside(room: Room, text: string, form: Form, replyTo: string | undefined): void {
    if (this.entries.size >= WAITING_MAX + ASIDE_MAX) {
      this.engine.tell(room, `Not taken: ${this.entries.size} messages wait to be sent.`, 'error');
      return;
    }
    const entry = this.take(room, text.toWellFormed(), form, replyTo);
    this.fail(entry, `${WAITING_MAX} messages wait to be sent, which is the most. Send this again when some are gone.`);
  }

  private keep(entry: Entry): void {
    if (entry.as === '' && entry.unsure) entry.as = this.engine.nick;
    entry.keep = this.engine.keeper.keep(keepKey(entry), writeEntry(entry));
  }

  private show(room: Room, entry: Entry): void {
    const text = clean(entry.text);
    room.timeline.addWaiting({
      kind: 'said',
      key: entry.key,
      msgid: undefined,
      at: entry.at,
      from: this.engine.view.nick,
      own: true,
      form: entry.form,
      text,
      mentionsMe: mentions(text, this.engine.view.nick),
      delivery: { state: 'queued' },
      replyTo: entry.replyTo === undefined ? undefined : this.engine.quote(room, entry.replyTo),
      reactions: NO_REACTIONS,
    });
    this.engine.touch(room);
  }

  /** What was kept by an earlier run, in its order. */
  restore(kept: readonly (readonly [key: string, value: string])[]): void {
    for (const [key, value] of kept) {
      const said = this.entries.size < WAITING_MAX ? readEntry(key, value) : undefined;
      const room = said === undefined ? undefined : this.engine.rooms.open(said.target);
      if (said === undefined || room === undefined) continue;
      const entry = newEntry(said, room.id);
      // What is kept cannot say more than that it may have gone.
      entry.unsure = entry.as !== '';
      this.entries.set(entry.key, entry);
      this.seq = Math.max(this.seq, entry.seq);
      this.show(room, entry);
      if (entry.reason === '') this.queued++;
      else this.fail(entry, entry.reason);
      this.count(room);
    }
  }

  // ------------------------------------------------------------------------------------------------ Sending

  /** Sends what may be sent. Called after every event. */
  flush(): void {
    if (this.queued === 0 || !this.engine.session.ready) return;
    const held = new Set<Folded>();
    let sent = false;
    for (const entry of this.entries.values()) {
      if (this.flying >= FLYING_MAX) break;
      if (entry.state !== 'queued' || held.has(entry.room)) continue;
      const room = this.engine.rooms.byKey(entry.room);
      if (room === undefined || !this.mayGo(room, entry)) {
        held.add(entry.room);
        continue;
      }
      this.transmit(room, entry);
      sent = true;
    }
    if (sent) this.engine.session.pingNow();
  }

  private mayGo(room: Room, entry: Entry): boolean {
    if (entry.keep > this.engine.keeper.safe || (room.kind === 'room' && !room.joined)) return false;
    if (this.engine.caps.has(SEND_ID)) return true;
    if (entry.unsure) return false;
    if (entry.as === this.engine.nick) return true;
    // Written down before it goes: should we die on the way, the next run knows to look for it first.
    entry.as = this.engine.nick;
    this.keep(entry);
    return false;
  }

  private transmit(room: Room, entry: Entry): void {
    const { engine } = this;
    const tags = new Map<string, string>();
    if (engine.caps.has('labeled-response')) {
      entry.label = `m${(++this.labels).toString(36)}`;
      tags.set('label', entry.label);
    }
    if (engine.caps.has('message-tags')) {
      if (engine.facts.allowsTag(SEND_ID_TAG.slice(1))) tags.set(SEND_ID_TAG, entry.sendId);
      if (entry.replyTo !== undefined) tags.set('+draft/reply', entry.replyTo);
    }
    const text = entry.form === 'action' ? `\x01ACTION ${entry.text}\x01` : entry.text;
    engine.sendTagged(tags, entry.form === 'notice' ? 'NOTICE' : 'PRIVMSG', entry.target, text);
    entry.state = 'flying';
    entry.sentAt = engine.at;
    entry.barrier = engine.session.liveness.newest + 1;
    this.queued--;
    this.flying++;
    this.mark(room, entry, { state: 'sending', since: engine.wall });
  }

  // ------------------------------------------------------------------------------------------------ Answers

  /** A message of ours came back. True when it was one that waited here. */
  echoed(echo: Echo): boolean {
    const entry = this.find(echo);
    if (entry === undefined) return false;
    this.done(entry, echo.msgid, echo.at, echo.from);
    return true;
  }

  knows(sendId: string | undefined): boolean {
    return sendId !== undefined && this.entries.has(`s${sendId}`);
  }

  /**
   * The label and the send id name it for certain, even if it was first said under an earlier name of ours; without
   * both, the first with that text is meant.
   */
  private find(echo: Echo): Entry | undefined {
    if (echo.sendId !== undefined) {
      const named = this.entries.get(`s${echo.sendId}`);
      if (named !== undefined) return named;
    }
    for (const entry of this.entries.values()) {
      if (entry.state === 'flying' && echo.label !== undefined && entry.label === echo.label) return entry;
    }
    if (echo.sendId !== undefined || echo.label !== undefined) return undefined;
    for (const entry of this.entries.values()) {
      if (entry.room !== echo.room || entry.form !== echo.form || !this.knownByText(entry, echo)) continue;
      if (clean(entry.text) === echo.text) return entry;
    }
    return undefined;
  }

  /** Live, where the server repeats neither label nor id; in history, what may have arrived before the link broke. */
  private knownByText(entry: Entry, { own, live, from }: Echo): boolean {
    const { caps, facts } = this.engine;
    if (caps.has(SEND_ID)) return false;
    if (live) return own && entry.state === 'flying' && !caps.has('labeled-response');
    // Our name may be another one on this connection.
    return entry.unsure && facts.fold(from) === facts.fold(cleanName(entry.as));
  }

  private done(entry: Entry, msgid: string | undefined, at: number, from = this.engine.view.nick): void {
    this.drop(entry);
    const room = this.engine.rooms.byKey(entry.room);
    const item = room?.timeline.said(entry.key);
    if (room === undefined || item === undefined) return;
    room.timeline.settle({ ...item, msgid, at, from, delivery: { state: 'sent' } });
    this.count(room);
  }

  /** The server answered the PING with this number: it has handled all that was sent before. */
  passed(n: number): void {
    if (this.flying === 0) return;
    const echoes = this.engine.caps.has('echo-message');
    let later = false;
    for (const entry of this.entries.values()) {
      if (entry.state !== 'flying') continue;
      if (entry.barrier > n) later = true;
      // Without echoes, having been handled without a refusal is all there is to know.
      else if (!echoes) this.done(entry, undefined, this.engine.serverNow);
    }
    if (later && !echoes) this.engine.session.pingNow();
  }

  /** The server refused it. `label` names it where the server repeats labels; else the oldest to that target is meant. */
  refused(label: string | undefined, target: string | undefined, reason: string): boolean {
    const room = target === undefined ? undefined : this.engine.facts.fold(this.engine.facts.roomOf(target));
    for (const entry of this.entries.values()) {
      if (entry.state !== 'flying') continue;
      if (label === undefined || entry.label === '' ? entry.room !== room : entry.label !== label) continue;
      this.fail(entry, reason);
      return true;
    }
    return false;
  }

  /** ACK: the server carried out what had this label, and has nothing to say about it. */
  acknowledged(label: string | undefined): void {
    for (const entry of this.entries.values()) {
      if (entry.state !== 'flying' || label === undefined || entry.label !== label) continue;
      // Where echoes are promised, none means that nobody heard it: nothing is ever answered to a notice.
      if (this.engine.caps.has('echo-message')) this.fail(entry, 'The server did not pass it on.');
      else this.done(entry, undefined, this.engine.serverNow);
      return;
    }
  }

  /** We are not in this room and will not be: what waits for it has to be dealt with by the person. */
  refuseRoom(room: Room, reason: string): void {
    for (const entry of this.entries.values())
      if (entry.room === room.id && entry.state === 'queued') this.fail(entry, reason);
  }

  private fail(entry: Entry, reason: string): void {
    const known = entry.reason === reason;
    this.leave(entry);
    entry.state = 'failed';
    entry.reason = reason;
    if (!known) this.keep(entry);
    const room = this.engine.rooms.byKey(entry.room);
    const item = room?.timeline.said(entry.key);
    if (room === undefined || item === undefined) return;
    const at = Math.max(this.engine.serverNow, room.timeline.newest?.at ?? 0);
    room.timeline.settle({ ...item, at, delivery: { state: 'failed', reason } });
    this.count(room);
  }

  // ------------------------------------------------------------------------------------------ After a break

  closed(): void {
    for (const entry of this.entries.values()) {
      if (entry.state !== 'flying') continue;
      this.leave(entry);
      entry.state = 'queued';
      entry.unsure = true;
      if (entry.as === '') entry.as = this.engine.nick;
      this.queued++;
      const room = this.engine.rooms.byKey(entry.room);
      if (room !== undefined) this.mark(room, entry, { state: 'queued' });
    }
  }

  /** Is anything here whose fate only the history of this room can tell? */
  asksHistory(room: Room): boolean {
    if (this.queued === 0 || this.engine.caps.has(SEND_ID)) return false;
    for (const entry of this.entries.values()) {
      if (entry.room === room.id && entry.state === 'queued' && entry.unsure) return true;
    }
    return false;
  }

  /** The oldest moment that history must reach back to, to tell. */
  historyFrom(room: Room): number {
    let from = Infinity;
    for (const entry of this.entries.values())
      if (entry.room === room.id && entry.unsure) from = Math.min(from, entry.at);
    return from - CLOCK_MS;
  }

  /** History is complete: what was not found in it did not arrive. */
  historyRead(room: Room): void {
    for (const entry of this.entries.values())
      if (entry.room === room.id && entry.state === 'queued') entry.unsure = false;
  }

  /** There is no history to tell. */
  historyMissing(room: Room): void {
    if (this.engine.caps.has(SEND_ID)) return;
    for (const entry of this.entries.values()) {
      if (entry.room === room.id && entry.state === 'queued' && entry.unsure) this.fail(entry, MAYBE);
    }
  }

  woke(): void {
    if (this.flying === 0) return;
    for (const entry of this.entries.values()) {
      if (entry.state !== 'flying' || this.engine.at - entry.sentAt < UNCONFIRMED_MS) continue;
      entry.unsure = true;
      this.fail(entry, 'The server did not confirm this message. It may not have arrived.');
    }
  }

  // ----------------------------------------------------------------------------------------- By the person

  retry(key: string): void {
    const entry = this.entries.get(key);
    const room = entry === undefined ? undefined : this.engine.rooms.byKey(entry.room);
    if (entry?.state !== 'failed' || room === undefined) return;
    if (split(entry.text, this.bytesMax(room, entry.form)).length > 1) {
      this.discard(key);
      this.say(room, entry.text, entry.form, entry.replyTo);
      return;
    }
    const item = room.timeline.said(key);
    this.engine.keeper.keep(keepKey(entry), null);
    this.entries.delete(key);
    this.entries.set(key, entry);
    entry.seq = ++this.seq;
    entry.state = 'queued';
    entry.reason = '';
    // The person has decided that it shall go, whatever became of the first try.
    entry.unsure = false;
    this.queued++;
    this.keep(entry);
    if (item === undefined) this.show(room, entry);
    else {
      room.timeline.remove(key);
      room.timeline.addWaiting({ ...item, at: this.engine.wall, delivery: { state: 'queued' } });
    }
    this.count(room);
  }

  /** The text is given up. One that is on its way cannot be called back. */
  discard(key: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined || entry.state === 'flying') return;
    this.drop(entry);
    const room = this.engine.rooms.byKey(entry.room);
    room?.timeline.remove(key);
    if (room !== undefined) this.count(room);
  }

  discardRoom(room: Room): void {
    for (const entry of this.entries.values()) if (entry.room === room.id) this.drop(entry);
    this.count(room);
  }

  /** The person of a conversation changed their name. */
  renamed(from: Folded, room: Room): void {
    for (const entry of this.entries.values()) {
      if (entry.room !== from) continue;
      entry.room = room.id;
      entry.target = room.target;
      this.keep(entry);
    }
  }

  waitsIn(room: Room): number {
    let count = 0;
    for (const entry of this.entries.values()) if (entry.room === room.id) count++;
    return count;
  }

  // ------------------------------------------------------------------------------------------- Bookkeeping

  private leave(entry: Entry): void {
    if (entry.state === 'flying') this.flying--;
    if (entry.state === 'queued' && entry.reason === '') this.queued--;
  }

  private drop(entry: Entry): void {
    this.leave(entry);
    this.entries.delete(entry.key);
    this.engine.keeper.keep(keepKey(entry), null);
  }

  private mark(room: Room, entry: Entry, delivery: Delivery): void {
    const item = room.timeline.said(entry.key);
    if (item !== undefined) room.timeline.replace({ ...item, delivery });
    this.engine.touch(room);
  }

  private count(room: Room): void {
    let failed = 0;
    for (const entry of this.entries.values()) if (entry.room === room.id && entry.state === 'failed') failed++;
    room.failed = failed;
    this.engine.view.unsent = this.queued + this.flying;
    this.engine.touch(room);
  }

  /** What fits into one line behind the longest `:nick!user@host PRIVMSG target :` the server may put in front. */
  private bytesMax(room: Room, form: Form): number {
    const { facts, user, host } = this.engine;
    const nick = Math.max(facts.nickLength, this.engine.nick.length);
    const source = nick + (user.length || USER_LENGTH) + (host.length || HOST_LENGTH) + 3;
    const around = source + ' PRIVMSG  :\r\n'.length + utf8Length(room.target);
    return Math.max(100, facts.lineBytes - around - (form === 'action' ? ACTION_BYTES : 0));
  }
}

/** As long as servers allow, while we do not know our own. */
const USER_LENGTH = 12;
const HOST_LENGTH = 63;

const MAYBE = 'The connection broke before the server confirmed it. It may not have arrived.';
const NO_REACTIONS: SaidItem['reactions'] = new Map();
