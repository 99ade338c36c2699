/**
 * Which items of a timeline are in the page. The page holds a few hundred real rows (so that screen readers, selection
 * and find-in-page work) however long the timeline is. The window knows its edges by key: items may come and go at both
 * ends of the timeline without moving it.
 *
 *   items    0 ............ start ======== end ...... items.length
 *                                 in page
 */
import type { Item } from '../../../core/client/view.ts';
import type { Span } from './rows.ts';

/** More than two screens of one-line rows on the tallest screens. */
const OPENING = 150;
const STEP = 50;
/** Rows cost layout; day separators and the divider come on top, and all together must stay below 400. */
const ITEMS_IN_PAGE_MAX = 300;

export class SlidingWindow {
  /** True while the newest item is meant to be in view. */
  following = true;
  #start = 0;
  #end = 0;
  #startKey: string | undefined;
  #endKey: string | undefined;
  #items: readonly Item[] = [];
  /** The engine changes its array in place: how long it was is known only here. */
  #length = 0;

  get span(): Span {
    return { start: this.#start, end: this.#end };
  }

  get atOldest(): boolean {
    return this.#start === 0;
  }

  get atNewest(): boolean {
    return this.#end >= this.#length;
  }

  /** Takes the timeline as it is. A following window ends at its end; another one stays where it was. */
  sync(items: readonly Item[]): void {
    const wasWhole = this.atNewest;
    this.#items = items;
    this.#length = items.length;
    const end = this.#endKey === undefined ? -1 : indexOfKey(items, this.#endKey, this.#end - 1);
    const start = this.#startKey === undefined ? -1 : indexOfKey(items, this.#startKey, this.#start);
    if (this.following || (end === -1 && start === -1)) {
      this.#end = items.length;
      this.#start = start === -1 ? Math.max(0, this.#end - OPENING) : start;
      if (this.#end - this.#start > ITEMS_IN_PAGE_MAX) this.#start = Math.max(0, this.#end - OPENING);
    } else {
      this.#start = start === -1 ? Math.max(0, end - OPENING) : start;
      this.#end = end === -1 ? Math.min(items.length, this.#start + OPENING) : end + 1;
      // Who reads near the end gets what is new below, as long as there is room, so that scrolling on finds it there.
      if (wasWhole) this.#end = Math.min(items.length, this.#start + ITEMS_IN_PAGE_MAX);
    }
    this.#remember();
  }

  /** Takes in older items, and lets go of as many at the other end when it is full. False when there are none here. */
  extendUp(): boolean {
    if (this.#start === 0) return false;
    this.#start = Math.max(0, this.#start - STEP);
    this.#end = Math.min(this.#end, this.#start + ITEMS_IN_PAGE_MAX);
    if (!this.atNewest) this.following = false;
    this.#remember();
    return true;
  }

  extendDown(): boolean {
    if (this.atNewest) return false;
    this.#end = Math.min(this.#items.length, this.#end + STEP);
    this.#start = Math.max(this.#start, this.#end - ITEMS_IN_PAGE_MAX);
    this.#remember();
    return true;
  }

  toNewest(): void {
    this.following = true;
    this.#startKey = this.#endKey = undefined;
    this.sync(this.#items);
  }

  /** Puts the window around one item. False when it is not in the timeline. */
  around(key: string): boolean {
    const at = indexOfKey(this.#items, key, this.#items.length - 1);
    if (at === -1) return false;
    if (at >= this.#start && at < this.#end) return true;
    this.following = false;
    this.#start = Math.max(0, at - OPENING / 2);
    this.#end = Math.min(this.#items.length, at + OPENING / 2);
    this.#remember();
    return true;
  }

  #remember(): void {
    this.#startKey = this.#items[this.#start]?.key;
    this.#endKey = this.#items[this.#end - 1]?.key;
  }
}

/** Looks around `near` first: between two pictures a timeline changes little. */
function indexOfKey(items: readonly Item[], key: string, near: number): number {
  for (let step = 0; step < items.length + Math.abs(near); step++) {
    if (items[near - step]?.key === key) return near - step;
    if (items[near + step]?.key === key) return near + step;
    if (near - step < 0 && near + step >= items.length) return -1;
  }
  return -1;
}
