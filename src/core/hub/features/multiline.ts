/**
 * BATCH from a client: a message of several lines, collected until its end and then said as one
 * (https://ircv3.net/specs/extensions/multiline, https://ircv3.net/specs/extensions/client-batch).
 */
import { fold } from '../../wire/casemap.ts';
import type { Tags } from '../../wire/message.ts';
import { utf8Length } from '../../wire/utf8.ts';
import type { Call } from '../call.ts';
import type { HubSettings } from '../events.ts';
import type { Feature } from '../feature.ts';
import { CONCAT_TAG, joinPieces, MULTILINE, type PieceOfText } from '../many-lines.ts';
import { shown } from '../kept-message.ts';
import type { State } from '../state.ts';
import { sayTo } from './messages.ts';

export const multiline: Feature = {
  commands: {
    BATCH: { run: batch, params: 1, when: 'registered' },
  },
  capabilities: ['draft/multiline'],
  capabilityValue: {
    'draft/multiline': ({ limits }) => `max-bytes=${limits.multilineBytes},max-lines=${limits.multilineLines}`,
  },
};

/** A message that has begun and not ended. */
export interface OpenBatch {
  readonly ref: string;
  readonly target: string;
  /** Those of the line that opened it: its client-only tags are those of the message. */
  readonly tags: Tags;
  /** The label of that line: what becomes of the message is its answer. */
  readonly label: string | undefined;
  readonly pieces: PieceOfText[];
  bytes: number;
  /** It was refused: what still comes of it is dropped. */
  refused: boolean;
}

const REF = /^[A-Za-z0-9-]{1,64}$/;
const TYPE = 'draft/multiline';

/** BATCH +<ref> draft/multiline <target>, and later BATCH -<ref> */
function batch(call: Call, state: State): void {
  const word = call.param(0);
  if (word.startsWith('-')) close(call, state, word.slice(1));
  else open(call, word);
}

function open(call: Call, word: string): void {
  const { conn, message } = call;
  const ref = word.slice(1);
  const target = call.param(2);
  if (!word.startsWith('+') || !REF.test(ref) || call.param(1) !== TYPE || target === '') {
    invalid(call, `Begin with BATCH +name ${TYPE} target`);
  } else if ((conn.caps & MULTILINE) !== MULTILINE) {
    invalid(call, `Ask for ${TYPE} and batch first`);
  } else if (conn.batch !== undefined && !conn.batch.refused) {
    refuse(call, conn.batch, 'MULTILINE_INVALID', 'One message has to end before the next begins');
  } else {
    const label = call.takeLabel();
    conn.batch = { ref, target, tags: message.tags, label, pieces: [], bytes: 0, refused: false };
  }
}

function invalid(call: Call, why: string): void {
  call.server('FAIL', 'BATCH', 'MULTILINE_INVALID', why);
}

/** Nothing of this message will be said. */
function refuse(call: Call, open: OpenBatch, code: string, ...contextAndText: string[]): void {
  open.refused = true;
  call.giveLabel(open.label);
  call.server('FAIL', 'BATCH', code, ...contextAndText);
}

/** Takes a line that belongs to an open message, or should; false when it stands for itself. */
export function collect(call: Call, { settings }: State): boolean {
  const { batch: open } = call.conn;
  const ref = call.message.tags.get('batch');
  if (ref === undefined && (open === undefined || open.refused || call.message.command === 'TAGMSG')) return false;
  if (open === undefined) {
    if ((call.conn.caps & MULTILINE) !== MULTILINE) return false;
    invalid(call, 'That message was never begun');
    return true;
  }
  if (open.refused) return true;
  const text = call.param(1);
  const concat = call.message.tags.has(CONCAT_TAG);
  if (ref !== open.ref || call.message.command !== 'PRIVMSG') {
    refuse(call, open, 'MULTILINE_INVALID', 'Only lines of PRIVMSG stand between the begin and the end of a message');
  } else if (fold(call.param(0)) !== fold(open.target)) {
    const said = [shown(open.target), shown(call.param(0))];
    refuse(call, open, 'MULTILINE_INVALID_TARGET', ...said, 'All lines of a message go to its target');
  } else if (concat && text === '') {
    refuse(call, open, 'MULTILINE_INVALID', 'An empty line goes on from nothing');
  } else {
    add(call, open, { text, concat: concat && open.pieces.length > 0 }, settings);
  }
  return true;
}

function add(call: Call, open: OpenBatch, piece: PieceOfText, { limits }: HubSettings): void {
  open.bytes += utf8Length(piece.text) + (open.pieces.length > 0 && !piece.concat ? 1 : 0);
  const { multilineBytes, multilineLines } = limits;
  if (open.pieces.length >= multilineLines) {
    refuse(call, open, 'MULTILINE_MAX_LINES', String(multilineLines), 'The message has too many lines');
  } else if (open.bytes > multilineBytes) {
    refuse(call, open, 'MULTILINE_MAX_BYTES', String(multilineBytes), 'The message is too long');
  } else {
    open.pieces.push(piece);
  }
}

function close(call: Call, state: State, ref: string): void {
  const { batch: open } = call.conn;
  if (open === undefined || open.ref !== ref) {
    if (open === undefined || open.refused) invalid(call, 'That message was never begun');
    else refuse(call, open, 'MULTILINE_INVALID', 'Another message has begun; it was dropped');
    return;
  }
  call.conn.batch = undefined;
  if (open.refused) return;
  call.giveLabel(open.label);
  if (open.pieces.every(({ text }) => text === '')) {
    invalid(call, 'A message has at least one line with something in it');
    return;
  }
  sayTo(call, state, { command: 'PRIVMSG', targets: open.target, text: joinPieces(open.pieces), tags: open.tags });
}
