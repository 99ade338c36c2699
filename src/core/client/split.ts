import { utf8Length } from '../wire/utf8.ts';

/** An empty line of a longer text is kept as this: IRC has no empty message. */
const EMPTY_LINE = ' ';

/**
 * Cuts what a person typed into messages of at most `bytesMax` bytes: at line endings, then at the last space that
 * still fits, then between characters (never through a code point, nor between a letter and its marks or joiners
 * when there is a better place). Nothing but the spaces at the cuts is left out.
 */
export function split(text: string, bytesMax: number): string[] {
  const parts: string[] = [];
  for (const line of text
    .toWellFormed()
    .replaceAll('\0', '')
    .split(/\r\n|\r|\n/)) {
    if (line === '') parts.push(EMPTY_LINE);
    else splitLine(line, bytesMax, parts);
  }
  return parts;
}

function splitLine(line: string, bytesMax: number, parts: string[]): void {
  let rest = line;
  while (utf8Length(rest) > bytesMax) {
    const cut = cutAt(rest, bytesMax);
    parts.push(rest.slice(0, cut.end));
    rest = rest.slice(cut.next);
  }
  if (rest !== '') parts.push(rest);
}

const ATTACHES = /^[\p{M}\u200d]/u;

/** Where the first part ends and the next begins. */
function cutAt(text: string, bytesMax: number): { end: number; next: number } {
  let bytes = 0;
  let at = 0;
  let whole = 0; // the last place between two letters with all their marks
  let space = -1;
  for (const character of text) {
    const size = utf8Length(character);
    if (bytes + size > bytesMax) break;
    const joined = text.charCodeAt(at - 1) === 0x200d;
    if (!joined && !ATTACHES.test(character)) whole = at;
    if (character === ' ') space = at;
    bytes += size;
    at += character.length;
  }
  if (text.charAt(at) === ' ') return { end: at, next: at + 1 };
  // A space far to the left would waste most of the line: then the word is cut.
  if (space > at / 2) return { end: space, next: space + 1 };
  const next = text.slice(at, at + 2);
  const end = (ATTACHES.test(next) || text.charCodeAt(at - 1) === 0x200d) && whole > 0 ? whole : at;
  // Not even one character fits: it goes alone, so that the loop always ends.
  if (end === 0) return alone(text);
  return { end, next: end };
}

function alone(text: string): { end: number; next: number } {
  const length = String.fromCodePoint(text.codePointAt(0) ?? 0).length;
  return { end: length, next: length };
}
