import { isAscii, isUtf8 } from 'node:buffer';
import type { Utf8 } from '../../core/wire/line-reader.ts';

// Both work on any Uint8Array; they are only declared on Buffer.
const { latin1Slice, utf8Slice } = Buffer.prototype as unknown as {
  latin1Slice: (this: Uint8Array, start: number, end: number) => string;
  utf8Slice: (this: Uint8Array, start: number, end: number) => string;
};

/** Text from bytes. Most chat lines are ASCII, and checking that and copying bytes is the fastest way through. */
export const utf8: Utf8 = {
  decode(bytes) {
    if (isAscii(bytes)) return latin1Slice.call(bytes, 0, bytes.length);
    if (isUtf8(bytes)) return utf8Slice.call(bytes, 0, bytes.length);
    return undefined;
  },
};
