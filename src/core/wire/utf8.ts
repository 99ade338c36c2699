/** Lengths in bytes of UTF-8 for text in memory, without encoding it. */

/** How many bytes the text takes as UTF-8. A lone surrogate counts as the three bytes of U+FFFD that it becomes. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    if (code < 0x800) bytes += 1;
    else {
      bytes += 2;
      // Both halves of a pair are counted at once: two units, four bytes.
      if (isHighSurrogate(code) && isLowSurrogate(text.charCodeAt(i + 1))) i++;
    }
  }
  return bytes;
}

/** The longest beginning of the text that takes at most `bytesMax` bytes. Never cuts through a code point. */
export function truncateUtf8(text: string, bytesMax: number): string {
  // No UTF-16 unit takes more than three bytes, so most texts need no count.
  if (text.length * 3 <= bytesMax) return text;
  let bytes = 0;
  let i = 0;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    const pair = isHighSurrogate(code) && isLowSurrogate(text.charCodeAt(i + 1));
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : pair ? 4 : 3;
    if (bytes > bytesMax) return text.slice(0, i);
    i += pair ? 2 : 1;
  }
  return text;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
