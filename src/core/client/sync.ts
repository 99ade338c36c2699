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
import { timeOf } from './lines.ts';
import type { Room } from './room.ts';
import { applyLate, msgidOf, readPage } from './said.ts';
import type { Place } from './timeline.ts';
import type { GapItem, Item } from './view.ts';

const PAGE_MAX = 100;
/** Pages that are read without being asked: a thousand messages, which is a long absence. */
const AUTO_PAGES = 10;
/** Pages in a row that may show nothing (typing, comings and goings) before somebody who scrolls up has to ask again. */
const EMPTY_PAGES = 10;
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
  /** The place it counts from. */
  readonly from: Place | undefined;
  readonly gap: string | undefined;
  /** Pages that may follow by themselves. */
  readonly budget: number;
  /** Name the message by its time: the server did not know its id. */
  readonly byTime: boolean;
  sentAt: number;
}

interface Interrupted {
  readonly gap: string;
  readonly budget: number;
}

interface Page {
  readonly items: readonly Item[];
  /** Reactions. */
  readonly late: readonly Message[];
  readonly first: Place | undefined;
  readonly last: Place | undefined;
  readonly ids: ReadonlySet<string | undefined>;
  /** As long as a page can be: there may be more. */
  readonly whole: boolean;
}

function samePlace(a: Place, b: Place | undefined): boolean {
  return b !== undefined && a.at === b.at && a.msgid === b.msgid;
}

export class Sync {
  private readonly engine: Engine;
  private readonly waiting: Request[] = [];
  private readonly underWay = new Map<Folded, Request>();
  /** Server time since when missed conversations are asked for; undefined once they are known. */
  private missedSince: number | undefined;
  private targetPages = 0;
  /** Gaps that the link broke before they were filled; each of them is an item in its room. */
  private readonly interrupted = new Map<Room, Interrupted[]>();

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
      if (room.historyRefused) room.beginningKnown = false;
      room.historyRefused = false;
      if (room.kind !== 'direct') continue;
      if (!this.available) room.beginningKnown = true;
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
    this.want(room, from === undefined ? 'latest' : 'catch-up', from, AUTO_PAGES);
  }

  older(room: Room): void {
    if (room.kind === 'server' || room.beginningKnown || room.loadingOlder) return;
    if (this.available && this.engine.session.ready) this.olderBy(room, 0);
  }

  private olderBy(room: Room, budget: number): void {
    const from = room.oldest ?? room.timeline.firstNamed();
    this.want(room, from === undefined ? 'latest' : 'older', from, budget);
  }

  fillGap(room: Room, key: string, budget = 0): void {
    const gap = room.timeline.gap(key);
    if (gap === undefined || !this.available || !this.engine.session.ready) return;
    const from = room.timeline.around(gap).after;
    if (from === undefined) return;
    if (!gap.loading) room.timeline.replace({ ...gap, loading: true });
    this.want(room, 'gap', from, budget, key);
  }

  private want(room: Room, kind: Request['kind'], from: Place | undefined, budget: number, gap?: string): void {
    const request: Request = { room, kind, from, gap, budget, byTime: from?.msgid === undefined, sentAt: 0 };
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
    const page = this.read(room, lines);
    const fresh = this.merge(room, request, page);
    applyLate(this.engine, room, fresh, page.late);
    recount(room);
    if (fresh.length > 0) this.engine.rooms.raise(room);
    this.engine.touch(room);
    this.pump();
  }

  private read(room: Room, lines: readonly Message[]): Page {
    const place = (line: Message | undefined): Place | undefined =>
      line === undefined ? undefined : { msgid: msgidOf(line.tags), at: timeOf(this.engine, line) };
    const ids = new Set(lines.map(({ tags }) => tags.get('msgid')));
    const ends = { first: place(lines[0]), last: place(lines[lines.length - 1]) };
    return { ...readPage(this.engine, room, lines), ...ends, ids, whole: lines.length >= this.pageSize };
  }

  private merge(room: Room, request: Request | undefined, page: Page): Item[] {
    if (request === undefined) return room.timeline.merge(page.items, false);
    switch (request.kind) {
      case 'gap':
        return this.mergeGap(request, page);
      case 'catch-up':
        return this.mergeCatchUp(request, page);
      default:
        return this.mergeOlder(request, page);
    }
  }

  private mergeOlder(request: Request, page: Page): Item[] {
    const { room, kind, budget } = request;
    room.loadingOlder = false;
    const fresh = room.timeline.merge(page.items, kind === 'older');
    const stuck = page.first === undefined || samePlace(page.first, request.from);
    if (stuck || (kind === 'latest' && !page.whole)) room.beginningKnown = true;
    else room.oldest = page.first;
    const { outbox } = this.engine;
    const oldest = page.first?.at ?? 0;
    // Own messages of unknown fate may need more pages than a person would load.
    const seeks = budget > 0 && outbox.asksHistory(room) && oldest > outbox.historyFrom(room);
    // A page of which nothing is shown is no answer to somebody who scrolls up.
    const empty = kind === 'older' && fresh.length === 0 && budget > -EMPTY_PAGES;
    if (!room.beginningKnown && (seeks || empty)) this.olderBy(room, budget - 1);
    else this.completed(room);
    return fresh;
  }

  private mergeCatchUp(request: Request, page: Page): Item[] {
    const { room } = request;
    room.loadingOlder = false;
    const fresh = room.timeline.merge(page.items, false);
    const gap = page.whole && fresh[0] !== undefined ? room.timeline.addGap(fresh[0].key, true) : undefined;
    if (gap === undefined) this.completed(room);
    else this.fillGap(room, gap.key, request.budget);
    return fresh;
  }

  private mergeGap(request: Request, page: Page): Item[] {
    const { room, budget } = request;
    const gap = room.timeline.gap(request.gap ?? '');
    if (gap === undefined) return room.timeline.merge(page.items, false);
    const { before } = room.timeline.around(gap);
    const reached = page.last === undefined || page.ids.has(before) || samePlace(page.last, request.from);
    const fresh = room.timeline.fill(gap, page.items, reached ? undefined : page.last, budget > 0);
    if (room.timeline.gap(gap.key) !== undefined && budget > 0) this.fillGap(room, gap.key, budget - 1);
    else this.completed(room);
    return fresh;
  }

  /**
   * As much was read as is read by itself. Where a gap is left in the time of an own message of unknown fate, nobody
   * knows whether it arrived.
   */
  private completed(room: Room): void {
    const { outbox } = this.engine;
    const [left, ...rest] = this.leftOf(room);
    if (left !== undefined) {
      this.interrupted.set(room, rest);
      this.fillGap(room, left.gap, left.budget);
      return;
    }
    this.interrupted.delete(room);
    room.caughtUp = true;
    if ((room.timeline.missingUntil ?? -Infinity) >= outbox.historyFrom(room)) outbox.historyMissing(room);
    else outbox.historyRead(room);
  }

  /** The interrupted gaps that are still there. */
  private leftOf(room: Room): Interrupted[] {
    return this.interrupted.get(room)?.filter(({ gap }) => room.timeline.gap(gap) !== undefined) ?? [];
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

  private abandon(request: Request): void {
    const { room, kind } = request;
    room.loadingOlder = false;
    if ((kind === 'older' || kind === 'latest') && !room.beginningKnown) {
      room.beginningKnown = true;
      room.historyRefused = true;
    }
    const item = this.gapOf(request);
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
      const { room, budget } = request;
      room.loadingOlder = false;
      const item = this.gapOf(request);
      if (item === undefined) continue;
      room.timeline.replace({ ...item, loading: false });
      if (budget > 0) this.interrupted.set(room, [...this.leftOf(room), { gap: item.key, budget }]);
    }
    this.waiting.length = 0;
    this.underWay.clear();
    this.missedSince = undefined;
  }

  /**
   * What is left open when a request gets no answer. A catch-up leaves a gap when something was heard live meanwhile:
   * the next one counts from there, and would pass over what lies in between.
   */
  private gapOf({ room, kind, from, gap }: Request): GapItem | undefined {
    if (gap !== undefined) return room.timeline.gap(gap);
    const next = kind === 'catch-up' && from !== undefined ? room.timeline.behind(from) : undefined;
    return next === undefined ? undefined : room.timeline.addGap(next.key, false);
  }

  /** A room was closed by the person. */
  forget(room: Room): void {
    this.interrupted.delete(room);
    this.underWay.delete(room.id);
    for (let i = this.waiting.length - 1; i >= 0; i--) if (this.waiting[i]!.room === room) this.waiting.splice(i, 1);
  }
}

/** Later than any message: the year ends the range, not the clock. */
const FAR = '2999-12-31T23:59:59.999Z';
