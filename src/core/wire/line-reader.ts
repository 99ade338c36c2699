/** Placeholder replaced by the wire author; the signatures are the contract. */

/** A line that cannot be handled, in the place where it stood. */
export type LineFault = 'line-too-long' | 'tags-too-long' | 'not-utf8' | 'has-nul';

/** A whole line without its ending, or the fault that stands in its place. */
export type Received = string | { readonly fault: LineFault };

/** Native text decoding, handed in because the core has none. */
export interface Utf8 {
  /** The text of these bytes, or undefined when they are not UTF-8. */
  decode(bytes: Uint8Array): string | undefined;
}
export interface LineLimits {
  /** Bytes of the tags with `@` and the space behind them. */
  readonly tagsBytesMax: number;
  /** Bytes of the rest, without the line ending. */
  readonly bodyBytesMax: number;
}
/** Cuts bytes into lines. Any of CR, LF, CR LF ends a line; empty lines are skipped. */
export declare class LineReader {
  constructor(utf8: Utf8, limits: LineLimits);
  /** Returns the lines that became whole with this chunk. Keeps at most one limit's worth of bytes. */
  feed(chunk: Uint8Array): Received[];
}
