/**
 * The line a person types into: text, a cursor between clusters, one piece of killed text, and the history of what was
 * sent. Pure: every edit returns a new state. The cursor never stands inside a cluster (an emoji, a letter with its
 * accents); text may have several lines.
 */
import { printable } from './width.ts';

export interface InputLine {
  readonly text: string;
  /** Offset in UTF-16 units, at the edge of a cluster. */
  readonly cursor: number;
  readonly killed: string;
  /** Sent lines, oldest first. */
  readonly history: readonly string[];
  /** Which history line is shown; undefined while the own text is. */
  readonly shown: number | undefined;
  /** What was being typed when history was entered. */
  readonly own: string;
}

/** Lines remembered. A long day of talk is a few hundred. */
export const HISTORY_MAX = 500;
/** More text than this is not a message (a line of IRC carries 512 bytes); beyond it typing stops, and a paste is cut. */
export const INPUT_UNITS_MAX = 32_768;

export const EMPTY_INPUT: InputLine = { text: '', cursor: 0, killed: '', history: [], shown: undefined, own: '' };

export type Edit =
  | 'left'
  | 'right'
  | 'word-left'
  | 'word-right'
  | 'line-start'
  | 'line-end'
  | 'delete-left'
  | 'delete-right'
  | 'kill-word-left'
  | 'kill-word-right'
  | 'kill-to-start'
  | 'kill-to-end'
  | 'yank'
  | 'swap'
  | 'older'
  | 'newer';

/** Puts text at the cursor. Control characters are left out, line breaks stay. */
export function insert(line: InputLine, text: string): InputLine {
  const clean = printable(text).slice(0, Math.max(0, INPUT_UNITS_MAX - line.text.length));
  return withText(
    line,
    line.text.slice(0, line.cursor) + clean + line.text.slice(line.cursor),
    line.cursor + clean.length,
  );
}

/** The part between two offsets becomes something else, and the cursor stands behind it: what completion does. */
export function replaceRange(line: InputLine, from: number, to: number, text: string): InputLine {
  const clean = printable(text);
  return withText(line, line.text.slice(0, from) + clean + line.text.slice(to), from + clean.length);
}

/** Empties the line; what was in it becomes the newest of history when it was sent. */
export function clear(line: InputLine, sent: boolean): InputLine {
  const keep = sent && line.text.trim() !== '' && line.text !== line.history.at(-1);
  const history = keep ? [...line.history, line.text].slice(-HISTORY_MAX) : line.history;
  return { ...line, text: '', cursor: 0, history, shown: undefined, own: '' };
}

export function edit(line: InputLine, how: Edit): InputLine {
  const { text, cursor } = line;
  const start = text.lastIndexOf('\n', cursor - 1) + 1;
  const found = text.indexOf('\n', cursor);
  const end = found === -1 ? text.length : found;
  switch (how) {
    case 'left':
      return { ...line, cursor: before(text, cursor) };
    case 'right':
      return { ...line, cursor: behind(text, cursor) };
    case 'word-left':
      return { ...line, cursor: wordLeft(text, cursor) };
    case 'word-right':
      return { ...line, cursor: wordRight(text, cursor) };
    case 'line-start':
      return { ...line, cursor: cursor === start && start > 0 ? 0 : start };
    case 'line-end':
      return { ...line, cursor: end };
    case 'delete-left':
      return cut(line, before(text, cursor), cursor);
    case 'delete-right':
      return cut(line, cursor, behind(text, cursor));
    case 'kill-word-left':
      return kill(line, wordLeft(text, cursor), cursor);
    case 'kill-word-right':
      return kill(line, cursor, wordRight(text, cursor));
    case 'kill-to-start':
      return kill(line, start, cursor);
    case 'kill-to-end':
      // At the end of a line, the line break goes.
      return kill(line, cursor, cursor === end ? Math.min(text.length, end + 1) : end);
    case 'yank':
      return insert(line, line.killed);
    case 'swap':
      return swap(line);
    case 'older':
      return show(line, (line.shown ?? line.history.length) - 1);
    case 'newer':
      return line.shown === undefined ? line : show(line, line.shown + 1);
  }
}

function withText(line: InputLine, text: string, cursor: number): InputLine {
  // What was inserted may join with what stands behind it (an accent, the second half of a flag).
  return { ...line, text, cursor: atEdge(text, cursor), shown: undefined };
}

function cut(line: InputLine, from: number, to: number): InputLine {
  return from === to ? line : withText(line, line.text.slice(0, from) + line.text.slice(to), from);
}

function kill(line: InputLine, from: number, to: number): InputLine {
  return from === to ? line : { ...cut(line, from, to), killed: line.text.slice(from, to) };
}

/** Exchanges the clusters around the cursor (Ctrl-T). */
function swap(line: InputLine): InputLine {
  const middle = line.cursor === line.text.length ? before(line.text, line.cursor) : line.cursor;
  const left = before(line.text, middle);
  const right = behind(line.text, middle);
  if (left === middle || right === middle) return line;
  const text = line.text.slice(0, left) + line.text.slice(middle, right) + line.text.slice(left, middle);
  return withText(line, text + line.text.slice(right), right);
}

function show(line: InputLine, place: number): InputLine {
  if (place < 0) return line;
  const own = line.shown === undefined ? line.text : line.own;
  const text = line.history[place];
  if (text === undefined) return { ...line, text: own, cursor: own.length, shown: undefined, own: '' };
  return { ...line, text, cursor: text.length, shown: place, own };
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Offsets of the edges of all clusters, the end included. */
function edges(text: string): number[] {
  return [...Array.from(segmenter.segment(text), ({ index }) => index), text.length];
}

function before(text: string, cursor: number): number {
  return edges(text).findLast((edge) => edge < cursor) ?? 0;
}

function behind(text: string, cursor: number): number {
  return edges(text).find((edge) => edge > cursor) ?? text.length;
}

function atEdge(text: string, cursor: number): number {
  return edges(text).find((edge) => edge >= cursor) ?? text.length;
}

/** Blanks, then the word, towards the start. Words end at blanks only, so that `#room` and a link are one. */
function wordLeft(text: string, cursor: number): number {
  const start = text.slice(0, cursor).search(/\S+\s*$|\s+$|$/);
  // A blank may carry an accent, and is then no place to stand behind.
  return edges(text).findLast((edge) => edge <= start) ?? 0;
}

function wordRight(text: string, cursor: number): number {
  const found = /^\s*\S*/.exec(text.slice(cursor));
  return atEdge(text, cursor + (found?.[0].length ?? 0));
}
