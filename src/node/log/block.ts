/**
 * Blocks: neighbouring rows of one timeline as one packed string, which is how they lie in the file. A block is some
 * 4 to 16 KiB: a page of history is in one or two of them, and storing a row costs a hundredth of an insert.
 *
 * `rows = *( at SP pos SP said )`, with `at` and `pos` counted from `first` and `firstPos`; `said` is in said.ts.
 */
import type { Row } from '../../core/ports.ts';
import { PackedReader } from './packed-reader.ts';
import { readSaid, type Said, unpackSaid } from './said.ts';

export interface Block {
  /** Times of its first and last row. */
  readonly first: number;
  last: number;
  readonly firstPos: number;
  /** How many rows of each kind. */
  messages: number;
  events: number;
  rows: string;
}

export interface BlockRow extends Said {
  readonly at: number;
  readonly pos: number;
}

/** A block takes no more rows once it is so long, in characters. */
const BLOCK_LENGTH_ENOUGH = 16_384;

export function newBlock({ at, pos }: BlockRow): Block {
  return { first: at, last: at, firstPos: pos, messages: 0, events: 0, rows: '' };
}

export function isFull(block: Block): boolean {
  return block.rows.length >= BLOCK_LENGTH_ENOUGH;
}

/** Adds a row that is newer than those of the block. */
export function addToBlock(block: Block, { at, pos, kind, said }: BlockRow): void {
  block.rows += `${at - block.first} ${pos - block.firstPos} ${said}`;
  block.last = at;
  if (kind === 'message') block.messages += 1;
  else block.events += 1;
}

export function readBlock({ first, firstPos, rows }: Pick<Block, 'first' | 'firstPos' | 'rows'>): BlockRow[] {
  const reader = new PackedReader(rows);
  const found: BlockRow[] = [];
  while (!reader.ended) {
    const at = first + reader.number();
    const pos = firstPos + reader.number();
    found.push({ at, pos, ...readSaid(reader) });
  }
  return found;
}

/** A row as it is told outside; `timeline` and `between` are the same for all rows of a block. */
export function unpackRow({ at, pos, said }: BlockRow, timeline: Pick<Row, 'timeline' | 'between'>): Row {
  return { ...timeline, at, pos, ...unpackSaid(said) };
}
