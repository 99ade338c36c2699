/**
 * The items of one room, in the order they are shown:
 *
 *     [ settled: rising by time ........................ | waiting: own messages without an answer ]
 *
 * A live line is appended in front of the waiting ones; the echo of a waiting one settles it at the server's time. So
 * what is shown is always the server's order, with what the server has not seen at the end.
 *
 * `items` is one array for ever and is changed in place: appending costs the same in a full room as in an empty one.
 * An item itself never changes; a changed item is a new object with the same key.
 */
import { ITEMS_MAX, type GapItem, type Item, type SaidItem } from './view.ts';

/** Dropped at once when the room is full, so that not every message moves the whole array. */
const TRIM_STEP = 250;
/** What stays of the newest when a person scrolls so far up that the room is full: the live end is always there. */
const NEWEST_KEPT = 1_000;

/** The key of an item that the server named. */
export function keyOf(msgid: string): string {
  return `m${msgid}`;
}

/** A place in the server's history: a message, or where it gave none, a time. */
export interface Place {
  readonly msgid: string | undefined;
  readonly at: number;
}

export class Timeline {
  readonly items: Item[] = [];
  /** How many at the end are waiting. */
  private waiting = 0;
  private readonly byKey = new Map<string, Item>();
  /** Own messages have a key of their own, older than their msgid. */
  private readonly ownKeys = new Map<string, string>();
  private gapNumber = 0;
  /** How far the old side of a gap has been read: pages may hold lines that are not shown. */
  private readonly cursors = new Map<string, Place>();
  /** Something at the old end was dropped: the server has older ones. */
  trimmed = false;

  get newest(): Item | undefined {
    return this.items[this.settledEnd - 1];
  }

  get(key: string): Item | undefined {
    return this.byKey.get(key);
  }

  said(key: string): SaidItem | undefined {
    const item = this.byKey.get(key);
    return item?.kind === 'said' ? item : undefined;
  }

  withMsgid(msgid: string): Item | undefined {
    return this.byKey.get(this.ownKeys.get(msgid) ?? keyOf(msgid));
  }

  /** The msgid of an item, whatever its kind, where the server gave one. */
  msgidOf(item: Item): string | undefined {
    if (item.kind === 'said') return item.msgid;
    return item.kind === 'happened' && item.key.startsWith('m') ? item.key.slice(1) : undefined;
  }

  /** The newest item the server named, at or before `index`. */
  lastNamed(index = this.settledEnd - 1): Place | undefined {
    for (let i = Math.min(index, this.settledEnd - 1); i >= 0; i--) {
      const item = this.items[i]!;
      const msgid = this.msgidOf(item);
      if (msgid !== undefined) return { msgid, at: item.at };
    }
    return undefined;
  }

  /** The oldest item the server named, at or behind `index`. */
  firstNamed(index = 0): Place | undefined {
    for (let i = Math.max(index, 0); i < this.settledEnd; i++) {
      const item = this.items[i]!;
      const msgid = this.msgidOf(item);
      if (msgid !== undefined) return { msgid, at: item.at };
    }
    return undefined;
  }

  /** What stands behind a place, unless it is the end, or a gap already. */
  behind(place: Place): Item | undefined {
    const item = place.msgid === undefined ? undefined : this.withMsgid(place.msgid);
    const index = item === undefined ? this.settledEnd : this.indexOf(item) + 1;
    const next = index < this.settledEnd ? this.items[index] : undefined;
    return next?.kind === 'gap' ? undefined : next;
  }

  /** Puts a settled item where its time says, behind those of the same time. False when it is known already. */
  add(item: Item): boolean {
    if (this.knows(item)) return false;
    this.insert(item);
    this.trim();
    return true;
  }

  addWaiting(item: SaidItem): void {
    this.byKey.set(item.key, item);
    this.items.push(item);
    this.waiting++;
    this.trim();
  }

  /** The item with this key becomes this one, in the same place. */
  replace(item: Item): void {
    const before = this.byKey.get(item.key);
    const at = before === undefined ? -1 : this.indexOf(before);
    if (at === -1) return;
    this.items[at] = item;
    this.byKey.set(item.key, item);
  }

  /**
   * A waiting item got its answer, and its place by time. Should its msgid have arrived before (history knew it), the
   * earlier copy goes: the key that faces hold on to stays.
   */
  settle(item: SaidItem): void {
    this.remove(item.key);
    if (item.msgid !== undefined) {
      this.remove(keyOf(item.msgid));
      this.ownKeys.set(item.msgid, item.key);
    }
    this.insert(item);
    this.trim();
  }

  remove(key: string): boolean {
    const item = this.byKey.get(key);
    if (item === undefined) return false;
    const at = this.indexOf(item);
    if (at >= this.settledEnd) this.waiting--;
    this.items.splice(at, 1);
    this.forget(item);
    return true;
  }

  /**
   * Merges a page of history, given in its own order. Returns how many items were new. `older` says that the person
   * asked for what lies before the first: then the oldest part is what must stay when the room is full.
   */
  merge(page: readonly Item[], older: boolean): Item[] {
    const fresh: Item[] = [];
    for (const item of page) {
      if (this.knows(item)) continue;
      this.byKey.set(item.key, item);
      fresh.push(item);
    }
    if (fresh.length === 0) return fresh;
    fresh.sort((a, b) => a.at - b.at);
    this.mergeSorted(fresh, older);
    if (older) this.collapse();
    this.trim();
    return fresh;
  }

  private knows(item: Item): boolean {
    if (this.byKey.has(item.key)) return true;
    return item.kind === 'said' && item.msgid !== undefined && this.ownKeys.has(item.msgid);
  }

  private mergeSorted(fresh: readonly Item[], older: boolean): void {
    const end = this.settledEnd;
    const first = fresh[0]!;
    const last = fresh[fresh.length - 1]!;
    if (end === 0 || first.at > this.items[end - 1]!.at || (!older && first.at === this.items[end - 1]!.at)) {
      this.items.splice(end, 0, ...fresh);
    } else if (last.at < this.items[0]!.at || (older && last.at === this.items[0]!.at)) {
      this.items.unshift(...fresh);
    } else {
      const old = this.items.splice(0, end);
      const merged: Item[] = [];
      let o = 0;
      for (const item of fresh) {
        while (o < old.length && old[o]!.at <= item.at) merged.push(old[o++]!);
        merged.push(item);
      }
      while (o < old.length) merged.push(old[o++]!);
      this.items.splice(0, 0, ...merged);
    }
  }

  // ------------------------------------------------------------------------------------------------ Gaps

  /** Marks that messages are missing right in front of the item with this key. */
  addGap(beforeKey: string, loading: boolean): GapItem | undefined {
    const next = this.byKey.get(beforeKey);
    if (next === undefined) return undefined;
    const index = this.indexOf(next);
    const gap: GapItem = {
      kind: 'gap',
      key: `g${++this.gapNumber}`,
      at: this.items[index - 1]?.at ?? next.at,
      loading,
    };
    this.byKey.set(gap.key, gap);
    this.items.splice(index, 0, gap);
    return gap;
  }

  gap(key: string): GapItem | undefined {
    const item = this.byKey.get(key);
    return item?.kind === 'gap' ? item : undefined;
  }

  /** From where a gap is filled, and the message that ends it. */
  around(gap: GapItem): { after: Place | undefined; before: string | undefined } {
    const index = this.indexOf(gap);
    return { after: this.cursors.get(gap.key) ?? this.lastNamed(index), before: this.firstNamed(index)?.msgid };
  }

  /** Up to when something is missing: the time behind the newest gap; undefined when there is none. */
  get missingUntil(): number | undefined {
    const index = this.items.findLastIndex((item) => item.kind === 'gap');
    return index === -1 ? undefined : (this.items[index + 1]?.at ?? Infinity);
  }

  /**
   * Merges a page that continues at the old side of a gap. `end` is how far it reached: the gap stands behind it
   * afterwards. Without `end` the page met the other side, and the gap is gone.
   */
  fill(gap: GapItem, page: readonly Item[], end: Place | undefined, loading: boolean): Item[] {
    const stood = this.indexOf(gap);
    this.remove(gap.key);
    const fresh = this.merge(page, false);
    const last = fresh[fresh.length - 1];
    if (end === undefined) return fresh;
    // A page of which nothing is shown leaves the gap where it is; one that was trimmed away takes the gap with it.
    const index = last === undefined ? stood : this.byKey.has(last.key) ? this.indexOf(last) + 1 : 0;
    if (index === 0 || index >= this.settledEnd) return fresh;
    const moved: GapItem = { kind: 'gap', key: gap.key, at: last?.at ?? gap.at, loading };
    this.byKey.set(moved.key, moved);
    this.cursors.set(moved.key, end);
    this.items.splice(index, 0, moved);
    return fresh;
  }

  // --------------------------------------------------------------------------------------------- Bounds

  /** Somebody reads far up and the room is full: the middle goes, marked by a gap, and the live end stays. */
  private collapse(): void {
    const over = this.items.length - ITEMS_MAX;
    if (over <= 0) return;
    const end = this.settledEnd - NEWEST_KEPT;
    const start = Math.max(0, end - over - TRIM_STEP);
    if (start <= 0 || end <= start) return;
    for (const item of this.items.splice(start, end - start)) this.forget(item);
    const next = this.items[start];
    if (next !== undefined && next.kind !== 'gap') this.addGap(next.key, false);
  }

  private trim(): void {
    if (this.items.length <= ITEMS_MAX) return;
    const drop = Math.min(this.items.length - ITEMS_MAX + TRIM_STEP, this.settledEnd);
    for (const item of this.items.splice(0, drop)) this.forget(item);
    this.trimmed = true;
  }

  /** Everything but what waits. */
  clear(): void {
    for (const item of this.items.splice(0, this.settledEnd)) this.forget(item);
    this.trimmed = true;
  }

  private forget(item: Item): void {
    this.byKey.delete(item.key);
    if (item.kind === 'gap') this.cursors.delete(item.key);
    if (item.kind === 'said' && item.msgid !== undefined) this.ownKeys.delete(item.msgid);
  }

  private get settledEnd(): number {
    return this.items.length - this.waiting;
  }

  private insert(item: Item): void {
    this.byKey.set(item.key, item);
    let at = this.settledEnd;
    if (at > 0 && this.items[at - 1]!.at > item.at) at = this.upper(item.at);
    this.items.splice(at, 0, item);
  }

  /** The first settled place whose item is later than `at`. */
  private upper(at: number): number {
    let low = 0;
    let high = this.settledEnd;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.items[middle]!.at <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private indexOf(item: Item): number {
    for (let i = this.items.length - 1; i >= this.settledEnd; i--) if (this.items[i] === item) return i;
    for (let i = this.upper(item.at) - 1; i >= 0 && this.items[i]!.at === item.at; i--) {
      if (this.items[i] === item) return i;
    }
    return -1;
  }
}
