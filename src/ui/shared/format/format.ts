/**
 * What a message means, as nodes: the one formatter of all faces. It reads the marks people type (`**bold**`,
 * `*italic*`, `__underline__`, `~~strike~~`, `` `code` ``, fences, `> quote`, `||spoiler||`), the formatting codes of
 * IRC clients (https://modern.ircdocs.horse/formatting.html) and links. It never makes HTML or escape sequences: a
 * face builds its own elements from the nodes, and what was text stays text.
 *
 * A mark without its partner is shown as it was typed. Every input is read in one pass, in time linear in its length.
 */
import { formatInline } from './inline.ts';

/** How a run of text looks. A key is present only when it holds. Colours are `#rrggbb`. */
export interface Style {
  readonly bold?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly strike?: true;
  /** Equal-width letters, asked for by an IRC formatting code. */
  readonly mono?: true;
  /** Foreground and background exchanged. */
  readonly reverse?: true;
  readonly foreground?: string;
  readonly background?: string;
}

export type InlineNode =
  /** May contain `\n`. */
  | { readonly kind: 'text'; readonly text: string; readonly style: Style }
  | { readonly kind: 'code'; readonly text: string }
  /** `href` is one of http, https, mailto, irc, ircs, and the same characters as `text`: it cannot say one thing and do another. */
  | { readonly kind: 'link'; readonly text: string; readonly href: string; readonly style: Style }
  /** Hidden until the reader asks for it. Never holds another spoiler. */
  | { readonly kind: 'spoiler'; readonly children: readonly InlineNode[] };

export type FormatNode =
  | InlineNode
  /** A block of code; `language` is what stood behind the opening fence, often empty. */
  | { readonly kind: 'fence'; readonly text: string; readonly language: string }
  /** Lines that began with `> `. */
  | { readonly kind: 'quote'; readonly children: readonly InlineNode[] };

const FENCE = '```';

/** Reads one message into nodes. Quotes and fences are blocks of their own; the line breaks around them are taken away. */
export function formatText(text: string): FormatNode[] {
  const nodes: FormatNode[] = [];
  let at = 0;
  let fence = nextFence(text, 0);
  let quote = nextQuote(text, 0);
  for (;;) {
    if (fence !== undefined && fence.open < at) fence = nextFence(text, at);
    if (quote !== undefined && quote < at) quote = nextQuote(text, at);
    if (fence !== undefined && (quote === undefined || fence.open < quote)) {
      const block = readFence(text.slice(fence.open + FENCE.length, fence.close));
      nodes.push(
        ...formatInline(text.slice(at, block.kind === 'fence' ? withoutBreak(text, at, fence.open) : fence.open)),
      );
      nodes.push(block);
      at = fence.close + FENCE.length;
      if (block.kind === 'fence' && text[at] === '\n') at += 1;
    } else if (quote !== undefined) {
      nodes.push(...formatInline(text.slice(at, withoutBreak(text, at, quote))));
      const read = readQuote(text, quote);
      nodes.push({ kind: 'quote', children: formatInline(read.text) });
      at = read.end;
    } else {
      nodes.push(...formatInline(text.slice(at)));
      return nodes;
    }
  }
}

/** The text a reader sees, without marks: for notifications, copying and one-line previews. */
export function visibleText(nodes: readonly FormatNode[]): string {
  let text = '';
  for (const node of nodes) text += 'children' in node ? visibleText(node.children) : node.text;
  return text;
}

interface Fence {
  readonly open: number;
  readonly close: number;
}

/** The next pair of fences that has something between them. */
function nextFence(text: string, from: number): Fence | undefined {
  const open = text.indexOf(FENCE, from);
  if (open === -1) return undefined;
  const close = text.indexOf(FENCE, open + FENCE.length + 1);
  return close === -1 ? undefined : { open, close };
}

/** Code on one line is inline even between fences; a word alone behind the opening fence names the language. */
function readFence(inside: string): FormatNode {
  const end = inside.indexOf('\n');
  if (end === -1) return { kind: 'code', text: inside };
  const first = inside.slice(0, end);
  const named = /^[\w+#.-]{0,20}$/.test(first);
  return {
    kind: 'fence',
    language: named ? first : '',
    text: (named ? inside.slice(end + 1) : inside).replace(/\n$/, ''),
  };
}

/** Where the next line begins that starts with `> `. A bare `>` is left alone: `>:(` is a face. */
function nextQuote(text: string, from: number): number | undefined {
  if ((from === 0 || text[from - 1] === '\n') && text.startsWith('> ', from)) return from;
  const found = text.indexOf('\n> ', from);
  return found === -1 ? undefined : found + 1;
}

/** All lines from here on that start with `> `, without it; `end` is behind the line break of the last. */
function readQuote(text: string, from: number): { text: string; end: number } {
  const lines: string[] = [];
  let at = from;
  while (at < text.length && text.startsWith('> ', at)) {
    const found = text.indexOf('\n', at);
    const end = found === -1 ? text.length : found;
    lines.push(text.slice(at + 2, end));
    at = Math.min(end + 1, text.length);
  }
  return { text: lines.join('\n'), end: at };
}

/** `end`, or one less when the line break before it belongs to the block that follows. */
function withoutBreak(text: string, start: number, end: number): number {
  return end > start && text[end - 1] === '\n' ? end - 1 : end;
}
