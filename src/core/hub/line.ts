/**
 * A line on its way to connections, written once per distinct set of capabilities and shared by all who have that set.
 * The body (`:source COMMAND params`) is the same for everybody unless a capability changes it (extended-join); the
 * tags differ. A connection that may not see the line at all gets the empty text.
 */
import { capBit, type CapSet } from '../wire/capabilities.ts';
import { escapeTagValue, formatBody, unescapeTagValue } from '../wire/message.ts';
import { formatServerTime } from '../wire/server-time.ts';
import type { Place } from './timeline.ts';

const SERVER_TIME = capBit('server-time');
const MESSAGE_TAGS = capBit('message-tags');
const ACCOUNT_TAG = capBit('account-tag');
const BATCH = capBit('batch');

/** Everything that may change how a line is written. Two connections that agree on these share the text. */
export const LINE_CAPS: CapSet =
  SERVER_TIME |
  MESSAGE_TAGS |
  ACCOUNT_TAG |
  BATCH |
  capBit('extended-join') |
  capBit('away-notify') |
  capBit('setname') |
  capBit('chghost') |
  capBit('invite-notify') |
  capBit('account-notify') |
  capBit('draft/event-playback') |
  capBit('draft/message-redaction') |
  capBit('draft/multiline') |
  capBit('parley.chat/edit');

/** What accompanies a line that came from an entry. */
export interface LineMeta {
  /** Where it is kept: its time and message id. */
  readonly place?: Place;
  /** Server time in ms, for what is said without being kept; absent on replies. */
  readonly at?: number;
  readonly account?: string;
  /** Client-only tags in wire form, without `@`. */
  readonly tags?: string;
  /** Only connections with all of these get the line. */
  readonly requires?: CapSet;
}

/** What a line says of the person who caused it, besides its source (IRCv3 account-tag). */
export function by({ account }: { readonly account: string }): LineMeta {
  return account === '' ? NO_META : { account };
}

/** Nicks may hold a backslash, which tags escape. */
function accountTag(account: string): string {
  return `account=${escapeTagValue(account)}`;
}

/** Tags as a row keeps them: the account stands first, since it is for those only who asked for accounts. */
export function keptTags({ account = '', tags = '' }: LineMeta): string {
  if (account === '') return tags;
  return tags === '' ? accountTag(account) : `${accountTag(account)};${tags}`;
}

export function readKeptTags(kept: string): LineMeta {
  if (!kept.startsWith('account=')) return { tags: kept };
  const end = kept.indexOf(';');
  const account = unescapeTagValue(kept.slice('account='.length, end === -1 ? undefined : end));
  return { account, tags: end === -1 ? '' : kept.slice(end + 1) };
}

const NO_META: LineMeta = {};
const NO_BODIES: Line['bodies'] = [];

export class Line {
  readonly body: string;
  readonly meta: LineMeta;
  /** The last two texts made: a room rarely has more kinds of clients at one time. */
  private capsA = -1;
  private textA = '';
  private capsB = -1;
  private textB = '';
  /** Bodies that capabilities change: the first row whose bit is present replaces `body`. */
  readonly bodies: readonly { readonly cap: CapSet; readonly body: string }[];

  constructor(body: string, meta: LineMeta = NO_META, bodies: Line['bodies'] = NO_BODIES) {
    this.body = body;
    this.meta = meta;
    this.bodies = bodies;
  }

  /** The text for a connection with these capabilities, with its line ending; empty when it must not see the line. */
  text(caps: CapSet): string {
    const key = caps & LINE_CAPS;
    if (key === this.capsA) return this.textA;
    if (key === this.capsB) return this.textB;
    const text = this.textWith(key, '');
    this.capsB = this.capsA;
    this.textB = this.textA;
    this.capsA = key;
    this.textA = text;
    return text;
  }

  /** As `text`, with tags of one's own in front (`label=…`, `batch=…`). They are left out where tags are not known. */
  textWith(caps: CapSet, extra: string): string {
    const { place, account, tags, requires } = this.meta;
    const at = place?.at ?? this.meta.at;
    if (requires !== undefined && (caps & requires) !== requires) return '';
    let head = extra;
    if (at !== undefined && (caps & SERVER_TIME) !== 0) head += `${head === '' ? '' : ';'}time=${formatServerTime(at)}`;
    if (account !== undefined && (caps & ACCOUNT_TAG) !== 0) head += `${head === '' ? '' : ';'}${accountTag(account)}`;
    if ((caps & MESSAGE_TAGS) !== 0) {
      if (place !== undefined) head += `${head === '' ? '' : ';'}msgid=${place.msgid}`;
      if (tags !== undefined && tags !== '') head += `${head === '' ? '' : ';'}${tags}`;
    }
    let body = this.body;
    for (const variant of this.bodies) {
      if ((caps & variant.cap) !== 0) {
        body = variant.body;
        break;
      }
    }
    return head === '' ? `${body}\r\n` : `@${head} ${body}\r\n`;
  }
}

/** A line from its parts. */
export function line(source: string, command: string, params: readonly string[], meta?: LineMeta): Line {
  return new Line(formatBody(source, command, params), meta);
}
