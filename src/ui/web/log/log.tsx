/**
 * The timeline of one room. It draws the rows of a sliding window and keeps the reader's place:
 *
 * - Who follows the newest message stays at the bottom, whatever arrives.
 * - Who reads further up keeps the row at the top of the view where it is, whatever is put in or taken away above or
 *   below. The browser's own scroll anchoring is off: two anchors would fight.
 *
 * Before each drawing the first row in view and its place are noted; after it, the scroll position is moved by as much
 * as that row moved.
 */
import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import { ITEMS_MAX, type Item, type RoomView, type SaidItem } from '../../../core/client/view.ts';
import { route } from '../navigation.ts';
import { act, view } from '../session.ts';
import { Icon } from '../parts/icons.tsx';
import { dayName } from '../parts/time.ts';
import { bottomInView } from '../attention/reading.ts';
import { rowsOf, type Row } from './rows.ts';
import { SaidRow } from './said-row.tsx';
import { GapRow, HappenedRow } from './other-rows.tsx';
import { SlidingWindow } from './sliding-window.ts';

/** Closer to an edge of the page's rows than this, more are put there. About a screen. */
const NEAR_EDGE_PX = 700;
/** Rounding, zoom and a last line's descent: this close to the end is the end. */
const AT_BOTTOM_PX = 32;

/** What is quoted of a message that is answered: one line shows no more. */
const QUOTE_LENGTH_MAX = 200;

interface Anchor {
  readonly key: string;
  readonly top: number;
}

/** Where the reader of a room was, for when they come back to it. */
const places = new Map<string, Anchor>();

export function Log({ room, own }: { room: RoomView; own: string }) {
  const [, redraw] = useReducer<number, void>((n) => n + 1, 0);
  const scroller = useRef<HTMLDivElement>(null);
  const state = useRef<LogState>(undefined);
  const log = (state.current ??= new LogState(room, redraw));
  log.draw(room, scroller.current);

  useLayoutEffect(() => log.drawn(scroller.current));
  useEffect(() => log.mount(scroller.current), []);

  // A link to one message: shown once it is loaded.
  const asked = route.value?.msgid;
  useEffect(() => {
    if (asked !== undefined) log.showMessage(asked);
  }, [asked, room.version]);

  const rows = rowsOf(room.items, log.window.span, room.dividerKey);
  const newest = room.items.findLast((item) => item.kind === 'said' && item.own)?.key;
  const unseen = log.unseen(room.items);
  return (
    <div class="log-frame">
      <section
        ref={scroller}
        class="log"
        aria-label={`Messages in ${room.name}`}
        tabIndex={-1}
        onScroll={log.scrolled}
        onPointerOver={log.pointed}
        onPointerLeave={log.pointedAway}
        onFocusIn={log.focusedIn}
        onFocusOut={log.focusedOut}
        onKeyDown={log.keyPressed}
      >
        <Top room={room} atOldest={log.window.atOldest} />
        {rows.map((row) => log.row(row, room, own, newest))}
      </section>
      {!log.window.following && (
        <button type="button" class={`pill${unseen > 0 ? ' fresh' : ''}`} onClick={log.toNewest}>
          <Icon name="down" size={16} />
          {unseen > 0 ? `${unseen} new` : 'Latest'}
          <span class="unseen"> messages. Go to the newest.</span>
        </button>
      )}
    </div>
  );
}

/** What stands above the oldest row. Its height does not depend on whether something is loading. */
function Top({ room, atOldest }: { room: RoomView; atOldest: boolean }) {
  if (!atOldest || room.kind === 'server') return <div class="log-top" />;
  if (!room.beginningKnown) {
    return (
      <div class="log-top">
        {room.loadingOlder
          ? 'Loading earlier messages…'
          : room.items.length >= ITEMS_MAX
            ? 'Earlier messages are on the server; this page holds no more.'
            : ''}
      </div>
    );
  }
  const alone = room.kind === 'room' && room.joined && room.members.length <= 1;
  return (
    <div class="log-top">
      <h2>
        <bdi>{room.name}</bdi>
      </h2>
      <p>
        {room.kind === 'direct'
          ? `This is the beginning of your conversation with ${room.name}.`
          : alone
            ? 'You are the first one here. Open the room’s name above for a link to share.'
            : 'This is the beginning of the room.'}
      </p>
    </div>
  );
}

class LogState {
  readonly window = new SlidingWindow();
  #room: RoomView;
  readonly #redraw: () => void;
  #anchor: Anchor | undefined;
  /** The newest item when the reader left the bottom: what follows is counted in the pill. */
  #lastSeen: string | undefined;
  #active: string | undefined;
  #roving: string | undefined;
  #asked: { key: string | undefined; at: number } | undefined;
  #opened = false;
  /** Where the bottom was when it was last scrolled to. */
  #followedTop = 0;
  #shownMsgid: string | undefined;
  #element: HTMLElement | null = null;
  /** Rows as they were drawn last: Preact skips a subtree whose node is the same object. */
  #drawn = new Map<string, { row: Row; sign: string; node: VNode }>();
  readonly #quotes = new WeakMap<SaidItem, SaidItem>();
  #fresh = new Map<string, { row: Row; sign: string; node: VNode }>();

  constructor(room: RoomView, redraw: () => void) {
    this.#room = room;
    this.#redraw = redraw;
  }

  /** Before the rows change: notes the reader's place and moves the window to the timeline as it is. */
  draw(room: RoomView, element: HTMLElement | null): void {
    this.#room = room;
    if (element !== null && this.#opened) {
      // A drawing may come between a scroll and its event: the reader has left the bottom all the same.
      const left = element.scrollTop < this.#followedTop - 2 && below(element) > AT_BOTTOM_PX;
      if (this.window.following && left) this.#leaveBottom();
      this.#anchor = this.#measure(element) ?? this.#anchor;
    }
    this.window.sync(room.items);
    this.#drawn = this.#fresh;
    this.#fresh = new Map();
  }

  /** One row's node; the last one while nothing it shows has changed. */
  row(row: Row, room: RoomView, own: string, newest: string | undefined): VNode {
    const active = row.key === this.#active;
    const roving = row.key === (this.#roving ?? room.items.at(-1)?.key);
    const sign = `${active ? 'a' : ''}${roving ? 'r' : ''}${row.key === newest ? 'n' : ''}`;
    if (row.kind === 'said') row = { ...row, item: this.#quoted(row.item, room) };
    const last = this.#drawn.get(row.key);
    const node =
      last !== undefined && last.sign === sign && same(last.row, row) ? last.node : this.#node(row, own, sign);
    this.#fresh.set(row.key, { row, sign, node });
    return node;
  }

  /** A reply that came before what it answers (a page of history does) finds it once both are here. */
  #quoted(item: SaidItem, room: RoomView): SaidItem {
    const { replyTo } = item;
    if (replyTo === undefined || replyTo.from !== '') return item;
    const known = this.#quotes.get(item);
    if (known !== undefined) return known;
    const said = room.items.find((other) => other.kind === 'said' && other.msgid === replyTo.msgid);
    if (said?.kind !== 'said') return item;
    const quoted = { ...item, replyTo: { ...replyTo, from: said.from, text: said.text.slice(0, QUOTE_LENGTH_MAX) } };
    this.#quotes.set(item, quoted);
    return quoted;
  }

  #node(row: Row, own: string, sign: string): VNode {
    const [active, roving, newest] = [sign.includes('a'), sign.includes('r'), sign.includes('n')];
    const id = this.#room.id;
    switch (row.kind) {
      case 'day':
        return (
          <h2 key={row.key} class="day">
            {dayName(row.at, Date.now())}
          </h2>
        );
      case 'new':
        return (
          <h2 key={row.key} class="new">
            New
          </h2>
        );
      case 'happened':
        return <HappenedRow key={row.key} id={row.key} items={row.items} roving={roving} />;
      case 'gap':
        return <GapRow key={row.key} item={row.item} load={() => act({ do: 'fill-gap', room: id, key: row.key })} />;
      case 'said':
        return (
          <SaidRow
            key={row.key}
            room={id}
            item={row.item}
            lead={row.lead}
            own={own}
            active={active}
            roving={roving}
            newest={newest}
            show={this.showMessage}
          />
        );
    }
  }

  /** After the rows changed: puts the reader back. */
  drawn(element: HTMLElement | null): void {
    this.#element = element;
    if (element === null) return;
    if (!this.#opened && this.#room.items.length > 0) this.#open(element);
    else this.#restore(element);
    this.#judge(element);
  }

  /** First sight of the room: where the reader was, else the first unread when it is out of view, else the newest. */
  #open(element: HTMLElement): void {
    this.#opened = true;
    const place = places.get(this.#room.id);
    element.scrollTop = element.scrollHeight;
    const back = place !== undefined && this.window.around(place.key);
    if (back) {
      this.#leaveBottom();
      this.#anchor = place;
      return this.#redraw();
    }
    const divider = element.querySelector('.new');
    if (divider === null) return;
    const above = divider.getBoundingClientRect().top - element.getBoundingClientRect().top;
    if (above >= 0) return;
    this.#leaveBottom();
    element.scrollTop += above - element.clientHeight / 4;
    this.#anchor = this.#measure(element);
  }

  #restore(element: HTMLElement): void {
    if (this.window.following) {
      element.scrollTop = element.scrollHeight;
      this.#followedTop = element.scrollTop;
      return;
    }
    if (this.#anchor === undefined) return;
    const row = this.#find(element, this.#anchor.key);
    if (row === undefined) return;
    const moved = topOf(row, element) - this.#anchor.top;
    if (Math.abs(moved) >= 0.5) element.scrollTop += moved;
  }

  mount(element: HTMLElement | null): () => void {
    if (element === null) return () => undefined;
    const size = new ResizeObserver(() => this.#restore(element));
    size.observe(element);
    return () => {
      size.disconnect();
      if (bottomInView.value === this.#room.id) bottomInView.value = undefined;
      if (this.window.following || this.#anchor === undefined) places.delete(this.#room.id);
      else places.set(this.#room.id, this.#anchor);
    };
  }

  readonly scrolled = (): void => {
    const element = this.#element;
    if (element === null || !this.#opened) return;
    this.#anchor = this.#measure(element) ?? this.#anchor;
    this.#judge(element);
  };

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
    this.window.following = false;
    this.#lastSeen = this.#room.items.at(-1)?.key;
  }

  /** Asks once for what is before the first item; again for the same only after a while (the link may have been down). */
  #askOlder(): void {
    const room = this.#room;
    if (room.beginningKnown || room.loadingOlder || room.kind === 'server' || view.value?.link.state !== 'online')
      return;
    if (room.items.length >= ITEMS_MAX) return;
    const key = room.items[0]?.key;
    if (this.#asked !== undefined && this.#asked.key === key && performance.now() - this.#asked.at < 3_000) return;
    this.#asked = { key, at: performance.now() };
    act({ do: 'older', room: room.id });
  }

  /** Messages of others that came while the reader was elsewhere in the timeline. */
  unseen(items: readonly Item[]): number {
    if (this.window.following || this.#lastSeen === undefined) return 0;
    let n = 0;
    for (let i = items.length - 1; i >= 0; i--) {
      const item = items[i];
      if (item === undefined || item.key === this.#lastSeen) break;
      if (item.kind === 'said' && !item.own) n += 1;
    }
    return n;
  }

  readonly toNewest = (): void => {
    this.window.toNewest();
    this.#redraw();
    document.querySelector<HTMLElement>('.composer textarea')?.focus();
  };

  /** Scrolls to a message, if it is here, and gives it the focus. */
  readonly showMessage = (msgid: string): void => {
    if (this.#shownMsgid === msgid && route.value?.msgid === msgid) return;
    const key = this.#room.items.find((item) => item.kind === 'said' && item.msgid === msgid)?.key;
    if (key === undefined || !this.window.around(key)) return;
    this.#shownMsgid = route.value?.msgid === msgid ? msgid : undefined;
    this.#leaveBottom();
    this.#anchor = { key, top: (this.#element?.clientHeight ?? 0) / 3 };
    this.#roving = key;
    this.#redraw();
    requestAnimationFrame(() => {
      const element = this.#element;
      const row = element === null ? undefined : this.#find(element, key);
      if (element === null || row === undefined) return;
      element.scrollTop += topOf(row, element) - element.clientHeight / 3;
      row.focus({ preventScroll: true });
    });
  };

  readonly pointed = (event: PointerEvent): void => {
    if (event.pointerType === 'touch') return; // a finger focuses instead: hovering would open what it scrolls over
    this.#activate(keyOf(event.target));
  };

  readonly pointedAway = (): void => this.#activate(keyOf(document.activeElement));

  readonly focusedIn = (event: FocusEvent): void => {
    const key = keyOf(event.target);
    if (key === undefined) return;
    this.#roving = key;
    this.#activate(key);
  };

  readonly focusedOut = (event: FocusEvent): void => {
    if (keyOf(event.relatedTarget) === undefined) this.#activate(undefined);
  };

  #activate(key: string | undefined): void {
    if (key === this.#active) return;
    this.#active = key;
    this.#redraw();
  }

  /** Arrows walk from row to row; the letters that act on a message are the row's own. */
  readonly keyPressed = (event: KeyboardEvent): void => {
    const element = this.#element;
    const target = event.target;
    if (element === null || !(target instanceof HTMLElement) || target.dataset['key'] === undefined) return;
    const rows = [...element.querySelectorAll<HTMLElement>('[data-key]')];
    const at = rows.indexOf(target);
    const next =
      event.key === 'ArrowUp'
        ? rows[at - 1]
        : event.key === 'ArrowDown'
          ? rows[at + 1]
          : event.key === 'Home'
            ? rows[0]
            : event.key === 'End'
              ? rows.at(-1)
              : undefined;
    if (event.key === 'Escape') document.querySelector<HTMLElement>('.composer textarea')?.focus();
    else if (next !== undefined) next.focus();
    else return;
    event.preventDefault();
  };

  /** The first row that is at least partly in view, found by halving. */
  #measure(element: HTMLElement): Anchor | undefined {
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

  #find(element: HTMLElement, key: string): HTMLElement | undefined {
    return element.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`) ?? undefined;
  }
}

/** What is below the view. */
function below(element: HTMLElement): number {
  return element.scrollHeight - element.scrollTop - element.clientHeight;
}

function topOf(row: HTMLElement, element: HTMLElement): number {
  return row.getBoundingClientRect().top - element.getBoundingClientRect().top;
}

function keyOf(target: EventTarget | null): string | undefined {
  if (!(target instanceof Element)) return undefined;
  return target.closest<HTMLElement>('.log [data-key]')?.dataset['key'];
}

function same(a: Row, b: Row): boolean {
  if (a.kind === 'said' && b.kind === 'said') return a.item === b.item && a.lead === b.lead;
  if (a.kind === 'gap' && b.kind === 'gap') return a.item === b.item;
  if (a.kind === 'happened' && b.kind === 'happened') {
    return a.items.length === b.items.length && a.items[0] === b.items[0] && a.items.at(-1) === b.items.at(-1);
  }
  return a.kind === b.kind && a.kind !== 'said';
}
