import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { unreachable } from '../../core/base/assert.ts';
import type { Answer, Query, Row, StoredQuery } from '../../core/ports.ts';
import { type Block, type BlockRow, readBlock, unpackRow } from './block.ts';
import type { MemoryTables } from './memory-tables.ts';
import { KIND } from './schema.ts';
import { chooseTargets, type Target, type TargetsQuery } from './targets.ts';

type Columns = Record<string, SQLOutputValue>;
type PageQuery = Extract<Query, { kind: 'page' }>;

/** Answers queries from the tables and from what has not been merged into them (see schema.ts). */
export class Queries {
  readonly #timeline: StatementSync;
  readonly #upwards: StatementSync;
  readonly #downwards: StatementSync;
  readonly #newest: StatementSync;
  readonly #conversations: StatementSync;
  readonly #sent: StatementSync;
  readonly #blockOf: StatementSync;

  constructor(db: DatabaseSync) {
    this.#timeline = db.prepare('SELECT id, name, one, other FROM timeline WHERE name = ?');
    const columns = 'first, last, first_pos AS firstPos, rows';
    // Blocks do not overlap: the one that holds a time is the last that begins at it or before.
    const holding =
      '(SELECT first FROM block WHERE timeline = :timeline AND first <= :after ORDER BY first DESC LIMIT 1)';
    const between = `timeline = :timeline AND first >= coalesce(${holding}, 0) AND first < :before
      AND (messages > 0 OR (:events AND events > 0))`;
    this.#upwards = db.prepare(`SELECT ${columns} FROM block WHERE ${between} ORDER BY first`);
    this.#downwards = db.prepare(`SELECT ${columns} FROM block WHERE ${between} ORDER BY first DESC`);
    this.#newest = db.prepare('SELECT name, newest FROM timeline WHERE name = ?');
    this.#conversations = db.prepare(
      'SELECT name, newest FROM participant JOIN timeline ON timeline.id = timeline WHERE identity = ?',
    );
    this.#sent = db.prepare(
      `SELECT timeline.id, name, one, other, kind, at, pos
       FROM sent JOIN timeline ON timeline.id = timeline WHERE send_id = ?`,
    );
    this.#blockOf = db.prepare(
      `SELECT ${columns} FROM block WHERE timeline = ? AND first <= ? ORDER BY first DESC LIMIT 1`,
    );
  }

  /** `tail` holds the rows that are not in the tables; in every timeline they are newer than those that are. */
  answer(query: StoredQuery, tail: MemoryTables): Answer {
    switch (query.kind) {
      case 'page':
        return { kind: 'rows', rows: this.#page(query, tail) };
      case 'targets':
        return { kind: 'targets', targets: this.#targets(query, tail) };
      case 'sent': {
        const row = this.#bySendId(query.sendId);
        return row === undefined ? tail.answer(query) : { kind: 'rows', rows: [row] };
      }
      default:
        return unreachable(query);
    }
  }

  #page(query: PageQuery, tail: MemoryTables): Row[] {
    if (query.limit <= 0) return [];
    const recent = tail.page(query);
    if (query.newest) {
      const older = recent.length < query.limit ? this.#stored(query, query.limit - recent.length) : [];
      return [...older, ...recent];
    }
    const older = this.#stored(query, query.limit);
    return [...older, ...recent.slice(0, query.limit - older.length)];
  }

  #stored({ timeline: name, after, before, newest, events }: PageQuery, limit: number): Row[] {
    const timeline = this.#timeline.get(name);
    if (timeline === undefined) return [];
    const wanted = ({ at, kind }: BlockRow): boolean => at > after && at < before && (events || kind === 'message');
    const statement = newest ? this.#downwards : this.#upwards;
    const range = { timeline: timeline['id'] as number, after, before, events: events ? 1 : 0 };
    let found: BlockRow[] = [];
    for (const columns of statement.iterate(range)) {
      const rows = readBlock(toBlock(columns)).filter(wanted);
      found = newest ? [...rows, ...found] : [...found, ...rows];
      if (found.length >= limit) break;
    }
    const place = placeOf(timeline);
    return (newest ? found.slice(-limit) : found.slice(0, limit)).map((row) => unpackRow(row, place));
  }

  #bySendId(sendId: string): Row | undefined {
    const sent = this.#sent.get(sendId);
    if (sent === undefined) return undefined;
    const { id, kind, at, pos } = sent;
    const block = this.#blockOf.get(id as number, at as number);
    const row = block === undefined ? undefined : readBlock(toBlock(block)).find((row) => row.at === at);
    if (row !== undefined) return unpackRow(row, placeOf(sent));
    // The row was removed; its send id is kept.
    const said = { kind: kind === KIND.message ? 'message' : 'event', body: '', tags: '', sendId } as const;
    return { ...placeOf(sent), at: at as number, pos: pos as number, ...said };
  }

  #targets(query: TargetsQuery, tail: MemoryTables): Target[] {
    const newest = new Map<string, number>();
    const add = (columns: Columns | undefined): void => {
      if (typeof columns?.['newest'] === 'number') newest.set(columns['name'] as string, columns['newest']);
    };
    for (const name of query.timelines) add(this.#newest.get(name));
    for (const columns of this.#conversations.all(query.identity)) add(columns);
    for (const name of [...query.timelines, ...newest.keys(), ...tail.conversations(query.identity)]) {
      const at = tail.newest(name);
      if (at !== undefined) newest.set(name, at);
    }
    return chooseTargets(newest, query);
  }
}

/** The statements name their columns as `Block` does, and the tables are STRICT. */
function toBlock(columns: Columns): Pick<Block, 'first' | 'firstPos' | 'rows'> {
  return columns as unknown as Pick<Block, 'first' | 'firstPos' | 'rows'>;
}

function placeOf({ name, one, other }: Columns): Pick<Row, 'timeline' | 'between'> {
  const timeline = name as string;
  return typeof one === 'string' && typeof other === 'string' ? { timeline, between: [one, other] } : { timeline };
}
