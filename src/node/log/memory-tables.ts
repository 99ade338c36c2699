import { assert, unreachable } from '../../core/base/assert.ts';
import type { Answer, Batch, Query, RecordPut, Retention, Row, RowChange } from '../../core/ports.ts';
import { SEND_ID_AGE_MS_MIN } from './retention.ts';
import { chooseFound, matcher, type SearchQuery } from './search.ts';
import { chooseTargets, type TargetsQuery } from './targets.ts';

interface Timeline {
  /** Both rise by `at`. They are apart so that a page of messages does not wade through joins. */
  readonly messages: Row[];
  readonly events: Row[];
  /** The time of the newest row ever stored, of either kind. */
  at: number;
}

/**
 * Rows and records in plain memory: the whole of `MemoryRecords`, and what a history file has not merged into its
 * tables. Synchronous; every answer is exact.
 */
export class MemoryTables {
  pos = 0;
  /** The newest time of any row. */
  at = 0;
  /** Whether any row was changed, be it here or not. */
  changed = false;
  readonly #timelines = new Map<string, Timeline>();
  /** The first row of each send id. */
  readonly #sent = new Map<string, Row>();
  readonly #conversations = new Map<string, Set<string>>();
  /** Send ids whose row has been removed, until they are old enough to be forgotten. */
  readonly #orphans = new Set<string>();
  /** The last put of each kind and key, removals as well. */
  readonly #puts = new Map<string, RecordPut>();

  add(batch: Batch): void {
    assert(batch.pos >= this.pos, `batch ${batch.pos} came after batch ${this.pos}`);
    this.pos = batch.pos;
    for (const row of batch.rows) this.#addRow(row);
    for (const put of batch.puts) {
      // The length keeps apart what a separator could not: a kind and a key may hold any character.
      this.#puts.set(`${put.kind.length}:${put.kind}${put.key}`, put);
    }
    for (const change of batch.changes ?? []) this.#change(change);
  }

  get puts(): Iterable<RecordPut> {
    return this.#puts.values();
  }

  /** The newest message of a timeline. */
  newest(timeline: string): number | undefined {
    return this.#timelines.get(timeline)?.messages.at(-1)?.at;
  }

  conversations(identity: string): Iterable<string> {
    return this.#conversations.get(identity) ?? [];
  }

  answer(query: Query): Answer {
    switch (query.kind) {
      case 'page':
        return { kind: 'rows', rows: this.page(query) };
      case 'targets':
        return { kind: 'targets', targets: this.#targets(query) };
      case 'search':
        return { kind: 'rows', rows: this.search(query) };
      case 'sent': {
        const row = this.#sent.get(query.sendId);
        return { kind: 'rows', rows: row === undefined ? [] : [row] };
      }
      default:
        return unreachable(query);
    }
  }

  page({ timeline, after, before, limit, newest, events }: Extract<Query, { kind: 'page' }>): Row[] {
    const found = this.#timelines.get(timeline);
    if (found === undefined || limit <= 0) return [];
    const cut = (rows: readonly Row[]): Row[] => {
      const from = firstAfter(rows, after);
      const to = Math.max(from, firstNotBefore(rows, before));
      return newest ? rows.slice(Math.max(from, to - limit), to) : rows.slice(from, Math.min(to, from + limit));
    };
    if (!events) return cut(found.messages);
    const both = [...cut(found.messages), ...cut(found.events)].sort((a, b) => a.at - b.at);
    return newest ? both.slice(-limit) : both.slice(0, limit);
  }

  search(query: SearchQuery): Row[] {
    const within = new Map(query.within.map(({ timeline, after }) => [timeline, Math.max(after, query.after)]));
    if (query.identity !== '')
      for (const timeline of this.conversations(query.identity)) within.set(timeline, query.after);
    const matches = matcher(query);
    const found: Row[] = [];
    for (const [name, after] of within) {
      for (const row of this.#timelines.get(name)?.messages ?? [])
        if (row.at > after && row.at < query.before && matches(row)) found.push(row);
    }
    return chooseFound(found, query);
  }

  /** Removes what the rule no longer keeps; returns how many rows went. */
  retain(rule: Retention, now: number): number {
    let removed = 0;
    for (const { messages, events } of this.#timelines.values()) {
      for (const rows of [messages, events]) {
        for (const row of rows.splice(0, surplus(rows, rule, now))) {
          removed += 1;
          this.#orphan(row);
        }
      }
    }
    for (const sendId of this.#orphans) {
      const row = this.#sent.get(sendId);
      if (row !== undefined && row.at >= now - SEND_ID_AGE_MS_MIN) continue;
      this.#sent.delete(sendId);
      this.#orphans.delete(sendId);
    }
    return removed;
  }

  #addRow(row: Row): void {
    let timeline = this.#timelines.get(row.timeline);
    if (timeline === undefined) {
      timeline = { messages: [], events: [], at: -1 };
      this.#timelines.set(row.timeline, timeline);
    }
    assert(row.at > timeline.at, `time ${row.at} in ${row.timeline} is not after ${timeline.at}`);
    timeline.at = row.at;
    this.at = Math.max(this.at, row.at);
    (row.kind === 'message' ? timeline.messages : timeline.events).push(row);
    if (row.sendId !== undefined && !this.#sent.has(row.sendId)) this.#sent.set(row.sendId, row);
    for (const identity of row.between ?? []) {
      const names = this.#conversations.get(identity);
      if (names === undefined) this.#conversations.set(identity, new Set([row.timeline]));
      else names.add(row.timeline);
    }
  }

  #change({ timeline, at, said }: RowChange): void {
    this.changed = true;
    const { messages = [], events = [] } = this.#timelines.get(timeline) ?? {};
    for (const rows of [messages, events]) {
      const index = firstNotBefore(rows, at);
      const row = rows[index];
      if (row?.at !== at) continue;
      if (said === undefined) {
        rows.splice(index, 1);
        this.#orphan(row);
        continue;
      }
      const changed = { ...row, ...said };
      rows[index] = changed;
      if (row.sendId !== undefined && this.#sent.get(row.sendId) === row) this.#sent.set(row.sendId, changed);
    }
  }

  #targets(query: TargetsQuery): ReturnType<typeof chooseTargets> {
    const newest = new Map<string, number>();
    for (const name of [...query.timelines, ...this.conversations(query.identity)]) {
      const at = this.newest(name);
      if (at !== undefined) newest.set(name, at);
    }
    return chooseTargets(newest, query);
  }

  #orphan(row: Row): void {
    if (row.sendId === undefined || this.#sent.get(row.sendId) !== row) return;
    const { by: _, ...rest } = row;
    this.#sent.set(row.sendId, { ...rest, body: '', tags: '' });
    this.#orphans.add(row.sendId);
  }
}

/** How many of the oldest of these rows the rule no longer keeps. */
function surplus(rows: readonly Row[], rule: Retention, now: number): number {
  switch (rule.kind) {
    case 'forever':
      return 0;
    case 'age':
      return firstNotBefore(rows, now - rule.ageMs);
    case 'rows':
      return Math.max(0, rows.length - rule.rows);
    default:
      return unreachable(rule);
  }
}

function firstAfter(rows: readonly Row[], at: number): number {
  return firstWhere(rows, (row) => row.at > at);
}

function firstNotBefore(rows: readonly Row[], at: number): number {
  return firstWhere(rows, (row) => row.at >= at);
}

/** Where the rows begin for which `holds`; it must hold for all rows after the first. */
function firstWhere(rows: readonly Row[], holds: (row: Row) => boolean): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = rows[middle];
    if (row !== undefined && holds(row)) high = middle;
    else low = middle + 1;
  }
  return low;
}
