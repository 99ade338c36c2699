import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { unreachable } from '../../core/base/assert.ts';
import type { Answer, Query, Row } from '../../core/ports.ts';
import type { MemoryTables } from './memory-tables.ts';
import { KIND } from './schema.ts';
import { chooseTargets, type Target, type TargetsQuery } from './targets.ts';

type Columns = Record<string, SQLOutputValue>;
type PageQuery = Extract<Query, { kind: 'page' }>;

/** Answers queries from the tables and from what has not been merged into them (see schema.ts). */
export class Queries {
  readonly #timeline: StatementSync;
  readonly #oldest: { readonly messages: StatementSync; readonly all: StatementSync };
  readonly #newest: { readonly messages: StatementSync; readonly all: StatementSync };
  readonly #newestMessageAt: StatementSync;
  readonly #conversations: StatementSync;
  readonly #sent: StatementSync;

  constructor(db: DatabaseSync) {
    this.#timeline = db.prepare('SELECT id, name, one, other FROM timeline WHERE name = ?');

    const of = (kind: number): string => `SELECT kind, at, pos, body, tags, send_id FROM row
       WHERE timeline = :timeline AND kind = ${kind} AND at > :after AND at < :before`;
    const pages = (order: string): { messages: StatementSync; all: StatementSync } => ({
      messages: db.prepare(`${of(KIND.message)} ORDER BY ${order} LIMIT :limit`),
      all: db.prepare(`${of(KIND.message)} UNION ALL ${of(KIND.event)} ORDER BY ${order} LIMIT :limit`),
    });
    this.#oldest = pages('at');
    this.#newest = pages('at DESC');

    const newestAt = `(SELECT at FROM row WHERE row.timeline = timeline.id AND kind = ${KIND.message}
       ORDER BY at DESC LIMIT 1) AS at`;
    this.#newestMessageAt = db.prepare(`SELECT name, ${newestAt} FROM timeline WHERE name = ?`);
    this.#conversations = db.prepare(
      `SELECT name, ${newestAt} FROM participant JOIN timeline ON timeline.id = timeline WHERE identity = ?`,
    );
    // A send id may outlive its row: then there is no body (see retention.ts).
    this.#sent = db.prepare(
      `SELECT name, one, other, sent.kind, sent.at, sent.pos, sent.send_id, body, tags
       FROM sent JOIN timeline ON timeline.id = sent.timeline
       LEFT JOIN row ON row.timeline = sent.timeline AND row.kind = sent.kind AND row.at = sent.at
       WHERE sent.send_id = ?`,
    );
  }

  /** `tail` holds the rows that are not in the tables; in every timeline they are newer than those that are. */
  answer(query: Query, tail: MemoryTables): Answer {
    switch (query.kind) {
      case 'page':
        return { kind: 'rows', rows: this.#page(query, tail) };
      case 'targets':
        return { kind: 'targets', targets: this.#targets(query, tail) };
      case 'sent': {
        const columns = this.#sent.get(query.sendId);
        return columns === undefined ? tail.answer(query) : { kind: 'rows', rows: [toRow(columns, columns)] };
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
    const { all, messages } = newest ? this.#newest : this.#oldest;
    const statement = events ? all : messages;
    const rows = statement.all({ timeline: timeline['id'] as number, after, before, limit });
    if (newest) rows.reverse();
    return rows.map((columns) => toRow(columns, timeline));
  }

  #targets(query: TargetsQuery, tail: MemoryTables): Target[] {
    const newest = new Map<string, number>();
    const add = (columns: Columns | undefined): void => {
      if (typeof columns?.['at'] === 'number') newest.set(columns['name'] as string, columns['at']);
    };
    for (const name of query.timelines) add(this.#newestMessageAt.get(name));
    for (const columns of this.#conversations.all(query.identity)) add(columns);
    for (const name of [...query.timelines, ...newest.keys(), ...tail.conversations(query.identity)]) {
      const at = tail.newest(name);
      if (at !== undefined) newest.set(name, at);
    }
    return chooseTargets(newest, query);
  }
}

function toRow(columns: Columns, timeline: Columns): Row {
  const { one, other, name } = timeline;
  const sendId = columns['send_id'];
  return {
    timeline: name as string,
    at: columns['at'] as number,
    pos: columns['pos'] as number,
    kind: columns['kind'] === KIND.message ? 'message' : 'event',
    body: (columns['body'] ?? '') as string,
    tags: (columns['tags'] ?? '') as string,
    ...(typeof sendId === 'string' ? { sendId } : {}),
    ...(typeof one === 'string' && typeof other === 'string' ? { between: [one, other] as const } : {}),
  };
}
