/**
 * One line as a value: `@tags :source COMMAND params`. Text in, value or named fault out; nothing here throws or logs.
 *
 * The grammar is RFC 1459 §2.3.1 with IRCv3 message-tags in front, read generously and written strictly: runs of
 * spaces separate like one, any number of parameters is read (the limit on the line bounds them), but what is written
 * has single spaces and a colon only where it is needed. The length of a line is the line reader's business.
 *
 * https://modern.ircdocs.horse/#message-format and https://ircv3.net/specs/extensions/message-tags
 */

export type Tags = ReadonlyMap<string, string>;

/** Shared by all messages without tags: most have none, and a map for each would be the dearest part of reading one. */
export const NO_TAGS: Tags = new Map();

export interface Message {
  readonly tags: Tags;
  /** Without the leading colon; empty when the line named none. */
  readonly source: string;
  /** In upper case. */
  readonly command: string;
  readonly params: readonly string[];
}

export type MessageFault = 'empty' | 'bad-command' | 'tags-too-long' | 'tag-without-key';

export type Parsed =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly fault: MessageFault };

/** The longest tags between `@` and the space, in either direction (IRCv3 message-tags, "Size limit"): 8191 with both. */
const TAGS_LENGTH_MAX = 8189;

const SPACE = 0x20;
const COLON = 0x3a;
const AT = 0x40;

const EMPTY: Parsed = { ok: false, fault: 'empty' };
const BAD_COMMAND: Parsed = { ok: false, fault: 'bad-command' };

/** Reads a line that has no line ending. */
export function parseMessage(line: string): Parsed {
  const length = line.length;
  let tags = NO_TAGS;
  let at = 0;

  if (line.charCodeAt(0) === AT) {
    const end = line.indexOf(' ');
    if (end === -1) return EMPTY;
    const read = parseTags(line.slice(1, end));
    if (!read.ok) return read;
    tags = read.tags;
    at = end;
  }

  at = skipSpaces(line, at);
  let source = '';
  if (line.charCodeAt(at) === COLON) {
    const end = line.indexOf(' ', at);
    if (end === -1) return EMPTY;
    source = line.slice(at + 1, end);
    at = skipSpaces(line, end);
  }

  if (at === length) return EMPTY;
  let end = line.indexOf(' ', at);
  if (end === -1) end = length;
  const command = readCommand(line, at, end);
  if (command === '') return BAD_COMMAND;

  const params: string[] = [];
  while ((at = skipSpaces(line, end)) < length) {
    if (line.charCodeAt(at) === COLON) {
      params.push(line.slice(at + 1));
      break;
    }
    end = line.indexOf(' ', at);
    if (end === -1) end = length;
    params.push(line.slice(at, end));
  }
  return { ok: true, message: { tags, source, command, params } };
}

function skipSpaces(line: string, at: number): number {
  while (line.charCodeAt(at) === SPACE) at++;
  return at;
}

/** The command in upper case; empty when it is neither all letters nor three digits. */
function readCommand(line: string, start: number, end: number): string {
  let upper = true;
  let digits = 0;
  for (let i = start; i < end; i++) {
    const code = line.charCodeAt(i);
    if (code >= 0x41 && code <= 0x5a) continue;
    if (code >= 0x61 && code <= 0x7a) upper = false;
    else if (code >= 0x30 && code <= 0x39) digits++;
    else return '';
  }
  if (digits !== 0 && (digits !== 3 || end - start !== 3)) return '';
  const command = line.slice(start, end);
  return upper ? command : command.toUpperCase();
}

/**
 * Writes a line, without its ending. Tags and source may be left out. What a parameter cannot carry is replaced as
 * `formatBody` says, so a line is always one line.
 */
export function formatMessage(message: {
  tags?: Tags;
  source?: string;
  command: string;
  params: readonly string[];
}): string {
  const body = formatBody(message.source ?? '', message.command, message.params);
  const tags = message.tags === undefined ? '' : formatTags(message.tags);
  return tags === '' ? body : `@${tags} ${body}`;
}

/** CR and LF end a line and NUL must not stand in one (RFC 1459 §2.3.1). */
const ENDS_A_LINE = /[\r\n\0]/;

/**
 * `:source COMMAND a b :c` without tags; an empty source is left out. The last parameter gets a colon when it needs
 * one: it is empty, has a space or begins with a colon. Another parameter like that cannot be written; `*` stands in
 * its place, so that those behind it keep theirs. CR, LF and NUL in a parameter become spaces: whatever a caller hands in,
 * nobody's text becomes a line of its own.
 */
export function formatBody(source: string, command: string, params: readonly string[]): string {
  let text = source === '' ? command : `:${source} ${command}`;
  const last = params.length - 1;
  for (let i = 0; i < last; i++) {
    const param = params[i]!;
    text += isWord(param) ? ` ${param}` : ' *';
  }
  if (last >= 0) {
    const param = params[last]!;
    text += isWord(param) ? ` ${param}` : ` :${param}`;
  }
  if (!ENDS_A_LINE.test(text)) return text;
  return formatBody(
    onOneLine(source, ''),
    onOneLine(command, ''),
    params.map((param) => onOneLine(param, ' ')),
  );
}

function onOneLine(text: string, replacement: string): string {
  return text.replace(/[\r\n\0]/g, replacement);
}

/** Can stand without a colon in front. */
function isWord(param: string): boolean {
  return param !== '' && param.charCodeAt(0) !== COLON && !param.includes(' ');
}

// ---------------------------------------------------------------------------------------------------- Tags

/** Reads `a=1;+b` (no `@`). The last of two equal keys wins (IRCv3 message-tags). */
export function parseTags(text: string): { ok: true; tags: Tags } | { ok: false; fault: MessageFault } {
  if (text === '') return { ok: true, tags: NO_TAGS };
  if (text.length > TAGS_LENGTH_MAX) return { ok: false, fault: 'tags-too-long' };
  const escaped = text.includes('\\');
  const tags = new Map<string, string>();
  let end = -1;
  while (end < text.length) {
    const start = end + 1;
    end = text.indexOf(';', start);
    if (end === -1) end = text.length;
    if (end === start) continue; // `a;;b` and `a;` are read as if the empty pair were not there
    const equals = text.indexOf('=', start); // only the first one separates: a value may contain more
    const keyEnd = equals === -1 || equals > end ? end : equals;
    if (keyEnd === start) return { ok: false, fault: 'tag-without-key' };
    const value = keyEnd === end ? '' : text.slice(keyEnd + 1, end);
    tags.set(text.slice(start, keyEnd), escaped ? unescapeTagValue(value) : value);
  }
  return { ok: true, tags };
}

/** Writes tags without the `@`, values escaped; empty for none. A missing value and an empty one are the same. */
export function formatTags(tags: Tags): string {
  let text = '';
  for (const [key, value] of tags) {
    if (text !== '') text += ';';
    text += value === '' ? key : `${key}=${escapeTagValue(value)}`;
  }
  return text;
}

const NEEDS_ESCAPE = /[;\s\\\0]/;

/** Makes a value fit to stand in tags. NUL has no escape and is left out. */
export function escapeTagValue(value: string): string {
  if (!NEEDS_ESCAPE.test(value)) return value;
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll(';', '\\:')
    .replaceAll(' ', '\\s')
    .replaceAll('\r', '\\r')
    .replaceAll('\n', '\\n')
    .replaceAll('\0', '');
}

/** A backslash before any other character, or at the end, is dropped (IRCv3 message-tags, "Escaping values"). */
export function unescapeTagValue(value: string): string {
  let at = value.indexOf('\\');
  if (at === -1) return value;
  let text = '';
  let start = 0;
  while (at !== -1) {
    text += value.slice(start, at) + unescaped(value.charAt(at + 1));
    start = at + 2;
    at = value.indexOf('\\', start);
  }
  return text + value.slice(start);
}

function unescaped(character: string): string {
  switch (character) {
    case ':':
      return ';';
    case 's':
      return ' ';
    case 'r':
      return '\r';
    case 'n':
      return '\n';
    default:
      return character;
  }
}
