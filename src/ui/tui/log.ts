/**
 * The window onto a room's items. It follows the newest, or it stands at an anchor: a row of an item that stays at the
 * top of the window whatever is added before or behind it, and however wide the terminal becomes. Only what is in
 * the window is wrapped, and what was wrapped for a width is kept as long as the item lives.
 */
import type { Item, RoomView, SaidItem } from '../../core/client/view.ts';
import type { Clock } from './clock.ts';
import { columnsOf, condensable, gapRow, happenedRows, rule, saidRows, type Beside, type Columns } from './message.ts';
import { MUTED, type Row } from './row.ts';

/** The item whose row stands at the top, which of its rows that is, and its time, should the item be dropped. */
export interface Anchor {
  readonly key: string;
  readonly row: number;
  readonly at: number;
}

export interface Window {
  readonly columns: number;
  readonly height: number;
  /** Undefined: the newest item stands at the bottom. */
  readonly anchor: Anchor | undefined;
  /** Key of the chosen item. */
  readonly chosen: string | undefined;
  readonly now: number;
  readonly clock: Clock;
}

/** A message is shown as being sent only after this long, so that a quick server causes no flicker. */
const SENDING_MS = 300;

export interface Page {
  /** At most `height` rows. */
  readonly rows: readonly Row[];
  readonly top: Anchor | undefined;
  /** Items behind the last row: how much is newer than what is seen. */
  readonly newer: number;
  /** When the look of a shown message changes by itself. */
  readonly changesAt: number | undefined;
}

export function page(room: RoomView, window: Window): Page {
  const log = new Log(room, window);
  return log.page(log.place(window.anchor));
}

/** The anchor after moving the window by so many rows (negative is towards older); undefined follows the newest. */
export function scroll(room: RoomView, window: Window, rows: number): Anchor | undefined {
  const log = new Log(room, window);
  return log.moved(log.place(window.anchor), rows);
}

/** The anchor that puts this item into the window: where it is seen already nothing moves. */
export function reveal(room: RoomView, window: Window, key: string): Anchor | undefined {
  return new Log(room, window).revealed(key);
}

/** Items in one block: a message, or happenings that stand together. */
interface Block {
  readonly start: number;
  /** Index of the last item. */
  readonly end: number;
}

interface Place {
  readonly block: Block;
  readonly row: number;
}

class Log {
  private readonly items: readonly Item[];
  private readonly columns: Columns;
  private readonly newestOwn: Item | undefined;
  private changesAt: number | undefined;
  private readonly room: RoomView;
  private readonly window: Window;

  constructor(room: RoomView, window: Window) {
    this.room = room;
    this.window = window;
    this.items = room.items;
    this.columns = columnsOf(window.columns);
    this.newestOwn = newestOwn(room.items);
  }

  /** Where the top of the window is. */
  place(anchor: Anchor | undefined): Place | undefined {
    if (this.items.length === 0) return undefined;
    const bottom = this.bottom();
    if (anchor === undefined || bottom === undefined) return bottom;
    const block = this.blockAt(this.indexOf(anchor));
    const place = { block, row: Math.min(anchor.row, this.rows(block).length - 1) };
    // A window that has grown past the newest would be half empty.
    return earlier(place, bottom) ? place : bottom;
  }

  page(top: Place | undefined): Page {
    const { height } = this.window;
    if (top === undefined) return { rows: [], top: undefined, newer: 0, changesAt: undefined };
    const rows: Row[] = [];
    let block: Block | undefined = top.block;
    let from = top.row;
    let shown = top.block.start;
    while (block !== undefined && rows.length < height) {
      const all = this.rows(block);
      const fitting = all.slice(from, from + height - rows.length);
      rows.push(...fitting);
      // An item that is cut at the lower edge is not seen yet.
      shown = from + fitting.length >= all.length ? block.end + 1 : block.start;
      from = 0;
      block = this.after(block);
    }
    const first = this.items[top.block.start];
    return {
      rows,
      top: first === undefined ? undefined : { key: first.key, row: top.row, at: first.at },
      newer: Math.max(0, this.items.length - shown),
      changesAt: this.changesAt,
    };
  }

  moved(top: Place | undefined, by: number): Anchor | undefined {
    if (top === undefined) return undefined;
    const next = by < 0 ? this.up(top, -by) : this.down(top, by);
    // At or past the newest: follow it.
    const bottom = this.bottom();
    if (bottom === undefined || !earlier(next, bottom)) return undefined;
    const item = this.items[next.block.start];
    return item === undefined ? undefined : { key: item.key, row: next.row, at: item.at };
  }

  revealed(key: string): Anchor | undefined {
    const index = this.items.findIndex((item) => item.key === key);
    const top = this.place(this.window.anchor);
    if (index === -1 || top === undefined) return this.window.anchor;
    const block = this.blockAt(index);
    const length = this.rows(block).length;
    if (earlier({ block, row: 0 }, top)) return this.moved({ block, row: 0 }, 0);
    // The highest top that still shows the last row of the item.
    const lowest = this.up({ block, row: length - 1 }, Math.max(0, this.window.height - 1));
    return earlier(top, lowest) ? this.moved(lowest, 0) : this.window.anchor;
  }

  /** The top of the window when the newest row is its last. */
  private bottom(): Place | undefined {
    const block = this.blockAt(this.items.length - 1);
    return this.up({ block, row: this.rows(block).length - 1 }, Math.max(0, this.window.height - 1));
  }

  private up(place: Place, by: number): Place {
    let { block, row } = place;
    let left = by;
    while (left > row) {
      const before = this.before(block);
      if (before === undefined) return { block, row: 0 };
      left -= row + 1;
      block = before;
      row = this.rows(block).length - 1;
    }
    return { block, row: row - left };
  }

  private down(place: Place, by: number): Place {
    let { block, row } = place;
    let left = by;
    for (;;) {
      const rest = this.rows(block).length - 1 - row;
      if (left <= rest) return { block, row: row + left };
      const after = this.after(block);
      if (after === undefined) return { block, row: row + rest };
      left -= rest + 1;
      block = after;
      row = 0;
    }
  }

  private before(block: Block): Block | undefined {
    return block.start === 0 ? undefined : this.blockAt(block.start - 1);
  }

  private after(block: Block): Block | undefined {
    return block.end + 1 >= this.items.length ? undefined : this.blockAt(block.end + 1);
  }

  private blockAt(index: number): Block {
    let start = index;
    let end = index;
    while (start > 0 && this.together(start - 1)) start -= 1;
    while (end + 1 < this.items.length && this.together(end)) end += 1;
    return { start, end };
  }

  /** Whether the item at `index` and the next are told in one line. */
  private together(index: number): boolean {
    const item = this.items[index];
    const next = this.items[index + 1];
    if (item?.kind !== 'happened' || next?.kind !== 'happened') return false;
    if (!condensable(item) || !condensable(next) || next.key === this.room.dividerKey) return false;
    return this.window.clock.day(item.at) === this.window.clock.day(next.at);
  }

  private indexOf(anchor: Anchor): number {
    const index = this.items.findIndex((item) => item.key === anchor.key);
    if (index !== -1) return index;
    const later = this.items.findIndex((item) => item.at >= anchor.at);
    return later === -1 ? this.items.length - 1 : later;
  }

  /** The rows of a block with all that stands before it: the day, the divider, the beginning of the room. */
  private rows(block: Block): readonly Row[] {
    const item = this.items[block.start];
    if (item === undefined) return [];
    const before = this.items[block.start - 1];
    const { clock } = this.window;
    const rows: Row[] = [];
    if (block.start === 0) {
      const word = this.room.loadingOlder
        ? 'loading older messages …'
        : this.room.beginningKnown
          ? `the beginning of ${this.room.name}`
          : 'PgUp loads older messages';
      if (this.room.kind !== 'server') rows.push(rule(word, this.window.columns, MUTED, '·'));
    }
    const day = clock.day(item.at);
    if (before === undefined || clock.day(before.at) !== day) rows.push(rule(day, this.window.columns, MUTED));
    if (item.key === this.room.dividerKey) rows.push(rule('new', this.window.columns, { role: 'accent' }));
    rows.push(...this.itemRows(item, block));
    return rows;
  }

  private itemRows(item: Item, block: Block): readonly Row[] {
    const chosen = item.key === this.window.chosen;
    const { clock } = this.window;
    if (item.kind === 'gap') return [gapRow(item, this.columns, chosen)];
    if (item.kind === 'said') {
      const mark = this.mark(item);
      return cached(item, `${this.columns.total} ${mark} ${chosen}`, () =>
        saidRows(item, this.columns, { mark, chosen }, clock),
      );
    }
    const items = this.items.slice(block.start, block.end + 1).filter((one) => one.kind === 'happened');
    return cached(item, `${this.columns.total} ${items.length} ${items.at(-1)?.key}`, () =>
      happenedRows(items, this.columns, clock),
    );
  }

  private mark(item: SaidItem): Beside['mark'] {
    const { delivery } = item;
    if (!item.own) return '';
    if (delivery.state === 'queued' || delivery.state === 'failed') return delivery.state;
    if (delivery.state === 'sent') return item === this.newestOwn ? 'sent' : '';
    const visibleAt = delivery.since + SENDING_MS;
    if (this.window.now >= visibleAt) return 'sending';
    this.changesAt = Math.min(this.changesAt ?? visibleAt, visibleAt);
    return '';
  }
}

function earlier(a: Place, b: Place): boolean {
  return a.block.start !== b.block.start ? a.block.start < b.block.start : a.row < b.row;
}

function newestOwn(items: readonly Item[]): Item | undefined {
  // Far back nobody looks for it; a room may have thousands of items that are not ours.
  for (let index = items.length - 1; index >= Math.max(0, items.length - 200); index -= 1) {
    const item = items[index];
    if (item?.kind === 'said' && item.own) return item;
  }
  return undefined;
}

/** Items never change, so what was laid out for one lives as long as it does. */
const laidOut = new WeakMap<Item, { readonly key: string; readonly rows: readonly Row[] }>();

function cached(item: Item, key: string, make: () => readonly Row[]): readonly Row[] {
  const found = laidOut.get(item);
  if (found?.key === key) return found.rows;
  const rows = make();
  laidOut.set(item, { key, rows });
  return rows;
}
