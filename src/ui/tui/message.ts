/**
 * One item of the log as rows: time, name, and text that hangs under itself. Which marks stand beside a message is
 * decided here; what is around it (dividers, days, selection) is the log's business.
 */
import type { GapItem, HappenedItem, SaidItem } from '../../core/client/view.ts';
import { formatText, visibleText, type FormatNode, type InlineNode } from '../shared/format/format.ts';
import type { Clock } from './clock.ts';
import { fitRow, MUTED, PLAIN, rowWidth, span, type Look, type Row, type Span } from './row.ts';
import { pad, widthOf } from './width.ts';
import { wrap } from './wrap.ts';

/** How the columns of the log are dealt out. */
export interface Columns {
  readonly total: number;
  /** For the time and the blank behind it; zero when every column is needed for text. */
  readonly time: number;
  /** For the name and the blank behind it; zero when the name stands in front of the text. */
  readonly nick: number;
  readonly text: number;
}

/** What stands beside a message: where it is on its way, and whether the reader has chosen it. */
export interface Beside {
  readonly mark: '' | 'queued' | 'sending' | 'sent' | 'failed';
  readonly chosen: boolean;
}

/** Between the name and the text: a sign and a blank. */
const GUTTER = 2;

export function columnsOf(total: number): Columns {
  const time = total >= 24 ? 6 : 0;
  const nick = total >= 80 ? 13 : total >= 50 ? 10 : 0;
  return { total, time, nick, text: Math.max(2, total - time - nick - GUTTER) };
}

export function saidRows(item: SaidItem, columns: Columns, beside: Beside, clock: Clock): Row[] {
  const { time, nick, text } = columns;
  const first: Span[] = [];
  if (time > 0) first.push(span(clock.time(item.at), MUTED), span(' '));
  if (nick > 0) first.push(span(pad(nameOf(item), nick - 1), nameLook(item)), span(' '));
  first.push(span(signOf(item, beside), signLook(item)), span(' '));
  const further = span(' '.repeat(time + nick) + (beside.chosen ? '▸ ' : '  '));
  const rows = bodyRows(item, text, beside, nick === 0).map((row, index) => [
    ...(index === 0 ? first : [further]),
    ...row,
  ]);
  return beside.chosen ? rows.map((row) => row.map((part) => ({ ...part, look: { ...part.look, bold: true } }))) : rows;
}

function nameOf(item: SaidItem): string {
  if (item.form === 'action') return '*';
  if (item.form === 'notice') return `-${item.from}-`;
  return item.own ? 'you' : item.from;
}

function nameLook(item: SaidItem): Look {
  if (item.form === 'action') return PLAIN;
  return item.own ? { bold: true } : { nick: item.from };
}

function signOf(item: SaidItem, beside: Beside): string {
  if (beside.chosen) return '▸';
  if (beside.mark === 'failed') return '!';
  return item.mentionsMe ? '»' : ' ';
}

function signLook(item: SaidItem): Look {
  return item.delivery.state === 'failed' ? { role: 'error' } : { role: 'accent' };
}

function bodyRows(item: SaidItem, columns: number, beside: Beside, inline: boolean): Row[] {
  const base: Look = item.mentionsMe ? { bold: true } : item.form === 'notice' ? { italic: true } : PLAIN;
  const lead: Span[] = [];
  if (item.form === 'action') lead.push(span(inline ? '* ' : ''), span(item.from, { nick: item.from }), span(' '));
  else if (inline) lead.push(span(nameOf(item), nameLook(item)), span(': '));
  const rows: Row[] = [];
  if (item.replyTo !== undefined) {
    const { from, text } = item.replyTo;
    // Only parts of the line that are known: an answer to something that is not loaded has a name and no text.
    rows.push(
      fitRow(
        [
          span('╭ ', MUTED),
          span(from === '' ? 'an earlier message' : from, MUTED),
          span(text === '' ? '' : `: ${visibleText(formatText(text))}`, MUTED),
        ],
        columns,
      ),
    );
  }
  rows.push(...formatted(formatText(item.text), lead, base, columns, beside.chosen));
  if (item.reactions.size > 0) attach(rows, reactions(item), columns);
  const mark = markRow(item, beside);
  if (mark !== undefined) attach(rows, mark, columns);
  return rows;
}

/** Puts a row behind the last one when it fits, else below it. */
function attach(rows: Row[], row: Row, columns: number): void {
  const last = rows.at(-1) ?? [];
  if (rowWidth(last) + 2 + rowWidth(row) <= columns) rows[rows.length - 1] = [...last, span('  '), ...row];
  else rows.push(...wrap(row, columns));
}

function reactions(item: SaidItem): Row {
  return Array.from(item.reactions, ([emoji, nicks], index) =>
    span(`${index === 0 ? '' : ' '}${emoji} ${nicks.length}`, { role: 'accent' }),
  );
}

/** In words as well as signs: a reader of the screen must hear it. */
function markRow(item: SaidItem, { mark }: Beside): Row | undefined {
  switch (mark) {
    case 'queued':
      return [span('◌ queued', MUTED)];
    case 'sending':
      return [span('… sending', MUTED)];
    case 'sent':
      return [span('✓', MUTED)];
    case 'failed': {
      const reason = item.delivery.state === 'failed' ? item.delivery.reason : '';
      return [
        span(`! not sent: ${reason}`, { role: 'error' }),
        span(' · Up, then t to try again or x to discard', MUTED),
      ];
    }
    default:
      return undefined;
  }
}

/** Formatted text as rows; `lead` stands before the first. */
function formatted(nodes: readonly FormatNode[], lead: Row, base: Look, columns: number, revealed: boolean): Row[] {
  const rows: Row[] = [];
  let line: Span[] = [...lead];
  const flush = (): void => {
    if (line.length > 0) rows.push(...wrap(line, columns));
    line = [];
  };
  for (const node of nodes) {
    if (node.kind === 'quote') {
      flush();
      const quoted = node.children.flatMap((child) => inlineSpans(child, { ...base, ...MUTED }, revealed));
      rows.push(...wrap(quoted, columns - 2).map((row) => [span('│ ', MUTED), ...row]));
    } else if (node.kind === 'fence') {
      flush();
      const code = wrap([span(node.text.replaceAll('\t', '  '), { role: 'code' })], columns - 2);
      rows.push(...code.map((row) => [span('┃ ', MUTED), ...row]));
    } else {
      line.push(...inlineSpans(node, base, revealed));
    }
  }
  flush();
  return rows.length === 0 ? [[]] : rows;
}

function inlineSpans(node: InlineNode, base: Look, revealed: boolean): Span[] {
  switch (node.kind) {
    case 'text':
      return [span(node.text, { ...base, ...node.style })];
    case 'code':
      return [span(node.text, { ...base, role: 'code' })];
    case 'link':
      return [span(node.text, { ...base, ...node.style, role: 'link' })];
    case 'spoiler': {
      const inner = node.children.flatMap((child) => inlineSpans(child, base, revealed));
      if (revealed) return inner;
      const hidden = '░'.repeat(
        Math.max(
          1,
          inner.reduce((sum, { text }) => sum + widthOf(text), 0),
        ),
      );
      return [span(hidden, MUTED)];
    }
  }
}

// ----------------------------------------------------------------------------------------------- Happenings

/** Names in one list; more are counted. */
const NAMES_MAX = 12;

/** Joins and the like that stand together, in one line: who came, who left, who only looked in. */
export function happenedRows(items: readonly HappenedItem[], columns: Columns, clock: Clock): Row[] {
  const [first] = items;
  if (first === undefined) return [];
  const look: Look = first.what === 'error' ? { role: 'error' } : MUTED;
  const text = items.length === 1 ? first.text : condensed(items);
  const lead: Span[] = [];
  if (columns.time > 0) lead.push(span(clock.time(first.at), MUTED), span(' '));
  lead.push(span(' '.repeat(columns.nick)), span(first.what === 'error' ? '! ' : '┊ ', look));
  const further = span(' '.repeat(columns.time + columns.nick + GUTTER));
  return wrap([span(text, look)], columns.text).map((row, index) => [...(index === 0 ? lead : [further]), ...row]);
}

export function condensable(item: HappenedItem): boolean {
  return item.what === 'join' || item.what === 'part' || item.what === 'quit';
}

function condensed(items: readonly HappenedItem[]): string {
  const people = new Map<string, { first: boolean; last: boolean }>();
  for (const { who, what } of items) {
    const here = what === 'join';
    const known = people.get(who);
    if (known === undefined) people.set(who, { first: here, last: here });
    else known.last = here;
  }
  const those = (first: boolean, last: boolean): string[] =>
    Array.from(people)
      .filter(([, seen]) => seen.first === first && seen.last === last)
      .map(([who]) => who);
  // Who came and left again began with a join; who left and came back began with a part.
  const groups: [string[], string][] = [
    [those(true, true), 'joined'],
    [those(false, false), 'left'],
    [those(true, false), 'came and went'],
    [those(false, true), 'came back'],
  ];
  return groups
    .filter(([who]) => who.length > 0)
    .map(([who, did]) => `${names(who)} ${did}`)
    .join(' · ');
}

function names(who: readonly string[]): string {
  if (who.length <= NAMES_MAX) return who.join(', ');
  return `${who.slice(0, NAMES_MAX).join(', ')} and ${who.length - NAMES_MAX} more`;
}

// ---------------------------------------------------------------------------------------------------- Rules

export function gapRow(item: GapItem, columns: Columns, chosen: boolean): Row {
  if (item.loading) return rule('loading messages …', columns.total, MUTED);
  return rule(
    chosen ? '▸ messages not loaded · Enter loads them' : 'messages not loaded · [load]',
    columns.total,
    MUTED,
    '·',
  );
}

/** A line across the log with a word in it. */
export function rule(word: string, columns: number, look: Look, line = '─'): Row {
  const text = ` ${word} `;
  const room = columns - widthOf(text);
  if (room < 2) return fitRow([span(word, look)], columns);
  const left = Math.floor(room / 2);
  return [span(line.repeat(left) + text + line.repeat(room - left), look)];
}
