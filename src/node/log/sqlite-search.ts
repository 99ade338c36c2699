import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Row } from '../../core/ports.ts';
import { type Block, readBlock, unpackRow } from './block.ts';
import { unpackFrame } from './frame.ts';
import { MemoryTables } from './memory-tables.ts';
import { chooseFound, matcher, type SearchQuery } from './search.ts';

/** A search ends after so long with what it has found: the newest, unless the oldest were asked for. */
const SEARCH_MS_MAX = 2_000;

type Columns = Pick<Block, 'first' | 'firstPos' | 'rows'>;
type Place = Pick<Row, 'timeline' | 'between'>;

/**
 * Searches a history file that somebody else writes, through a connection of its own, so that no commit waits for it. It
 * sees what is durable. There is no index to keep: SQLite looks through the packed blocks, which are text, and only those
 * that hold a word are unpacked.
 */
export class SqliteSearch {
  readonly #db: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #end: StatementSync;
  readonly #frames: StatementSync;
  readonly #timeline: StatementSync;
  readonly #conversations: StatementSync;

  constructor(file: string) {
    const db = new DatabaseSync(file, { readOnly: true });
    this.#db = db;
    this.#begin = db.prepare('BEGIN');
    this.#end = db.prepare('COMMIT');
    this.#frames = db.prepare('SELECT batches FROM frame ORDER BY id');
    this.#timeline = db.prepare('SELECT id, name, one, other FROM timeline WHERE name = ?');
    this.#conversations = db.prepare(
      'SELECT name FROM participant JOIN timeline ON timeline.id = timeline WHERE identity = ?',
    );
  }

  /** Frames and blocks are read in one transaction: a merge between the two would show rows twice, or not at all. */
  find(query: SearchQuery): Row[] {
    this.#begin.run();
    try {
      return this.#find(query);
    } finally {
      this.#end.run();
    }
  }

  close(): void {
    this.#db.close();
  }

  #find(query: SearchQuery): Row[] {
    const tail = new MemoryTables();
    const gone = new Set<string>();
    const changed = new Map<string, { readonly body: string; readonly tags: string }>();
    for (const { batches } of this.#frames.all()) {
      for (const batch of unpackFrame(batches as string)) {
        tail.add(batch);
        for (const { timeline, at, said } of batch.changes ?? []) {
          if (said === undefined) gone.add(`${at} ${timeline}`);
          else changed.set(`${at} ${timeline}`, said);
        }
      }
    }
    const within = new Map(query.within.map(({ timeline, after }) => [timeline, Math.max(after, query.after)]));
    for (const { name } of query.identity === '' ? [] : this.#conversations.all(query.identity))
      within.set(name as string, query.after);
    const until = performance.now() + SEARCH_MS_MAX;
    const matches = matcher(query);
    const found = tail.search(query);
    for (const [name, after] of within) {
      const timeline = this.#timeline.get(name);
      if (timeline === undefined) continue;
      const place = placeOf(timeline);
      let left = query.limit;
      for (const columns of this.#blocks(query, timeline['id'] as number, after, changed.size > 0)) {
        const rows = readBlock(columns);
        if (query.newest) rows.reverse();
        for (const packed of rows) {
          if (packed.at <= after || packed.at >= query.before || left === 0) continue;
          const key = `${packed.at} ${name}`;
          if (gone.has(key)) continue;
          const row = { ...unpackRow(packed, place), ...changed.get(key) };
          if (!matches(row)) continue;
          found.push(row);
          left -= 1;
        }
        if (left === 0 || performance.now() > until) break;
      }
    }
    return chooseFound(found, query);
  }

  /** Blocks that may hold what is looked for. SQLite knows the case of ASCII letters only. */
  #blocks(query: SearchQuery, timeline: number, after: number, all: boolean): Iterable<Columns> {
    const ascii = all ? [] : query.words.filter((word) => /^[ -~]+$/.test(word)).map((word) => word.toLowerCase());
    const holds = ascii.map(() => ' AND instr(lower(rows), ?) > 0').join('');
    const order = query.newest ? 'DESC' : 'ASC';
    return this.#db
      .prepare(
        `SELECT first, first_pos AS firstPos, rows FROM block
         WHERE timeline = ? AND last > ? AND first < ? AND messages > 0${holds} ORDER BY first ${order}`,
      )
      .iterate(timeline, after, query.before, ...ascii) as unknown as Iterable<Columns>;
  }
}

function placeOf({ name, one, other }: Record<string, unknown>): Place {
  const timeline = name as string;
  return typeof one === 'string' && typeof other === 'string' ? { timeline, between: [one, other] } : { timeline };
}
