/**
 * The nodes of the rows. A node is made anew only when something it shows has changed: Preact skips a subtree whose
 * node is the same object, so that one message more does not cost hundreds of comparisons.
 */
import type { VNode } from 'preact';
import type { RoomView, SaidItem } from '../../../core/client/view.ts';
import { dayName } from '../parts/time.ts';
import { act } from '../session.ts';
import { GapRow, HappenedRow } from './other-rows.tsx';
import type { Row } from './rows.ts';
import { SaidRow } from './said-row.tsx';

/** What is quoted of a message that is answered: one line shows no more. */
const QUOTE_LENGTH_MAX = 200;

/** What the rows of one drawing have in common. */
export interface Drawing {
  readonly room: RoomView;
  /** Our nick. */
  readonly own: string;
  readonly active: string | undefined;
  readonly roving: string | undefined;
  /** The newest own message. */
  readonly newest: string | undefined;
  readonly show: (msgid: string) => void;
}

interface Drawn {
  readonly row: Row;
  /** What the node depends on beside its row. */
  readonly sign: string;
  readonly node: VNode;
}

export class RowNodes {
  #last = new Map<string, Drawn>();
  readonly #quotes = new WeakMap<SaidItem, SaidItem>();

  nodes(rows: readonly Row[], drawing: Drawing): VNode[] {
    const drawn = new Map<string, Drawn>();
    for (const each of rows) {
      const row = each.kind === 'said' ? { ...each, item: this.#quoted(each.item, drawing.room) } : each;
      const sign = signOf(row, drawing);
      const last = this.#last.get(row.key);
      const stands = last !== undefined && last.sign === sign && same(last.row, row);
      drawn.set(row.key, stands ? last : { row, sign, node: makeNode(row, drawing) });
    }
    this.#last = drawn;
    return Array.from(drawn.values(), ({ node }) => node);
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
}

function signOf(row: Row, { own, active, roving, newest }: Drawing): string {
  if (row.kind === 'day') return dayName(row.at, Date.now()); // today is yesterday tomorrow
  return `${row.key === active ? 'a' : ''}${row.key === roving ? 'r' : ''}${row.key === newest ? 'n' : ''} ${own}`;
}

function same(a: Row, b: Row): boolean {
  if (a.kind === 'said') return b.kind === 'said' && a.item === b.item && a.lead === b.lead;
  if (a.kind === 'gap') return b.kind === 'gap' && a.item === b.item;
  if (a.kind !== 'happened' || b.kind !== 'happened') return a.kind === b.kind;
  return a.items.length === b.items.length && a.items[0] === b.items[0] && a.items.at(-1) === b.items.at(-1);
}

function makeNode(row: Row, { room, own, active, roving, newest, show }: Drawing): VNode {
  const { key } = row;
  switch (row.kind) {
    case 'day':
      return (
        <h2 key={key} class="day">
          {dayName(row.at, Date.now())}
        </h2>
      );
    case 'new':
      return (
        <h2 key={key} class="new">
          New
        </h2>
      );
    case 'happened':
      return <HappenedRow key={key} id={key} items={row.items} roving={key === roving} />;
    case 'gap':
      return <GapRow key={key} item={row.item} load={() => act({ do: 'fill-gap', room: room.id, key })} />;
    case 'said':
      return (
        <SaidRow
          key={key}
          room={room.id}
          item={row.item}
          lead={row.lead}
          own={own}
          active={key === active}
          roving={key === roving}
          newest={key === newest}
          show={show}
        />
      );
  }
}
