/** A row of the screen: spans of text with a look. Rows know nothing of escape sequences; `paint.ts` writes those. */
import type { Style } from '../shared/format/format.ts';
import { clustersOf, fit, printable, widthOf } from './width.ts';

/** Looks by meaning, so that every terminal can show them in its own way. */
export type Role = 'muted' | 'accent' | 'error' | 'warning' | 'good' | 'bar' | 'chosen' | 'code' | 'link' | 'hidden';

export interface Look extends Style {
  readonly role?: Role;
  /** Colours a name: the same name always in the same colour. */
  readonly nick?: string;
}

export interface Span {
  readonly text: string;
  readonly look: Look;
}

export type Row = readonly Span[];

export const PLAIN: Look = {};
export const MUTED: Look = { role: 'muted' };

/** A span whose text is safe to show, whatever was handed in. Line breaks stay only for `wrap`. */
export function span(text: string, look: Look = PLAIN): Span {
  return { text: printable(text), look };
}

export function rowWidth(row: Row): number {
  let width = 0;
  for (const { text } of row) width += widthOf(text);
  return width;
}

export function rowText(row: Row): string {
  return row.map(({ text }) => text).join('');
}

/** The row cut to `columns`, with an ellipsis where something is missing. Line breaks become spaces. */
export function fitRow(row: Row, columns: number): Row {
  const flat = row.map(({ text, look }) => ({ text: text.replaceAll('\n', ' '), look }));
  if (rowWidth(flat) <= columns) return flat;
  const kept: Span[] = [];
  let left = columns - 1;
  for (const { text, look } of flat) {
    const width = widthOf(text);
    if (width > left) {
      if (columns > 0) kept.push({ text: fit(`${text}…`, left + 1), look });
      break;
    }
    kept.push({ text, look });
    left -= width;
  }
  return kept;
}

/** Cut or filled up to exactly `columns`. */
export function padRow(row: Row, columns: number, look: Look = PLAIN): Row {
  const kept = fitRow(row, columns);
  const missing = columns - rowWidth(kept);
  return missing > 0 ? [...kept, { text: ' '.repeat(missing), look }] : kept;
}

/** Left and right in one row; the left gives way when both do not fit. */
export function spread(left: Row, right: Row, columns: number, look: Look = PLAIN): Row {
  const end = fitRow(right, columns);
  const room = columns - rowWidth(end);
  return [...padRow(left, room, look), ...end];
}

/** Every cluster with the look it has, for those that cut rows. */
export function* cells(row: Row): Generator<{ text: string; width: number; look: Look }> {
  for (const { text, look } of row)
    for (const cluster of clustersOf(text)) yield { text: cluster.text, width: cluster.width, look };
}
