/**
 * Formatting inside one block. First the text is cut into tokens: plain text, code, links, marks that may open or
 * close, and IRC formatting codes. Then marks find their partners: a mark closes the nearest open one of its kind, and
 * whatever was opened in between stays text, so that pairs always nest. Each mark enters and leaves the stack once.
 */
import type { InlineNode, Style } from './format.ts';
import { IRC_COLOURS } from './irc-colours.ts';
import { readLink } from './link.ts';

type MarkKind = 'bold' | 'italic' | 'underline' | 'strike' | 'spoiler';

interface Mark {
  readonly kind: 'mark';
  readonly text: string;
  readonly mark: MarkKind;
  readonly opens: boolean;
  readonly closes: boolean;
  /** Set when the partner was found. */
  role: 'text' | 'open' | 'close';
}

type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string }
  /** An IRC formatting code: what becomes of the style that stood before it. */
  | { readonly kind: 'code-of-irc'; readonly change: (style: Style) => Style }
  | Mark;

const MARKS: ReadonlyMap<string, MarkKind> = new Map([
  ['**', 'bold'],
  ['*', 'italic'],
  ['__', 'underline'],
  ['_', 'italic'],
  ['~~', 'strike'],
  ['||', 'spoiler'],
]);

/** Where plain text may end: a mark, code, a formatting code, or the first letter of a link's scheme. */
const SPECIAL = /[*_~|`\x02\x03\x04\x0f\x11\x16\x1d\x1e\x1f\n]|(?:https?|ircs?):\/\/|mailto:/gi;
const WORD = /[\p{L}\p{N}]/u;

export function formatInline(text: string): InlineNode[] {
  if (text === '') return [];
  const tokens = cut(text);
  pair(tokens);
  return build(tokens);
}

function cut(text: string): Token[] {
  const tokens: Token[] = [];
  let start = 0;
  let at = 0;
  // A search for a closing backtick that failed once fails for the rest: without this, time would be quadratic.
  const closable = new Set(['`', '``']);
  const push = (token: Token | undefined, end: number): void => {
    if (at > start) tokens.push({ kind: 'text', text: text.slice(start, at) });
    if (token !== undefined) tokens.push(token);
    start = end;
    at = end;
  };
  for (;;) {
    SPECIAL.lastIndex = at;
    const found = SPECIAL.exec(text);
    if (found === null) break;
    at = found.index;
    const char = text[at] as string;
    if (char === '`') {
      const ticks = text[at + 1] === '`' ? '``' : '`';
      const close = closable.has(ticks) ? text.indexOf(ticks, at + ticks.length + 1) : -1;
      if (close === -1) {
        closable.delete(ticks);
        at += ticks.length;
      } else {
        push({ kind: 'code', text: text.slice(at + ticks.length, close) }, close + ticks.length);
      }
    } else if (char in CODES) {
      const code = readCode(text, at);
      push({ kind: 'code-of-irc', change: code.change }, code.end);
    } else if (char === '\n') {
      // Codes reach to the end of their line, as they do where every line is a message.
      at += 1;
      push({ kind: 'code-of-irc', change: () => PLAIN }, at);
    } else if (found[0].length > 1) {
      if (wordBefore(text, at)) {
        at += found[0].length;
        continue;
      }
      const { link, run } = readLink(text, at);
      if (link === undefined) at += run;
      else push({ kind: 'link', text: link, href: link }, at + link.length);
    } else {
      const mark = readMark(text, at);
      if (mark === undefined) at += 1;
      else push(mark, at + mark.text.length);
    }
  }
  at = text.length;
  push(undefined, at);
  return tokens;
}

/** A mark opens before something visible and closes behind it, and never inside a word: `snake_case` and `2*3*4` stay. */
function readMark(text: string, at: number): Mark | undefined {
  const double = text.slice(at, at + 2);
  // `***both***`: the inner mark closes first.
  const inner = text.startsWith('***', at) && at > 0 && !/[\s*]/.test(text[at - 1] as string);
  const sign = MARKS.has(double) && !inner ? double : double.slice(0, 1);
  const mark = MARKS.get(sign);
  if (mark === undefined) return undefined;
  const after = text[at + sign.length];
  const before = text[at - 1];
  return {
    kind: 'mark',
    text: sign,
    mark,
    opens: after !== undefined && !/\s/.test(after) && !wordBefore(text, at),
    closes: before !== undefined && !/\s/.test(before) && !wordAfter(text, at + sign.length),
    role: 'text',
  };
}

function wordBefore(text: string, at: number): boolean {
  const char = text[at - 1];
  // Half of a pair of surrogates is nearly always an emoji or a rare letter; it is no word.
  return char !== undefined && WORD.test(char);
}

function wordAfter(text: string, at: number): boolean {
  const char = text[at];
  return char !== undefined && WORD.test(char);
}

function pair(tokens: readonly Token[]): void {
  const open: Mark[] = [];
  // How many of each sign are open, so that a mark which closes nothing does not search the stack.
  const counts = new Map<string, number>();
  const count = (sign: string, by: number): void => void counts.set(sign, (counts.get(sign) ?? 0) + by);
  for (const token of tokens) {
    if (token.kind !== 'mark') continue;
    if (token.closes && (counts.get(token.text) ?? 0) > 0) {
      for (;;) {
        const top = open.pop() as Mark;
        count(top.text, -1);
        if (top.text !== token.text) continue;
        top.role = 'open';
        token.role = 'close';
        break;
      }
    } else if (token.opens && (counts.get(token.text) ?? 0) === 0) {
      open.push(token);
      count(token.text, 1);
    }
  }
}

const PLAIN: Style = {};

function build(tokens: readonly Token[]): InlineNode[] {
  const nodes: InlineNode[] = [];
  let into = nodes;
  let typed: Style = PLAIN;
  let coded: Style = PLAIN;
  let style: Style = PLAIN;
  let italics = 0;
  for (const token of tokens) {
    if (token.kind === 'mark' && token.role !== 'text') {
      const opens = token.role === 'open';
      if (token.mark === 'spoiler') {
        const children: InlineNode[] = [];
        if (opens) nodes.push({ kind: 'spoiler', children });
        into = opens ? children : nodes;
      } else {
        if (token.mark === 'italic') italics += opens ? 1 : -1;
        typed = withFlag(typed, token.mark, token.mark === 'italic' ? italics > 0 : opens);
        style = merge(typed, coded);
      }
    } else if (token.kind === 'code-of-irc') {
      coded = token.change(coded);
      style = merge(typed, coded);
    } else if (token.kind === 'code') {
      into.push({ kind: 'code', text: token.text });
    } else if (token.kind === 'link') {
      into.push({ kind: 'link', text: token.text, href: token.href, style });
    } else {
      const last = into.at(-1);
      if (last?.kind === 'text' && last.style === style) {
        into[into.length - 1] = { kind: 'text', text: last.text + token.text, style };
      } else {
        into.push({ kind: 'text', text: token.text, style });
      }
    }
  }
  return nodes;
}

type Flag = 'bold' | 'italic' | 'underline' | 'strike' | 'mono' | 'reverse';

function withFlag(style: Style, flag: Flag, on: boolean): Style {
  const { [flag]: _, ...rest } = style;
  return on ? { ...rest, [flag]: true } : rest;
}

function merge(typed: Style, coded: Style): Style {
  if (Object.keys(typed).length === 0) return coded;
  if (Object.keys(coded).length === 0) return typed;
  return { ...coded, ...typed };
}

/** One-character codes and what each turns on or off; `null` marks those that read more. */
const CODES: Readonly<Record<string, Flag | null>> = {
  '\x02': 'bold',
  '\x1d': 'italic',
  '\x1f': 'underline',
  '\x1e': 'strike',
  '\x11': 'mono',
  '\x16': 'reverse',
  '\x0f': null,
  '\x03': null,
  '\x04': null,
};

const COLOUR = /(\d{1,2})(?:,(\d{1,2}))?/y;
const HEX = /([0-9a-f]{6})(?:,([0-9a-f]{6}))?/iy;

function readCode(text: string, at: number): { end: number; change: (style: Style) => Style } {
  const char = text[at] as string;
  const flag = CODES[char];
  if (flag) return { end: at + 1, change: (style) => withFlag(style, flag, style[flag] !== true) };
  if (char === '\x0f') return { end: at + 1, change: () => PLAIN };
  const pattern = char === '\x03' ? COLOUR : HEX;
  pattern.lastIndex = at + 1;
  const found = pattern.exec(text);
  // A colour code alone takes both colours away.
  if (found === null) return { end: at + 1, change: (style) => withColours(style, undefined, undefined) };
  const read = (value: string | undefined): string | undefined => {
    if (value === undefined) return undefined;
    return char === '\x03' ? IRC_COLOURS[Number(value)] : `#${value.toLowerCase()}`;
  };
  const foreground = read(found[1]);
  const background = read(found[2]);
  return {
    end: at + 1 + found[0].length,
    change: (style) => withColours(style, foreground, found[2] === undefined ? style.background : background),
  };
}

/** Colour 99 and colours left out are the default: no key at all. */
function withColours(style: Style, foreground: string | undefined, background: string | undefined): Style {
  const { foreground: _f, background: _b, ...rest } = style;
  return { ...rest, ...(foreground !== undefined && { foreground }), ...(background !== undefined && { background }) };
}
