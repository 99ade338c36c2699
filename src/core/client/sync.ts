/**
 * History from the server: what was said before we came, while we were away, and further up.
 * https://ircv3.net/specs/extensions/chathistory
 *
 * A room that is new gets its latest page. A room that was known asks for the latest behind the last message it knows;
 * when that is a whole page there may be more between, so a gap is put there and filled from its older side, page by
 * page, until it closes or AUTO_PAGES were read. What is left is shown as a gap for the person to load.
 * After a break, TARGETS tells who wrote to us alone meanwhile.
 *
 * One request is under way for each conversation and four in all. Pages are recognised by whom they are about.
 */
import type { Folded } from '../wire/casemap.ts';
import type { Message } from '../wire/message.ts';
import { formatServerTime, parseServerTime } from '../wire/server-time.ts';
import { recount } from './attention.ts';
import type { Engine } from './engine.ts';
import type { Room } from './room.ts';
import { applyLate, readPage } from './said.ts';
import type { GapItem, Item } from './view.ts';

const PAGE_MAX = 100;
/** Pages that are read without being asked: a thousand messages, which is a long absence. */
const AUTO_PAGES = 10;
const UNDER_WAY_MAX = 4;
/** Requests that wait; each room has at most one of a kind. */
const WAITING_MAX = 1_000;
/** A server that does not answer a request must not hold up the others. */
const ANSWER_MS = 15_000;
/** Pages of conversations we missed: as many as rooms can be open. */
const TARGET_PAGES_MAX = 5;

interface Request {
  readonly room: Room;
  readonly kind: 'latest' | 'catch-up' | 'gap' | 'older';
  /** The message it counts from. */
  readonly from: { readonly msgid: string; readonly at: number } | undefined;
  readonly gap: string | undefined;
  /** Pages that may follow by themselves. */
  readonly budget: number;
  /** Name the message by its time: the server did not know its id. */
  readonly byTime: boolean;
  sentAt: number;
}

export class Sync {
  private readonly engine: Engine;
  private readonly waiting: Request[] = [];
  private readonly underWay = new Map<Folded, Request>();
  /** Server time since when missed conversations are asked for; undefined once they are known. */
  private missedSince: number | undefined;
  private targetPages = 0;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  get available(): boolean {
    const { caps } = this.engine;
    return caps.has('draft/chathistory') && caps.has('batch');
  }

  get wakeAt(): number | undefined {
    let oldest: number | undefined;
    for (const { sentAt } of this.underWay.values()) oldest = Math.min(oldest ?? Infinity, sentAt + ANSWER_MS);
    return oldest;
  }

  private get pageSize(): number {
    const limit = this.engine.facts.historyPage;
    return limit === 0 ? PAGE_MAX : Math.min(limit, PAGE_MAX);
  }

  // ------------------------------------------------------------------------------------------------- Wishes

  /** We are on the server again: who wrote to us? */
  opened(): void {
    const { engine } = this;
    for (const room of engine.rooms.list) {
      room.caughtUp = false;
      if (room.kind !== 'direct') continue;
      if (!this.available) engine.outbox.historyMissing(room);
      else if (engine.outbox.asksHistory(room)) this.catchUp(room);
    }
    if (!this.available) return;
    this.missedSince = engine.seenAt;
    this.targetPages = 0;
    this.askTargets(Math.max(0, engine.seenAt - 1));
  }

  private askTargets(from: number): void {
    this.targetPages++;
    const [start, limit] = [formatServerTime(from), String(this.pageSize)];
    this.engine.send('CHATHISTORY', 'TARGETS', `timestamp=${start}`, `timestamp=${FAR}`, limit);
  }

  /** Nobody who wrote to us is left out up to this moment. */
  get complete(): boolean {
    return this.missedSince === undefined;
  }

  /** We came into a room. */
  joined(room: Room): void {
    if (this.available) this.catchUp(room);
    else {
      room.beginningKnown = true;
      this.engine.outbox.historyMissing(room);
    }
  }

  /** A conversation is looked at. */
  looked(room: Room): void {
    if (room.kind !== 'direct' || room.items.length > 0 || room.beginningKnown || room.caughtUp) return;
    if (this.available && this.engine.session.ready) this.catchUp(room);
  }

  private catchUp(room: Room): void {
    const from = room.timeline.lastNamed();
    this.want({
      room,
      kind: from === undefined ? 'latest' : 'catch-up',
      from,
      gap: undefined,
      budget: AUTO_PAGES,
      byTime: false,
      sentAt: 0,
    });
  }

  older(room: Room, budget = 0): void {
    if (room.kind === 'server' || room.beginningKnown || room.loadingOlder) return;
    if (!this.available || !this.engine.session.ready) return;
    const from = room.timeline.firstNamed();
    this.want({
      room,
      kind: from === undefined ? 'latest' : 'older',
      from,
      gap: undefined,
      budget,
      byTime: false,
      sentAt: 0,
    });
  }

  fillGap(room: Room, key: string, budget = 0): void {
    const gap = room.timeline.gap(key);
    if (gap === undefined || !this.available || !this.engine.session.ready) return;
    const from = room.timeline.around(gap).after;
    if (from === undefined) return;
    if (!gap.loading) room.timeline.replace({ ...gap, loading: true });
    this.want({ room, kind: 'gap', from, gap: key, budget, byTime: false, sentAt: 0 });
  }

  private want(request: Request): void {
    const same = (other: Request): boolean =>
      other.room === request.room && other.kind === request.kind && other.gap === request.gap;
    const current = this.underWay.get(request.room.id);
    if (this.waiting.some(same) || (current !== undefined && same(current)) || this.waiting.length >= WAITING_MAX)
      return;
    this.waiting.push(request);
    if (request.kind !== 'gap') request.room.loadingOlder = true;
    this.engine.touch(request.room);
    this.pump();
  }

  private pump(): void {
    for (let i = 0; i < this.waiting.length && this.underWay.size < UNDER_WAY_MAX; i++) {
      const request = this.waiting[i]!;
      if (this.underWay.has(request.room.id)) continue;
      this.waiting.splice(i--, 1);
      request.sentAt = this.engine.at;
      this.underWay.set(request.room.id, request);
      this.transmit(request);
    }
  }

  private transmit(request: Request): void {
    const { room, kind, from } = request;
    const limit = String(this.pageSize);
    const selector =
      from === undefined ? '*' : request.byTime ? `timestamp=${formatServerTime(from.at)}` : `msgid=${from.msgid}`;
    const subcommand = kind === 'older' ? 'BEFORE' : kind === 'gap' ? 'AFTER' : 'LATEST';
    this.engine.send('CHATHISTORY', subcommand, room.target, selector, limit);
  }

  // ------------------------------------------------------------------------------------------------ Answers

  /** A page arrived: asked for, or sent by a server that does so by itself. */
  page(target: string, lines: readonly Message[]): void {
    const room = this.engine.rooms.get(target);
    if (room === undefined) return;
    const request = this.underWay.get(room.id);
    this.underWay.delete(room.id);
    const { items, late } = readPage(this.engine, room, lines);
    const fresh =
      request?.kind === 'gap' ? this.pageOfGap(request, items, lines) : this.pageOfRoom(room, request, items, lines);
    applyLate(this.engine, room, late);
    this.engine.remember(room);
    recount(room);
    if (fresh.length > 0) this.engine.rooms.raise(room);
    this.engine.touch(room);
    this.pump();
  }

  private pageOfRoom(
    room: Room,
    request: Request | undefined,
    items: readonly Item[],
    lines: readonly Message[],
  ): Item[] {
    const fresh = room.timeline.merge(items, request?.kind === 'older');
    if (request === undefined) return fresh;
    room.loadingOlder = false;
    const whole = lines.length >= this.pageSize;
    if (request.kind === 'older' || request.kind === 'latest') {
      if (lines.length === 0 || (request.kind === 'latest' && !whole)) room.beginningKnown = true;
      this.reachedBack(room, request, fresh.length > 0);
    } else if (whole && fresh[0] !== undefined) {
      const gap = this.gapBefore(room, fresh[0]);
      if (gap !== undefined) this.fillGap(room, gap.key, request.budget);
      else this.completed(room);
    } else this.completed(room);
    return fresh;
  }

  private gapBefore(room: Room, first: Item): GapItem | undefined {
    return room.timeline.addGap(first.key, true);
  }

  /** Own messages of unknown fate may need more pages than a person would load. */
  private reachedBack(room: Room, request: Request, more: boolean): void {
    const oldest = room.items[0]?.at ?? 0;
    const enough =
      room.beginningKnown || !more || oldest <= this.engine.outbox.historyFrom(room) || request.budget === 0;
    if (enough || !this.engine.outbox.asksHistory(room)) this.completed(room);
    else this.older(room, request.budget - 1);
  }

  private pageOfGap(request: Request, items: readonly Item[], lines: readonly Message[]): Item[] {
    const { room } = request;
    const gap = request.gap === undefined ? undefined : room.timeline.gap(request.gap);
    if (gap === undefined) return room.timeline.merge(items, false);
    const { before } = room.timeline.around(gap);
    const reached = lines.length === 0 || lines.some((line) => line.tags.get('msgid') === before);
    const fresh = room.timeline.fill(gap, items, reached, request.budget > 0);
    if (room.timeline.gap(gap.key) === undefined) this.completed(room);
    else if (request.budget > 0) this.fillGap(room, gap.key, request.budget - 1);
    // Too long an absence for finding out by ourselves: the person sees the gap, and decides on what waits.
    else this.engine.outbox.historyMissing(room);
    return fresh;
  }

  private completed(room: Room): void {
    room.caughtUp = true;
    this.engine.outbox.historyRead(room);
  }

  /** Who was written with meanwhile; rooms among them come by their own way. */
  targets(lines: readonly Message[]): void {
    const since = this.missedSince;
    if (since === undefined) return;
    let latest = 0;
    for (const { params } of lines) {
      const at = parseServerTime(params[2] ?? '') ?? 0;
      latest = Math.max(latest, at);
      if (params[0] === 'TARGETS' && params[1] !== undefined) this.missed(params[1], at, since);
    }
    if (lines.length >= this.pageSize && this.targetPages < TARGET_PAGES_MAX) this.askTargets(latest);
    else this.missedSince = undefined;
  }

  private missed(name: string, at: number, since: number): void {
    if (name === '' || this.engine.facts.isRoom(name)) return;
    const known = this.engine.rooms.get(name);
    const room = known ?? this.engine.rooms.open(name);
    if (room?.kind !== 'direct') return;
    // On the first start ever nothing is unread: it was all said before this device was there.
    if (known === undefined) room.readAt = since > 0 ? since : Math.max(at, room.readAt);
    if (at > (room.timeline.lastNamed()?.at ?? 0)) this.catchUp(room);
  }

  /** The server could not answer. A message it does not know is named by its time instead, once. */
  failed(code: string, target: string | undefined): void {
    const room = target === undefined ? undefined : this.engine.rooms.get(target);
    if (room === undefined) {
      this.missedSince = undefined;
      return;
    }
    const request = this.underWay.get(room.id);
    if (request === undefined) return;
    this.underWay.delete(room.id);
    if (request.from !== undefined && !request.byTime && code !== 'INVALID_TARGET') {
      this.waiting.unshift({ ...request, byTime: true });
    } else this.abandon(request);
    this.pump();
  }

  private abandon({ room, gap }: Request): void {
    room.loadingOlder = false;
    const item = gap === undefined ? undefined : room.timeline.gap(gap);
    if (item !== undefined) room.timeline.replace({ ...item, loading: false });
    this.engine.outbox.historyMissing(room);
    this.engine.touch(room);
  }

  woke(): void {
    for (const [id, request] of this.underWay) {
      if (this.engine.at - request.sentAt < ANSWER_MS) continue;
      this.underWay.delete(id);
      this.abandon(request);
    }
    this.pump();
  }

  closed(): void {
    for (const request of [...this.waiting, ...this.underWay.values()]) {
      request.room.loadingOlder = false;
      const item = request.gap === undefined ? undefined : request.room.timeline.gap(request.gap);
      if (item !== undefined) request.room.timeline.replace({ ...item, loading: false });
    }
    this.waiting.length = 0;
    this.underWay.clear();
    this.missedSince = undefined;
  }

  /** A room was closed by the person. */
  forget(room: Room): void {
    this.underWay.delete(room.id);
    for (let i = this.waiting.length - 1; i >= 0; i--) if (this.waiting[i]!.room === room) this.waiting.splice(i, 1);
  }
}

/** Later than any message: the year ends the range, not the clock. */
const FAR = '2999-12-31T23:59:59.999Z';
