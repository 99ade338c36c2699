/**
 * Keeps the reader's place in the log of one room:
 *
 * - Who follows the newest message stays at the bottom, whatever arrives.
 * - Who reads further up keeps the row at the top of the view where it is, whatever is put in or taken away above or
 *   below. The browser's own scroll anchoring is off: two anchors would fight.
 *
 * Before each drawing the first row in view and its place are noted; after it, the scroll position is moved by as much
 * as that row moved.
 */
import type { RoomView } from '../../../core/client/view.ts';
import { bottomInView } from '../attention/reading.ts';
import { act, view } from '../session.ts';
import { SlidingWindow } from './sliding-window.ts';

/** Closer to an edge of the page's rows than this, more are put there. About a screen. */
const NEAR_EDGE_PX = 700;
/** Rounding, zoom and a last line's descent: this close to the end is the end. */
const AT_BOTTOM_PX = 32;
/** Before the same older messages are asked for again: the link may have been down the first time. */
const ASK_AGAIN_MS = 3_000;
/** Where a message that was looked for comes to stand, as a part of the view's height. */
const SHOWN_AT = 1 / 3;

interface Anchor {
  readonly key: string;
  readonly top: number;
}

/** Where the reader of a room was, for when they come back to it. */
const places = new Map<string, Anchor>();

export class Reader {
  readonly window = new SlidingWindow();
  #room: RoomView;
  readonly #redraw: () => void;
  #element: HTMLElement | undefined;
  #anchor: Anchor | undefined;
  #opened = false;
  /** Where the bottom was when it was last scrolled to. */
  #followedTop = 0;
  /** The newest item when the reader left the bottom: what follows is counted. */
  #lastSeen: string | undefined;
  #asked: { readonly key: string | undefined; readonly at: number } | undefined;
  /** The row that gets the focus once it is drawn. */
  #focusKey: string | undefined;

  constructor(room: RoomView, redraw: () => void) {
    this.#room = room;
    this.#redraw = redraw;
  }

  /** From the moment the log is in the page; returns what ends it. */
  mount(element: HTMLElement): () => void {
    const size = new ResizeObserver(() => this.#restore(element));
    size.observe(element);
    return () => {
      size.disconnect();
      if (bottomInView.value === this.#room.id) bottomInView.value = undefined;
      if (this.window.following || this.#anchor === undefined) places.delete(this.#room.id);
      else places.set(this.#room.id, this.#anchor);
    };
  }

  /** Before the rows change: notes the reader's place and moves the window to the timeline as it is. */
  draw(room: RoomView): void {
    this.#room = room;
    const element = this.#element;
    if (element !== undefined && this.#opened) {
      // A drawing may come between a scroll and its event: the reader has left the bottom all the same.
      const left = element.scrollTop < this.#followedTop - 2 && below(element) > AT_BOTTOM_PX;
      if (this.window.following && left) this.#leaveBottom();
      if (!this.window.following && this.#focusKey === undefined) this.#anchor = firstInView(element) ?? this.#anchor;
    }
    this.window.sync(room.items);
  }

  /** After the rows changed: puts the reader back. */
  drawn(element: HTMLElement): void {
    this.#element = element;
    if (!this.#opened && this.#room.items.length > 0) this.#open(element);
    else this.#restore(element);
    if (this.#focusKey !== undefined) rowOf(element, this.#focusKey)?.focus({ preventScroll: true });
    this.#focusKey = undefined;
    this.#judge(element);
  }

  readonly scrolled = (): void => {
    const element = this.#element;
    if (element === undefined || !this.#opened) return;
    this.#anchor = firstInView(element) ?? this.#anchor;
    this.#judge(element);
  };

  toNewest(): void {
    this.window.toNewest();
    this.#redraw();
  }

  /** Scrolls to a message and gives it the focus. False when it is not loaded. */
  show(msgid: string): boolean {
    const key = this.#room.items.find((item) => item.kind === 'said' && item.msgid === msgid)?.key;
    if (key === undefined || !this.window.around(key)) return false;
    this.#leaveBottom();
    this.#anchor = { key, top: (this.#element?.clientHeight ?? 0) * SHOWN_AT };
    this.#focusKey = key;
    this.#redraw();
    return true;
  }

  /** Messages of others that came since the reader left the bottom. */
  get unseen(): number {
    if (this.window.following || this.#lastSeen === undefined) return 0;
    let n = 0;
    for (let i = this.#room.items.length - 1; i >= 0; i--) {
      const item = this.#room.items[i];
      if (item === undefined || item.key === this.#lastSeen) break;
      if (item.kind === 'said' && !item.own) n += 1;
    }
    return n;
  }

  /** First sight of the room: where the reader was, else the first unread when it is out of view, else the newest. */
  #open(element: HTMLElement): void {
    this.#opened = true;
    element.scrollTop = element.scrollHeight;
    const place = places.get(this.#room.id);
    if (place !== undefined && this.window.around(place.key)) {
      this.#leaveBottom();
      this.#anchor = place;
      return this.#redraw();
    }
    const divider = element.querySelector<HTMLElement>('.new');
    const above = divider === null ? 0 : topOf(divider, element);
    if (above >= 0) return;
    this.#leaveBottom();
    element.scrollTop += above - element.clientHeight * SHOWN_AT;
    this.#anchor = firstInView(element);
  }

  #restore(element: HTMLElement): void {
    if (this.window.following) {
      element.scrollTop = element.scrollHeight;
      this.#followedTop = element.scrollTop;
      return;
    }
    const row = this.#anchor === undefined ? undefined : rowOf(element, this.#anchor.key);
    if (row === undefined || this.#anchor === undefined) return;
    const moved = topOf(row, element) - this.#anchor.top;
    if (Math.abs(moved) >= 0.5) element.scrollTop += moved;
  }

  /** Decides from the scroll position: following or not, and whether an edge of the window is near. */
  #judge(element: HTMLElement): void {
    if (!this.#opened) return;
    const rest = below(element);
    const atBottom = rest <= AT_BOTTOM_PX && this.window.atNewest;
    bottomInView.value = atBottom ? this.#room.id : undefined;
    if (atBottom !== this.window.following) {
      if (atBottom) this.window.following = true;
      else this.#leaveBottom();
      this.#redraw();
    }
    if (element.scrollTop < NEAR_EDGE_PX) {
      if (this.window.extendUp()) this.#redraw();
      else this.#askOlder();
    } else if (rest < NEAR_EDGE_PX && this.window.extendDown()) this.#redraw();
  }

  #leaveBottom(): void {
    if (this.window.following) this.#lastSeen = this.#room.items.at(-1)?.key;
    this.window.following = false;
  }

  #askOlder(): void {
    const { id, kind, items, beginningKnown, loadingOlder } = this.#room;
    if (beginningKnown || loadingOlder || kind === 'server' || view.value?.link.state !== 'online') return;
    const [key, at] = [items[0]?.key, performance.now()];
    if (this.#asked !== undefined && this.#asked.key === key && at - this.#asked.at < ASK_AGAIN_MS) return;
    this.#asked = { key, at };
    act({ do: 'older', room: id });
  }
}

/** The first row that is at least partly in view, found by halving. */
function firstInView(element: HTMLElement): Anchor | undefined {
  const rows = element.querySelectorAll<HTMLElement>('[data-key]');
  const edge = element.getBoundingClientRect().top;
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.getBoundingClientRect().bottom ?? 0) > edge + 1) high = middle;
    else low = middle + 1;
  }
  const row = rows[low];
  const key = row?.dataset['key'];
  return row === undefined || key === undefined ? undefined : { key, top: topOf(row, element) };
}

function rowOf(element: HTMLElement, key: string): HTMLElement | undefined {
  return element.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`) ?? undefined;
}

function topOf(row: HTMLElement, element: HTMLElement): number {
  return row.getBoundingClientRect().top - element.getBoundingClientRect().top;
}

/** What is below the view. */
function below(element: HTMLElement): number {
  return element.scrollHeight - element.scrollTop - element.clientHeight;
}
