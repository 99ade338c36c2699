import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { addToBlock, type Block, type BlockRow, newBlock } from './block.ts';

export type StoredBlock = Block & { readonly id: number };

/** The columns of `block` under the names of `StoredBlock`. */
export const BLOCK_COLUMNS = 'id, first, last, first_pos AS firstPos, messages, events, rows';

/** Blocks that are in the file, for those who take rows out of them or change what they say. */
export class BlockTable {
  readonly #holding: StatementSync;
  readonly #remove: StatementSync;
  readonly #set: StatementSync;
  readonly #newest: StatementSync;

  constructor(db: DatabaseSync) {
    // Blocks do not overlap: the one that holds a time is the last that begins at it or before.
    this.#holding = db.prepare(
      `SELECT ${BLOCK_COLUMNS} FROM block WHERE timeline = ? AND first <= ? ORDER BY first DESC LIMIT 1`,
    );
    this.#remove = db.prepare('DELETE FROM block WHERE id = ?');
    this.#set = db.prepare(
      'UPDATE block SET first = ?, last = ?, first_pos = ?, messages = ?, events = ?, rows = ? WHERE id = ?',
    );
    this.#newest = db.prepare(
      `SELECT ${BLOCK_COLUMNS} FROM block WHERE timeline = ? AND messages > 0 ORDER BY first DESC LIMIT 1`,
    );
  }

  /** The block that holds this time, if any does. */
  holding(timeline: number, at: number): StoredBlock | undefined {
    return this.#holding.get(timeline, at) as unknown as StoredBlock | undefined;
  }

  /** The newest block of a timeline that has a message in it. */
  newest(timeline: number): StoredBlock | undefined {
    return this.#newest.get(timeline) as unknown as StoredBlock | undefined;
  }

  /** Gives a block these rows; without any it is no longer there. */
  rewrite(id: number, rows: readonly BlockRow[]): void {
    const [head] = rows;
    if (head === undefined) {
      this.#remove.run(id);
      return;
    }
    const block = newBlock(head);
    for (const row of rows) addToBlock(block, row);
    const { first, last, firstPos, messages, events } = block;
    this.#set.run(first, last, firstPos, messages, events, block.rows, id);
  }
}
