import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { addToBlock, type Block, isFull, newBlock } from './block.ts';
import { type PackedRow, readFrame } from './frame.ts';
import type { RowChange } from '../../core/ports.ts';
import { ChangedRows } from './changed-rows.ts';
import { KIND } from './schema.ts';

/** Timelines whose numbers are remembered; a busy server has fewer that are spoken in at once. */
const TIMELINE_IDS_MAX = 20_000;

/**
 * The last block of a timeline is continued while it is shorter than this, in bytes: a quiet room would
 * otherwise have a block for each message, and a busy one would have its last block written again and again.
 */
const CONTINUED_BYTES_MAX = 4_096;

/** A timeline's part in a merge. */
interface Share {
  readonly id: number;
  /** The block that is being filled, and the number it has when it comes from the file. */
  block: Block;
  blockId: number | undefined;
  newest: number | undefined;
  paired: boolean;
}

/** Moves the rows of frames into blocks. Runs within a transaction of its caller. */
export class Merger {
  readonly #timelineIds = new Map<string, number>();
  readonly #findTimeline: StatementSync;
  readonly #addTimeline: StatementSync;
  readonly #pairTimeline: StatementSync;
  readonly #setNewest: StatementSync;
  readonly #addParticipant: StatementSync;
  readonly #lastBlock: StatementSync;
  readonly #addBlock: StatementSync;
  readonly #setBlock: StatementSync;
  readonly #addSent: StatementSync;
  readonly #putRecord: StatementSync;
  readonly #dropRecord: StatementSync;
  readonly #setMeta: StatementSync;
  readonly #changed: ChangedRows;

  constructor(db: DatabaseSync) {
    this.#findTimeline = db.prepare('SELECT id FROM timeline WHERE name = ?');
    this.#addTimeline = db.prepare('INSERT INTO timeline(name) VALUES (?)');
    this.#pairTimeline = db.prepare('UPDATE timeline SET one = ?, other = ? WHERE id = ? AND one IS NULL');
    this.#setNewest = db.prepare('UPDATE timeline SET newest = ? WHERE id = ?');
    this.#addParticipant = db.prepare('INSERT OR IGNORE INTO participant(identity, timeline) VALUES (?, ?)');
    this.#lastBlock = db.prepare(
      `SELECT id, first, last, first_pos AS firstPos, messages, events, rows FROM block
       WHERE timeline = ? AND octet_length(rows) < ${CONTINUED_BYTES_MAX}
         AND first = (SELECT max(first) FROM block WHERE timeline = ?)`,
    );
    this.#addBlock = db.prepare(
      'INSERT INTO block(timeline, first, last, first_pos, messages, events, rows) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#setBlock = db.prepare('UPDATE block SET last = ?, messages = ?, events = ?, rows = ? WHERE id = ?');
    // The first use of a send id is the one that a resend is told of.
    this.#addSent = db.prepare('INSERT OR IGNORE INTO sent(send_id, timeline, kind, at, pos) VALUES (?, ?, ?, ?, ?)');
    this.#putRecord = db.prepare('INSERT OR REPLACE INTO record(kind, key, value) VALUES (?, ?, ?)');
    this.#dropRecord = db.prepare('DELETE FROM record WHERE kind = ? AND key = ?');
    this.#changed = new ChangedRows(db);
    this.#setMeta = db.prepare('UPDATE meta SET pos = max(pos, ?), at = max(at, ?)');
  }

  merge(frames: readonly string[]): void {
    const shares = new Map<string, Share>();
    const changes = new Map<string, RowChange[]>();
    let lastPos = 0;
    let lastAt = 0;
    for (const frame of frames) {
      for (const { pos, rows, puts, changes: changed } of readFrame(frame)) {
        lastPos = pos;
        for (const row of rows) {
          lastAt = Math.max(lastAt, row.at);
          this.#addRow(this.#share(shares, row), row);
          // Times rise: a change of this time was made before there was such a row, and so of nothing.
          if (changes.size > 0) changes.delete(placeOf(row));
        }
        for (const change of changed) {
          const before = changes.get(placeOf(change));
          if (before === undefined) changes.set(placeOf(change), [change]);
          else before.push(change);
        }
        for (const { kind, key, value } of puts) {
          if (value === null) this.#dropRecord.run(kind, key);
          else this.#putRecord.run(kind, key, value);
        }
      }
    }
    for (const share of shares.values()) {
      this.#write(share);
      if (share.newest !== undefined) this.#setNewest.run(share.newest, share.id);
    }
    // Whatever a change speaks of is in a block by now.
    for (const change of [...changes.values()].flat()) this.#changed.apply(change);
    this.#setMeta.run(lastPos, lastAt);
  }

  /** After a rollback: numbers given to timelines within the transaction are void. */
  forget(): void {
    this.#timelineIds.clear();
  }

  #addRow(share: Share, row: PackedRow): void {
    if (isFull(share.block)) {
      this.#write(share);
      share.block = newBlock(row);
      share.blockId = undefined;
    }
    addToBlock(share.block, row);
    const { at, pos, kind, sendId, between } = row;
    if (kind === 'message') share.newest = at;
    if (sendId !== undefined) this.#addSent.run(sendId, share.id, KIND[kind], at, pos);
    if (between !== undefined && !share.paired) {
      share.paired = true;
      this.#pair(share.id, between);
    }
  }

  #share(shares: Map<string, Share>, row: PackedRow): Share {
    let share = shares.get(row.timeline);
    if (share === undefined) {
      const id = this.#timelineId(row.timeline);
      const last = this.#lastBlock.get(id, id) as unknown as (Block & { readonly id: number }) | undefined;
      share = { id, block: last ?? newBlock(row), blockId: last?.id, newest: undefined, paired: false };
      shares.set(row.timeline, share);
    }
    return share;
  }

  #write({ id, block, blockId }: Share): void {
    const { first, last, firstPos, messages, events, rows } = block;
    if (blockId === undefined) this.#addBlock.run(id, first, last, firstPos, messages, events, rows);
    else this.#setBlock.run(last, messages, events, rows, blockId);
  }

  #timelineId(name: string): number {
    let id = this.#timelineIds.get(name);
    if (id !== undefined) return id;
    id = Number(this.#findTimeline.get(name)?.['id'] ?? this.#addTimeline.run(name).lastInsertRowid);
    if (this.#timelineIds.size >= TIMELINE_IDS_MAX) this.#timelineIds.clear();
    this.#timelineIds.set(name, id);
    return id;
  }

  #pair(timeline: number, [one, other]: readonly [string, string]): void {
    if (this.#pairTimeline.run(one, other, timeline).changes === 0) return;
    this.#addParticipant.run(one, timeline);
    this.#addParticipant.run(other, timeline);
  }
}

function placeOf({ timeline, at }: { readonly timeline: string; readonly at: number }): string {
  return `${at} ${timeline}`;
}
