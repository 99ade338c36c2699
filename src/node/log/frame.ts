/**
 * Frames: batches as one string, the cheapest thing to hand to another thread and to store as it is.
 *
 * ```
 * frame  = *batch
 * batch  = pos SP rows SP puts SP changes SP at LF  *row *put *change
 * row    = at SP pos SP timeline SP one SP other LF  the strings, in this order  said
 * put    = kind SP key SP value LF  the strings
 * change = at SP timeline SP body SP tags LF  the strings; body and tags are absent when the row is gone
 * ```
 *
 * Strings are given by their length in UTF-16 units, so they may hold anything. A row's `at` and `pos` are counted
 * from those of its batch, because short numbers are quick to write. A timeline of length 0 is that of the row
 * before. What may be absent has its length plus one, and 0 when absent. `said` is in said.ts.
 */
import type { Batch, RecordPut, Row, RowChange } from '../../core/ports.ts';
import { optionLength, PackedReader } from './packed-reader.ts';
import { packSaid, readSaid, type Said, unpackSaid } from './said.ts';

export interface PackedRow extends Said {
  readonly timeline: string;
  readonly at: number;
  readonly pos: number;
  readonly between: readonly [string, string] | undefined;
}

export interface PackedBatch {
  readonly pos: number;
  readonly rows: readonly PackedRow[];
  readonly puts: readonly RecordPut[];
  readonly changes: readonly RowChange[];
}

export function packBatch({ pos, rows, puts, changes = [] }: Batch): string {
  const at = rows[0]?.at ?? 0;
  let text = `${pos} ${rows.length} ${puts.length} ${changes.length} ${at}\n`;
  let before = '';
  for (const row of rows) {
    const { timeline, between } = row;
    const named = timeline === before ? '' : timeline;
    before = timeline;
    text += `${row.at - at} ${row.pos - pos} ${named.length} `;
    if (between === undefined) text += `0 0\n${named}`;
    else text += `${optionLength(between[0])} ${optionLength(between[1])}\n${named}${between[0]}${between[1]}`;
    text += packSaid(row);
  }
  for (const { kind, key, value } of puts) {
    text += `${kind.length} ${key.length} ${optionLength(value ?? undefined)}\n${kind}${key}${value ?? ''}`;
  }
  for (const change of changes) {
    const { body, tags } = change.said ?? {};
    text += `${change.at} ${change.timeline.length} ${optionLength(body)} ${optionLength(tags)}\n`;
    text += `${change.timeline}${body ?? ''}${tags ?? ''}`;
  }
  return text;
}

/** The batches of a frame, with what was said left packed. */
export function readFrame(text: string): PackedBatch[] {
  const reader = new PackedReader(text);
  const batches: PackedBatch[] = [];
  while (!reader.ended) batches.push(readBatch(reader));
  return batches;
}

export function unpackFrame(text: string): Batch[] {
  return readFrame(text).map((batch) => ({ ...batch, rows: batch.rows.map(unpackRow) }));
}

function unpackRow({ timeline, at, pos, between, said }: PackedRow): Row {
  return { timeline, at, pos, ...unpackSaid(said), ...(between === undefined ? {} : { between }) };
}

function readBatch(reader: PackedReader): PackedBatch {
  const pos = reader.number();
  const rowCount = reader.number();
  const putCount = reader.number();
  const changeCount = reader.number();
  const at = reader.number();
  const rows: PackedRow[] = [];
  let before = '';
  for (let i = 0; i < rowCount; i++) {
    const row = readRow(reader, at, pos, before);
    before = row.timeline;
    rows.push(row);
  }
  const puts: RecordPut[] = [];
  for (let i = 0; i < putCount; i++) puts.push(readPut(reader));
  const changes: RowChange[] = [];
  for (let i = 0; i < changeCount; i++) changes.push(readChange(reader));
  return { pos, rows, puts, changes };
}

function readRow(reader: PackedReader, at: number, pos: number, before: string): PackedRow {
  const rowAt = at + reader.number();
  const rowPos = pos + reader.number();
  const timelineLength = reader.number();
  const oneLength = reader.number();
  const otherLength = reader.number();
  const timeline = timelineLength === 0 ? before : reader.text(timelineLength);
  const one = reader.option(oneLength);
  const other = reader.option(otherLength);
  const between = one === undefined || other === undefined ? undefined : ([one, other] as const);
  const { kind, sendId, said } = readSaid(reader);
  return { timeline, at: rowAt, pos: rowPos, between, kind, sendId, said };
}

function readPut(reader: PackedReader): RecordPut {
  const kindLength = reader.number();
  const keyLength = reader.number();
  const valueLength = reader.number();
  return { kind: reader.text(kindLength), key: reader.text(keyLength), value: reader.option(valueLength) ?? null };
}

function readChange(reader: PackedReader): RowChange {
  const at = reader.number();
  const timelineLength = reader.number();
  const bodyLength = reader.number();
  const tagsLength = reader.number();
  const timeline = reader.text(timelineLength);
  const body = reader.option(bodyLength);
  const tags = reader.option(tagsLength);
  return { timeline, at, said: body === undefined || tags === undefined ? undefined : { body, tags } };
}
