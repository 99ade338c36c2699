/**
 * Cuts bytes into lines, whatever pieces the network delivers them in.
 *
 * Most chunks hold nothing but short, whole, well-formed lines, so those are decoded a block at a time and cut as
 * text. A block that is not UTF-8 is read once more, line by line, so that only the bad line becomes a fault. What
 * stands behind the last line end is held until more comes: as bytes, because the cut may go through a character, and
 * never more than one line may have.
 *
 * Limits count bytes, because that is what the specifications count and what a peer can fill.
 */
import { utf8Length } from './utf8.ts';

/** A line that cannot be handled, in the place where it stood. */
export type LineFault = 'line-too-long' | 'tags-too-long' | 'not-utf8' | 'has-nul';

/**
 * A whole line without its ending, or the fault that stands in its place. `head` is how far a line could be read that
 * is not UTF-8: mostly to the command, so that the answer can name it.
 */
export type Received = string | { readonly fault: LineFault; readonly head?: string };

/** Native text decoding, handed in because the core has none. */
export interface Utf8 {
  /** The text of these bytes, or undefined when they are not UTF-8. A byte order mark is text like any other. */
  decode(bytes: Uint8Array): string | undefined;
}

export interface LineLimits {
  /** Bytes of the tags with `@` and the space behind them. */
  readonly tagsBytesMax: number;
  /** Bytes of the rest, without the line ending. */
  readonly bodyBytesMax: number;
}

/** RFC 1459 §2.3 allows 512 bytes and counts the line ending among them. */
export const BODY_BYTES_MAX = 510;

/**
 * What we read of a client's line. A password of full length does not fit the 510 bytes of RFC 1459, so two commands may
 * be longer (`CommandRow.long`); for the others the hub keeps to it. Others may read it as they like: it is our server's.
 */
export const CLIENT_BODY_BYTES_MAX = 1024;

/** What a client may send: `@`, 4094 bytes, a space (IRCv3 message-tags, "Size limit"). */
export const CLIENT_TAGS_BYTES_MAX = 4096;

/** What a server may send: the client's 4094 and its own 4094 with a `;` between, `@` and a space (same place). */
export const SERVER_TAGS_BYTES_MAX = 8191;

/** For a server that reads what a client sends. */
export const FROM_CLIENT: LineLimits = { tagsBytesMax: CLIENT_TAGS_BYTES_MAX, bodyBytesMax: CLIENT_BODY_BYTES_MAX };

/** For a client that reads what a server sends. */
export const FROM_SERVER: LineLimits = { tagsBytesMax: SERVER_TAGS_BYTES_MAX, bodyBytesMax: BODY_BYTES_MAX };

/**
 * Bytes decoded at once. A parameter cut out of a text keeps the whole text in memory for as long as it is kept
 * itself, so a nick that lives for months must not hold on to a 64 KiB read. Larger blocks are not faster.
 */
const BLOCK_BYTES = 4096;

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const AT = 0x40;

const NOTHING = new Uint8Array(0);

/** Whether the body of a line, which stands behind its tags, is longer than `bytesMax`. */
export function isBodyLonger(line: string, bytesMax: number): boolean {
  if (line.length * UNIT_BYTES_MAX <= bytesMax) return false; // short enough without counting
  const body = line.charCodeAt(0) === AT ? line.slice(line.indexOf(' ') + 1) : line;
  return utf8Length(body) > bytesMax;
}

/** Bytes that one UTF-16 unit may become. */
const UNIT_BYTES_MAX = 3;

/** Cuts bytes into lines. Any of CR, LF, CR LF ends a line; empty lines are skipped. */
export class LineReader {
  private readonly utf8: Utf8;
  private readonly limits: LineLimits;
  /** No text of at most this many UTF-16 units breaks a limit: none of them takes more than three bytes. */
  private readonly shortUnits: number;
  /** The beginning of a line whose end has not come, in the first `heldBytes` of `held`. */
  private held = NOTHING;
  private heldBytes = 0;
  /** The line has become a fault; the rest of it is not wanted. */
  private discarding = false;

  constructor(utf8: Utf8, limits: LineLimits) {
    this.utf8 = utf8;
    this.limits = limits;
    this.shortUnits = Math.floor(Math.min(limits.tagsBytesMax, limits.bodyBytesMax) / UNIT_BYTES_MAX);
  }

  /** Returns the lines that became whole with this chunk. Keeps at most one limit's worth of bytes. */
  feed(chunk: Uint8Array): Received[] {
    const lines: Received[] = [];
    let start = 0;
    if (this.heldBytes > 0 || this.discarding) {
      const end = nextLineEnd(chunk, 0);
      if (end === -1) {
        this.hold(chunk, lines);
        return lines;
      }
      this.hold(chunk.subarray(0, end), lines);
      this.endHeld(lines);
      start = end + 1;
    }
    const end = lastLineEnd(chunk, start, chunk.length) + 1;
    while (start < end) {
      // A block ends with a line; only a line longer than a block makes it larger.
      let blockEnd = end;
      if (end - start > BLOCK_BYTES) {
        blockEnd = lastLineEnd(chunk, start, start + BLOCK_BYTES) + 1;
        if (blockEnd === start) blockEnd = nextLineEnd(chunk, start) + 1;
      }
      this.readBlock(chunk.subarray(start, blockEnd), lines);
      start = blockEnd;
    }
    if (start < chunk.length) this.hold(chunk.subarray(start), lines);
    return lines;
  }

  /** Reads bytes that end with a line end. */
  private readBlock(bytes: Uint8Array, lines: Received[]): void {
    const text = this.utf8.decode(bytes);
    if (text === undefined) {
      this.readLineByLine(bytes, lines);
      return;
    }
    const ascii = text.length === bytes.length;
    const hasNul = text.includes('\0');
    let start = 0;
    let cr = text.indexOf('\r');
    let lf = text.indexOf('\n');
    while (start < text.length) {
      let end = lf;
      if (cr !== -1 && (lf === -1 || cr < lf)) {
        end = cr;
        cr = text.indexOf('\r', end + 1);
      } else {
        lf = text.indexOf('\n', end + 1);
      }
      if (end > start) {
        const line = text.slice(start, end);
        const fault = this.textFault(line, ascii);
        if (fault !== undefined) lines.push({ fault });
        else if (hasNul && line.includes('\0')) lines.push({ fault: 'has-nul' });
        else lines.push(line);
      }
      start = end + 1;
    }
  }

  private readLineByLine(bytes: Uint8Array, lines: Received[]): void {
    let start = 0;
    for (let end = 0; end < bytes.length; end++) {
      if (bytes[end] !== LF && bytes[end] !== CR) continue;
      if (end > start) lines.push(this.readLine(bytes.subarray(start, end)));
      start = end + 1;
    }
  }

  private readLine(bytes: Uint8Array): Received {
    const fault = this.bytesFault(bytes);
    if (fault !== undefined) return { fault };
    const text = this.utf8.decode(bytes);
    if (text === undefined) return { fault: 'not-utf8', head: this.asciiHead(bytes) };
    return text.includes('\0') ? { fault: 'has-nul' } : text;
  }

  private asciiHead(bytes: Uint8Array): string {
    const end = bytes.findIndex((byte) => byte > 0x7f);
    return this.utf8.decode(bytes.subarray(0, end)) ?? '';
  }

  /** Keeps bytes of a line that has not ended, unless the line is already longer than any may be. */
  private hold(bytes: Uint8Array, lines: Received[]): void {
    if (this.discarding) return;
    // One byte above both limits is enough to tell which of them is broken.
    const enough = this.limits.tagsBytesMax + this.limits.bodyBytesMax + 1;
    const more = bytes.subarray(0, enough - this.heldBytes);
    const size = this.heldBytes + more.length;
    if (size > this.held.length) {
      const larger = new Uint8Array(Math.min(enough, Math.max(size, this.held.length * 2)));
      larger.set(this.held.subarray(0, this.heldBytes));
      this.held = larger;
    }
    this.held.set(more, this.heldBytes);
    this.heldBytes = size;
    const fault = this.bytesFault(this.held.subarray(0, size));
    if (fault === undefined) return;
    lines.push({ fault });
    this.discarding = true;
    this.release();
  }

  /** The line end has come. */
  private endHeld(lines: Received[]): void {
    if (this.heldBytes > 0) lines.push(this.readLine(this.held.subarray(0, this.heldBytes)));
    this.discarding = false;
    this.release();
  }

  private release(): void {
    this.held = NOTHING;
    this.heldBytes = 0;
  }

  private textFault(line: string, ascii: boolean): LineFault | undefined {
    if (line.length <= this.shortUnits) return undefined;
    const tags = line.charCodeAt(0) === AT ? line.slice(0, line.indexOf(' ') + 1 || line.length) : '';
    if (ascii) return this.lengthFault(tags.length, line.length);
    return this.lengthFault(utf8Length(tags), utf8Length(line));
  }

  private bytesFault(line: Uint8Array): LineFault | undefined {
    return this.lengthFault(line[0] === AT ? line.indexOf(SPACE) + 1 || line.length : 0, line.length);
  }

  /** Tags are judged first: they come first, so a line that is still arriving gets the same answer. */
  private lengthFault(tagsBytes: number, lineBytes: number): LineFault | undefined {
    if (tagsBytes > this.limits.tagsBytesMax) return 'tags-too-long';
    if (lineBytes - tagsBytes > this.limits.bodyBytesMax) return 'line-too-long';
    return undefined;
  }
}

/** Where the next line ends, or -1. */
function nextLineEnd(bytes: Uint8Array, start: number): number {
  const lf = bytes.indexOf(LF, start);
  const before = lf === -1 ? bytes : bytes.subarray(0, lf);
  const cr = before.indexOf(CR, start);
  return cr === -1 ? lf : cr;
}

/** Where the last line between `start` and `end` ends, or `start - 1`. */
function lastLineEnd(bytes: Uint8Array, start: number, end: number): number {
  let i = end - 1;
  while (i >= start && bytes[i] !== LF && bytes[i] !== CR) i--;
  return i;
}
