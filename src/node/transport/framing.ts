/**
 * The bytes of an `Outgoing`, made once for each framing and kept with it, so that a thousand members of a room
 * share one Buffer.
 */
import type { Outgoing } from '../../core/ports.ts';

/** Slots of `Outgoing.encoded`. */
const LINES = 0;
const TEXT_FRAMES = 1;
const BINARY_FRAMES = 2;

/** RFC 6455 §5.2: FIN and the opcode; a server's frames are not masked. */
const FIN_TEXT = 0x81;
const FIN_BINARY = 0x82;

/** As they are: lines ended by CR LF, for TCP and TLS. */
export function encodedLines(lines: Outgoing): Uint8Array {
  const slots = (lines.encoded ??= []);
  return (slots[LINES] ??= Buffer.from(lines.text));
}

/** A WebSocket frame for each line, without its ending (https://ircv3.net/specs/extensions/websocket). */
export function encodedFrames(lines: Outgoing, binary: boolean): Uint8Array {
  const slots = (lines.encoded ??= []);
  return (slots[binary ? BINARY_FRAMES : TEXT_FRAMES] ??= frames(encodedLines(lines), binary ? FIN_BINARY : FIN_TEXT));
}

/** A header takes the place of each line's CR LF: two bytes, or four for a line of 126 bytes and more. */
function frames(bytes: Uint8Array, first: number): Uint8Array {
  const ends: number[] = [];
  let size = 0;
  for (let start = 0; start < bytes.length;) {
    const lf = bytes.indexOf(10, start);
    const end = lf === -1 ? bytes.length : lf + 1;
    ends.push(end);
    size += end - start + 4;
    start = end;
  }
  const out = Buffer.allocUnsafe(size);
  let at = 0;
  let start = 0;
  for (const end of ends) {
    const length = contentLength(bytes, start, end);
    out[at++] = first;
    if (length < 126) out[at++] = length;
    else {
      out[at++] = 126;
      at = out.writeUInt16BE(length, at);
    }
    out.set(bytes.subarray(start, start + length), at);
    at += length;
    start = end;
  }
  return out.subarray(0, at);
}

function contentLength(bytes: Uint8Array, start: number, end: number): number {
  let stop = end;
  if (stop > start && bytes[stop - 1] === 10) stop--;
  if (stop > start && bytes[stop - 1] === 13) stop--;
  return stop - start;
}
