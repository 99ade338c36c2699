/**
 * Frames: batches as one string, the cheapest thing to hand to another thread and to store as it is.
 *
 * ```
 * frame = *batch
 * batch = pos SP rows SP puts SP at LF  *row *put
 * row   = at SP pos SP kind SP timeline SP body SP tags SP sendId SP one SP other LF  the strings, in this order
 * put   = kind SP key SP value LF  the strings
 * ```
 *
 * Strings are given by their length in UTF-16 units, so they may hold anything. A row's `at` and `pos` are counted
 * from those of its batch, because short numbers are quick to write. A timeline of length 0 is that of the row
 * before. What may be absent has its length plus one, and 0 when absent.
 */
import { assert } from '../../core/base/assert.ts';
import type { Batch, RecordPut, Row } from '../../core/ports.ts';

export function packBatch({ pos, rows, puts }: Batch): string {
  const at = rows[0]?.at ?? 0;
  let text = `${pos} ${rows.length} ${puts.length} ${at}\n`;
  let before = '';
  for (const row of rows) {
    const { timeline, body, tags, sendId, between } = row;
    const named = timeline === before ? '' : timeline;
    before = timeline;
    const kind = row.kind === 'message' ? 0 : 1;
    text += `${row.at - at} ${row.pos - pos} ${kind} ${named.length} ${body.length} ${tags.length} `;
    text += `${optionLength(sendId)} ${optionLength(between?.[0])} ${optionLength(between?.[1])}\n${named}${body}${tags}`;
    if (sendId !== undefined) text += sendId;
    if (between !== undefined) text += between[0] + between[1];
  }
  for (const { kind, key, value } of puts) {
    text += `${kind.length} ${key.length} ${optionLength(value ?? undefined)}\n${kind}${key}${value ?? ''}`;
  }
  return text;
}

export function unpackFrame(text: string): Batch[] {
  const reader = new Reader(text);
  const batches: Batch[] = [];
  while (!reader.ended) batches.push(unpackBatch(reader));
  return batches;
}

function unpackBatch(reader: Reader): Batch {
  const pos = reader.number();
  const rowCount = reader.number();
  const putCount = reader.number();
  const at = reader.number();
  const rows: Row[] = [];
  let before = '';
  for (let i = 0; i < rowCount; i++) {
    const row = unpackRow(reader, at, pos, before);
    before = row.timeline;
    rows.push(row);
  }
  const puts: RecordPut[] = [];
  for (let i = 0; i < putCount; i++) puts.push(unpackPut(reader));
  return { pos, rows, puts };
}

function unpackRow(reader: Reader, at: number, pos: number, before: string): Row {
  const rowAt = at + reader.number();
  const rowPos = pos + reader.number();
  const kind = reader.number() === 0 ? 'message' : 'event';
  const timelineLength = reader.number();
  const bodyLength = reader.number();
  const tagsLength = reader.number();
  const sendIdLength = reader.number();
  const oneLength = reader.number();
  const otherLength = reader.number();
  const timeline = timelineLength === 0 ? before : reader.text(timelineLength);
  const body = reader.text(bodyLength);
  const tags = reader.text(tagsLength);
  const sendId = reader.option(sendIdLength);
  const one = reader.option(oneLength);
  const other = reader.option(otherLength);
  return {
    timeline,
    at: rowAt,
    pos: rowPos,
    kind,
    body,
    tags,
    ...(sendId === undefined ? {} : { sendId }),
    ...(one === undefined || other === undefined ? {} : { between: [one, other] as const }),
  };
}

function unpackPut(reader: Reader): RecordPut {
  const kindLength = reader.number();
  const keyLength = reader.number();
  const valueLength = reader.number();
  return { kind: reader.text(kindLength), key: reader.text(keyLength), value: reader.option(valueLength) ?? null };
}

function optionLength(text: string | undefined): number {
  return text === undefined ? 0 : text.length + 1;
}

/** Walks through a frame. Frames are ours alone, so what does not read as one is a broken invariant. */
class Reader {
  readonly #text: string;
  #index = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get ended(): boolean {
    return this.#index >= this.#text.length;
  }

  /** A whole number and the one character after it. */
  number(): number {
    const negative = this.#text.charCodeAt(this.#index) === 0x2d;
    if (negative) this.#index += 1;
    let value = 0;
    for (;;) {
      const digit = this.#text.charCodeAt(this.#index++) - 0x30;
      if (digit >= 0 && digit <= 9) value = value * 10 + digit;
      else break;
    }
    assert(this.#index <= this.#text.length, 'a frame ends within a number');
    return negative ? -value : value;
  }

  text(length: number): string {
    if (length === 0) return '';
    const end = this.#index + length;
    assert(end <= this.#text.length, 'a frame ends within a string');
    const text = this.#text.slice(this.#index, end);
    this.#index = end;
    return text;
  }

  option(lengthPlusOne: number): string | undefined {
    return lengthPlusOne === 0 ? undefined : this.text(lengthPlusOne - 1);
  }
}
