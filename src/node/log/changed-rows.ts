import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { RowChange } from '../../core/ports.ts';
import { BlockTable } from './block-table.ts';
import { readBlock } from './block.ts';
import { packSaid, unpackSaid } from './said.ts';

/** Changes rows that are in blocks. Runs within a transaction of its caller. */
export class ChangedRows {
  readonly #blocks: BlockTable;
  readonly #timeline: StatementSync;
  readonly #orphan: StatementSync;
  readonly #setNewest: StatementSync;

  constructor(db: DatabaseSync) {
    this.#blocks = new BlockTable(db);
    this.#timeline = db.prepare('SELECT id FROM timeline WHERE name = ?');
    this.#orphan = db.prepare('UPDATE sent SET orphan = 1 WHERE send_id = ? AND timeline = ? AND at = ?');
    this.#setNewest = db.prepare('UPDATE timeline SET newest = ? WHERE id = ?');
  }

  apply({ timeline: name, at, said }: RowChange): void {
    const timeline = this.#timeline.get(name)?.['id'] as number | undefined;
    const block = timeline === undefined ? undefined : this.#blocks.holding(timeline, at);
    if (timeline === undefined || block === undefined) return;
    const rows = readBlock(block);
    const index = rows.findIndex((row) => row.at === at);
    const row = rows[index];
    if (row === undefined) return;
    if (said !== undefined) {
      this.#blocks.rewrite(
        block.id,
        rows.with(index, { ...row, said: packSaid({ ...unpackSaid(row.said), ...said }) }),
      );
      return;
    }
    this.#blocks.rewrite(block.id, rows.toSpliced(index, 1));
    if (row.sendId !== undefined) this.#orphan.run(row.sendId, timeline, at);
    if (row.kind === 'message') this.#setNewest.run(this.#newest(timeline), timeline);
  }

  /** The time of the newest message that is left. */
  #newest(timeline: number): number | null {
    const block = this.#blocks.newest(timeline);
    return (block && readBlock(block).findLast(({ kind }) => kind === 'message')?.at) ?? null;
  }
}
