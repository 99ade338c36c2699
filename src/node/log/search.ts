/** What a search finds: the same in every store. */
import type { Query, Row } from '../../core/ports.ts';

export type SearchQuery = Extract<Query, { kind: 'search' }>;

const LINK = /https?:\/\//i;

/** Says of each row whether the query means it. The row's place is not looked at. */
export function matcher({ words, from, links }: SearchQuery): (row: Pick<Row, 'kind' | 'body'>) => boolean {
  const wanted = words.map((word) => word.toLowerCase());
  const sender = from === '' ? undefined : `:${from}!`;
  return ({ kind, body }) => {
    if (kind !== 'message') return false;
    if (sender !== undefined && body.slice(0, sender.length).toLowerCase() !== sender) return false;
    const start = body.indexOf(' :');
    if (start === -1) return false; // a reaction
    // Pieces of one line are one text (core/hub/many-lines.ts).
    const text = body
      .slice(start + 2)
      .replaceAll('\r', '')
      .toLowerCase();
    return wanted.every((word) => text.includes(word)) && (!links || LINK.test(text));
  };
}

/** Of rows that were found: as many as were asked for, from the end that was asked for, rising by time. */
export function chooseFound(rows: readonly Row[], { limit, newest }: SearchQuery): Row[] {
  const sorted = rows.toSorted((a, b) => a.at - b.at || a.pos - b.pos);
  if (limit <= 0) return [];
  return newest ? sorted.slice(-limit) : sorted.slice(0, limit);
}
