/**
 * Messages of several lines (https://ircv3.net/specs/extensions/multiline). Inside the server such a message is one text:
 * `\n` stands between lines, `\r` where a line goes on in the next piece of the same line. Neither can be in a line.
 */
import { capBit, type CapSet } from '../wire/capabilities.ts';
import { Line, type LineMeta } from './line.ts';

export const MULTILINE: CapSet = capBit('draft/multiline') | capBit('batch');
const BATCH = capBit('batch');
export const CONCAT_TAG = 'draft/multiline-concat';

/** Where one piece ends and the next begins. */
const BREAK = /([\n\r])/;

export function hasManyLines(text: string): boolean {
  return text.includes('\n') || text.includes('\r');
}

export interface PieceOfText {
  readonly text: string;
  /** It goes on in the line of the piece before. */
  readonly concat: boolean;
}

export function joinPieces(pieces: readonly PieceOfText[]): string {
  return pieces.map(({ text, concat }, i) => (i === 0 ? text : (concat ? '\r' : '\n') + text)).join('');
}

export function piecesOf(text: string): PieceOfText[] {
  const parts = text.split(BREAK);
  const pieces: PieceOfText[] = [];
  for (let i = 0; i < parts.length; i += 2) pieces.push({ text: parts[i] ?? '', concat: parts[i - 1] === '\r' });
  return pieces;
}

/** A kept or new message as a line, whatever the number of its lines. */
export function messageLine(body: string, meta: LineMeta): Line {
  return hasManyLines(body) ? new ManyLines(body, meta) : new Line(body, meta);
}

/**
 * One message that is several lines on the wire: a batch for those who know such, the lines one by one for others. The
 * id is that of the whole, and stands on what comes first.
 */
class ManyLines extends Line {
  override textWith(caps: CapSet, extra: string): string {
    const start = this.body.indexOf(' :') + 2;
    const head = this.body.slice(0, start);
    const pieces = piecesOf(this.body.slice(start));
    const { place, requires: _, ...rest } = this.meta;
    if ((caps & MULTILINE) === MULTILINE) {
      const [source = '', , target = ''] = head.split(' ');
      // A connection's own batches are numbered without a hyphen, so they are never mistaken for this one.
      const ref = `m-${place?.msgid ?? ''}`;
      let text = new Line(`${source} BATCH +${ref} draft/multiline ${target}`, this.meta).textWith(caps, extra);
      for (const piece of pieces)
        text += `@batch=${ref}${piece.concat ? `;${CONCAT_TAG}` : ''} ${head}${piece.text}\r\n`;
      return `${text}${source} BATCH -${ref}\r\n`;
    }
    // Every line of it belongs to the batch that the message stands in; a label only to the first.
    const outer = extra.startsWith('batch=') && (caps & BATCH) !== 0 ? extra : '';
    const at = place?.at ?? rest.at;
    const later: LineMeta = at === undefined ? rest : { ...rest, at };
    let text = '';
    for (const piece of pieces) {
      if (piece.text === '') continue;
      const line = new Line(head + piece.text, text === '' ? this.meta : later);
      text += line.textWith(caps, text === '' ? extra : outer);
    }
    return text;
  }
}
