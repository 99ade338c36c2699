/**
 * PRIVMSG, NOTICE and TAGMSG: people say something to a room or to one person. A message is stored before anybody
 * hears it, the sender's echo included, so an echo means that it is kept (echo-message, message-ids, server-time,
 * message-tags at https://ircv3.net/specs/). Clients of ours name messages with send ids (docs/ext/send-id.md).
 */
import { capBit, VENDOR } from '../../wire/capabilities.ts';
import { formatBody, formatTags, type Tags } from '../../wire/message.ts';
import { BODY_BYTES_MAX } from '../../wire/line-reader.ts';
import {
  ERR_CANNOTSENDTOCHAN,
  ERR_CANTSENDTOUSER,
  ERR_NEEDREGGEDNICK,
  ERR_NORECIPIENT,
  ERR_NOSUCHCHANNEL,
  ERR_NOSUCHNICK,
  ERR_NOTEXTTOSEND,
  ERR_TOOMANYTARGETS,
  RPL_AWAY,
} from '../../wire/numerics.ts';
import { truncateUtf8, utf8Length } from '../../wire/utf8.ts';
import type { Row } from '../../ports.ts';
import type { Call } from '../call.ts';
import type { Conn } from '../conn.ts';
import type { EntryOf } from '../entry.ts';
import type { Feature } from '../feature.ts';
import type { Fold } from '../fold.ts';
import { by, keptTags, type Line, type LineMeta, readKeptTags } from '../line.ts';
import { hasManyLines, joinPieces, messageLine, piecesOf } from '../many-lines.ts';
import type { Person } from '../person.ts';
import { type Member, OPERATOR, RANKS, type Room } from '../room.ts';
import { isSendId, type Sent } from '../send-ids.ts';
import type { State } from '../state.ts';
import { conversation, Place } from '../timeline.ts';
import { isBanned, isMuted } from './bans.ts';
import { collect } from './multiline.ts';

export const messages: Feature = {
  commands: {
    PRIVMSG: { run: (call, state) => say(call, state, 'PRIVMSG'), params: 0, when: 'registered' },
    NOTICE: { run: (call, state) => say(call, state, 'NOTICE'), params: 0, when: 'registered' },
    TAGMSG: { run: (call, state) => say(call, state, 'TAGMSG'), params: 0, when: 'registered' },
  },
  entries: { say: said },
  capabilities: ['echo-message', `${VENDOR}send-id`],
  isupport: ({ limits, clientTagDeny = NONE_DENIED }) => [
    ...(clientTagDeny.length === 0 ? [] : [`CLIENTTAGDENY=${clientTagDeny.join(',')}`]),
    `STATUSMSG=${RANKS.map(({ prefix }) => prefix).join('')}`,
    'MSGREFTYPES=msgid,timestamp',
    `TARGMAX=PRIVMSG:${limits.targetsPerMessage},NOTICE:${limits.targetsPerMessage},TAGMSG:${limits.targetsPerMessage},JOIN:100,PART:100,KICK:100,NAMES:10,WHOIS:1,WHOWAS:4`,
    `MAXTARGETS=${limits.targetsPerMessage}`,
  ],
};

type Command = EntryOf<'say'>['command'];

const ECHO = capBit('echo-message');
const MESSAGE_TAGS = capBit('message-tags');
const SEND_ID_TAG = `+${VENDOR}send-id`;

/** Client-only tags that are worth keeping with no text beside them: reactions. Typing passes by. */
const KEPT_TAGS = ['+draft/react', '+draft/unreact'];

// ------------------------------------------------------------------------------------------------------ command

/** PRIVMSG|NOTICE <target>{,<target>} :<text>; TAGMSG <target>{,<target>} */
function say(call: Call, state: State, command: Command): void {
  if (collect(call, state)) return;
  const quiet = command === 'NOTICE'; // RFC 2812 §3.3.2: nothing is ever answered to a NOTICE …
  const text = command === 'TAGMSG' ? '' : call.param(1);
  if (call.param(0) === '') {
    if (!quiet) call.numeric(ERR_NORECIPIENT, `No recipient given (${command})`);
    return;
  }
  if (text === '' && command !== 'TAGMSG') {
    if (!quiet) call.numeric(ERR_NOTEXTTOSEND, 'No text to send');
    return;
  }
  sayTo(call, state, { command, targets: call.param(0), text, tags: call.message.tags });
}

/** What somebody wants to say, from one line or from several that were collected (multiline.ts). */
export interface Speech {
  readonly command: Command;
  readonly targets: string;
  readonly text: string;
  readonly tags: Tags;
}

export function sayTo(call: Call, state: State, { command, targets: list, text, tags: given }: Speech): void {
  const { limits } = state.settings;
  const tags = clientTags(given, state.settings.clientTagDeny);
  if (command === 'TAGMSG' && ((call.conn.caps & MESSAGE_TAGS) === 0 || tags.text === '')) return;
  const targets = targetsOf(list);
  if (targets.length > limits.targetsPerMessage) {
    call.numeric(
      ERR_TOOMANYTARGETS,
      targets[limits.targetsPerMessage] ?? '*',
      `A message goes to at most ${limits.targetsPerMessage} targets`,
    );
    return;
  }
  if (state.trouble !== undefined && (command !== 'TAGMSG' || tags.kept)) {
    call.fail('CANNOT_STORE', list, `Nothing was sent: ${state.trouble}`); // … but silence would lose it
    return;
  }
  for (const target of targets) {
    const entry: EntryOf<'say'> = {
      kind: 'say',
      person: call.person.id,
      command,
      target,
      text,
      tags: tags.text,
      sendId: '',
    };
    const sendId = tags.sendId === undefined || targets.length > 1 ? '' : tags.sendId;
    if (sendId === '') propose(call, state, entry);
    else proposeOnce(call, state, { ...entry, sendId });
  }
}

/** Each target once. */
function targetsOf(list: string): readonly string[] {
  if (!list.includes(',')) return [list];
  return [...new Set(list.split(',').filter((one) => one !== ''))];
}

interface ClientTags {
  /** Those to pass on, in wire form. */
  readonly text: string;
  readonly kept: boolean;
  readonly sendId: string | undefined;
}

const NONE_DENIED: readonly string[] = [];

/** As CLIENTTAGDENY says: `*` denies all, `-name` makes an exception from it. */
function isDenied(name: string, denied: readonly string[]): boolean {
  return denied.includes(name) || (denied.includes('*') && !denied.includes(`-${name}`));
}

const NO_CLIENT_TAGS: ClientTags = { text: '', kept: false, sendId: undefined };

/** Client-only tags begin with `+`; others are the server's to write, and dropped (IRCv3 message-tags). */
function clientTags(tags: Tags, denied: readonly string[] = NONE_DENIED): ClientTags {
  if (tags.size === 0) return NO_CLIENT_TAGS;
  const pass = new Map<string, string>();
  for (const [key, value] of tags)
    if (key.startsWith('+') && key !== SEND_ID_TAG && !isDenied(key.slice(1), denied)) pass.set(key, value);
  const sendId = tags.get(SEND_ID_TAG);
  return {
    text: formatTags(pass),
    kept: KEPT_TAGS.some((key) => pass.has(key)),
    sendId: sendId !== undefined && isSendId(sendId) ? sendId : undefined,
  };
}

function propose(call: Call, state: State, entry: EntryOf<'say'>): void {
  const audience = findAudience(state, call.person, entry, call.at);
  if (audience.kind === 'refused') refuse(call, entry, audience);
  else call.propose(entry);
}

/** A message whose send id was heard before is not said again: the sender gets the first one's echo. */
function proposeOnce(call: Call, state: State, entry: EntryOf<'say'>): void {
  const known = state.sendIds.get(entry.sendId);
  if (known !== undefined) {
    echoAgain(call, entry, known);
    return;
  }
  call.ask({ kind: 'sent', sendId: entry.sendId }, (answer) => {
    if (answer.kind === 'failed') {
      call.fail('CANNOT_STORE', entry.target, 'Nothing was sent: the history could not be read; try again');
      return;
    }
    const row = answer.kind === 'rows' ? answer.rows[0] : undefined;
    if (row === undefined) propose(call, state, entry);
    else echoAgain(call, entry, sentOf(row, state.incarnation));
  });
}

function sentOf(row: Row, incarnation: string): Sent {
  return {
    place: new Place(row.at, row.pos, incarnation),
    body: row.body,
    tags: readKeptTags(row.tags).tags ?? '',
  };
}

function echoAgain(call: Call, entry: EntryOf<'say'>, first: Sent): void {
  // The stored text may have been cut to fit a line; an empty body is all that retention left of the message.
  const stored = first.body.slice(first.body.indexOf(' :') + 2);
  if (first.body !== '' && !(first.body.includes(` ${entry.command} `) && entry.text.startsWith(stored))) {
    call.fail('SEND_ID_REUSED', entry.target, 'That send id belongs to another message; nothing was sent');
    return;
  }
  const body = first.body === '' ? fitBody(call.person.prefix, entry.command, entry.target, entry.text) : first.body;
  if ((call.conn.caps & ECHO) === 0) return;
  call.reply(messageLine(body, { place: first.place, tags: withSendId(first.tags, entry.sendId), ...by(call.person) }));
}

function withSendId(tags: string, sendId: string): string {
  const own = `${SEND_ID_TAG}=${sendId}`;
  return tags === '' ? own : `${tags};${own}`;
}

// ------------------------------------------------------------------------------------------------------ who hears it

type Audience =
  | {
      readonly kind: 'room';
      readonly room: Room;
      readonly member: Member | undefined;
      /** Only those of at least this rank; 0 for everybody. */
      readonly rank: number;
      /** As others see it: the room, perhaps behind the sign of the rank. */
      readonly name: string;
    }
  | { readonly kind: 'person'; readonly whom: Person }
  | { readonly kind: 'refused'; readonly numeric: string; readonly shown: string; readonly why: string };

/** What is said to whom, as far as that decides who hears it. */
type Words = Pick<EntryOf<'say'>, 'target' | 'command' | 'text'>;

/** Who would hear this now; asked before proposing and again when it was ordered. */
export function findAudience(state: State, from: Person, entry: Words, at: number): Audience {
  const { target } = entry;
  const sign = target.charCodeAt(1) === ROOM_SIGN ? RANKS.find(({ prefix }) => prefix === target[0]) : undefined;
  const name = sign === undefined ? target : target.slice(1);
  if (!name.startsWith('#')) {
    const whom = state.personNamed(name);
    if (whom !== undefined) return whom.modes.size === 0 ? { kind: 'person', whom } : audienceOfOne(from, whom, entry);
    return { kind: 'refused', numeric: ERR_NOSUCHNICK, shown: target, why: 'There is nobody with that nick' };
  }
  const room = state.room(name);
  if (room === undefined)
    return { kind: 'refused', numeric: ERR_NOSUCHCHANNEL, shown: target, why: 'There is no such room' };
  const member = room.members.get(from.id);
  const why = whyNot(room, member, from, entry, at);
  if (why !== undefined) return { kind: 'refused', numeric: ERR_CANNOTSENDTOCHAN, shown: room.name, why };
  if (sign !== undefined) return { kind: 'room', room, member, rank: sign.rank, name: sign.prefix + room.name };
  const hidden = room.flags.has('U') && (member === undefined || member.ranks === 0);
  return { kind: 'room', room, member, rank: hidden ? OPERATOR : 0, name: room.name };
}

const ROOM_SIGN = 0x23;

/** Somebody may want no CTCP (+T), or nothing from people without an account (+R). */
function audienceOfOne(from: Person, whom: Person, { text }: Words): Audience {
  if (whom.modes.has('R') && from.account === '' && from !== whom)
    return {
      kind: 'refused',
      numeric: ERR_NEEDREGGEDNICK,
      shown: whom.nick,
      why: 'They take messages only from people with an account; log in to yours',
    };
  if (whom.modes.has('T') && isCtcp(text))
    return { kind: 'refused', numeric: ERR_CANTSENDTOUSER, shown: whom.nick, why: 'They take no CTCP' };
  return { kind: 'person', whom };
}

/** A client's question to a client (https://modern.ircdocs.horse/ctcp); actions are ordinary speech. */
function isCtcp(text: string): boolean {
  return text.startsWith('\x01') && !text.startsWith('\x01ACTION');
}

function whyNot(
  room: Room,
  member: Member | undefined,
  from: Person,
  { command, text }: Words,
  at: number,
): string | undefined {
  if (room.flags.has('C') && isCtcp(text)) return 'That room takes no CTCP';
  if (room.filter.length > 0 && !member?.half && hasFiltered(room, text))
    return 'That message holds a word that is not wanted in that room';
  if (member !== undefined && member.ranks !== 0) return undefined;
  if (member === undefined && (room.flags.has('n') || room.flags.has('s')))
    return 'You are not in that room; join it first';
  if (room.flags.has('m')) return 'Only people with voice may speak in that room';
  if (room.flags.has('M') && from.account === '') return 'Only people with an account may speak in that room';
  if (isBanned(room, from)) return command === 'TAGMSG' ? 'You are banned' : 'You are banned from that room';
  if (isMuted(room, from)) return 'You are muted in that room';
  if (room.slow > 0 && member !== undefined && command !== 'TAGMSG') {
    const wait = Math.ceil((member.spokeAt + room.slow * 1000 - at) / 1000);
    if (wait > 0) return `That room is slow: wait ${wait} s`;
  }
  return undefined;
}

function hasFiltered({ filter }: Room, text: string): boolean {
  const lower = text.toLowerCase();
  return filter.some((word) => lower.includes(word));
}

function refuse(
  call: Call,
  entry: EntryOf<'say'>,
  { numeric, shown, why }: Extract<Audience, { kind: 'refused' }>,
): void {
  const speakable = shown === '' || shown.startsWith(':') || shown.includes(' ') ? '*' : shown;
  if (entry.command !== 'NOTICE') call.numeric(numeric, speakable, why);
  // Who sends with a send id waits for an answer, also to a NOTICE.
  else if (entry.sendId !== '') call.fail('CANNOT_SEND', speakable, why);
}

// ------------------------------------------------------------------------------------------------------ the rule

function said(entry: EntryOf<'say'>, f: Fold): void {
  const { state, call } = f;
  const from = f.personOf(entry);
  if (from === undefined) return;
  const known = entry.sendId === '' ? undefined : state.sendIds.get(entry.sendId);
  if (known !== undefined) {
    if (call !== undefined) echoAgain(call, entry, known);
    return;
  }
  const audience = findAudience(state, from, entry, f.at);
  if (audience.kind === 'refused') {
    if (call !== undefined) refuse(call, entry, audience);
    return;
  }
  from.spokeAt = f.at;
  if (audience.kind === 'room' && audience.member !== undefined) audience.member.spokeAt = f.at;
  const shownTarget = audience.kind === 'person' ? audience.whom.nick : audience.name;
  const timeline =
    audience.kind === 'person' ? conversation(from.identity, audience.whom.identity) : audience.room.folded;
  const place = f.place(timeline);
  const body = fitBody(from.prefix, entry.command, shownTarget, entry.text);
  const tags = from.modes.has('B') ? asBot(entry.tags) : entry.tags;
  const meta: LineMeta = from.account === '' ? { place, tags } : { place, tags, account: from.account };

  // What is said to one rank only is not kept: history could not tell who may read it.
  const kept =
    (entry.command !== 'TAGMSG' || KEPT_TAGS.some((tag) => entry.tags.includes(tag))) &&
    (audience.kind === 'person' || audience.rank === 0);
  if (kept) {
    if (audience.kind === 'room' && !audience.room.kept) f.keepRoom(audience.room);
    const row = {
      timeline,
      at: place.at,
      pos: f.pos,
      kind: 'message',
      body,
      tags: keptTags(meta),
      by: from.identity,
    } as const;
    const named = entry.sendId === '' ? row : { ...row, sendId: entry.sendId };
    f.keep(audience.kind === 'room' ? named : { ...named, between: [from.identity, audience.whom.identity] });
  } else {
    f.passing();
  }
  if (entry.sendId !== '') state.sendIds.add(entry.sendId, { place, body, tags });

  const line = messageLine(body, entry.command === 'TAGMSG' ? { ...meta, requires: MESSAGE_TAGS } : meta);
  const echo = entry.sendId === '' ? line : messageLine(body, { ...line.meta, tags: withSendId(tags, entry.sendId) });
  if (audience.kind === 'person') deliverToPerson(f, from, audience.whom, line, echo);
  else if (audience.rank === 0) deliverToRoom(f, audience.room, line, echo);
  else deliverToRank(f, from, audience.room, audience.rank, line, echo);
  if (audience.kind === 'person' && audience.whom.away !== '' && entry.command === 'PRIVMSG') {
    call?.numeric(RPL_AWAY, audience.whom.nick, audience.whom.away);
  }
}

/** Programs are told apart by the server's tag (https://ircv3.net/specs/extensions/bot-mode). */
function asBot(tags: string): string {
  return tags === '' ? 'bot' : `bot;${tags}`;
}

/** Bytes that one UTF-16 unit may become. */
const UTF8_UNIT_BYTES_MAX = 3;

/** The line as everybody gets it: the text is cut so that it fits 512 bytes with the sender's prefix in front. */
function fitBody(prefix: string, command: Command, target: string, text: string): string {
  if (command === 'TAGMSG') return formatBody(prefix, command, [target]);
  const body = `:${prefix} ${command} ${target} :${text}`;
  if (body.length * UTF8_UNIT_BYTES_MAX <= BODY_BYTES_MAX) return body; // short enough without counting
  const room = BODY_BYTES_MAX - utf8Length(body) + utf8Length(text);
  const fitted = hasManyLines(text)
    ? joinPieces(piecesOf(text).map((piece) => ({ ...piece, text: truncateUtf8(piece.text, room) })))
    : truncateUtf8(text, room);
  return `:${prefix} ${command} ${target} :${fitted}`;
}

/** Everybody hears it; the sending connection as its echo, if it asked for echoes. */
function deliverToRoom(f: Fold, room: Room, line: Line, echo: Line): void {
  const own = f.call?.conn;
  const shares = own === undefined || (wantsEcho(own) && echo === line && f.call?.labelled !== true);
  // The common case shares one text with everybody: an echo without label or send id is the same line.
  f.out.toRoom(room, line, shares ? undefined : own);
  const inside = own?.person !== undefined && room.members.has(own.person.id);
  if (own !== undefined && wantsEcho(own) && !(shares && inside)) f.call?.reply(echo);
}

function wantsEcho(conn: Conn): boolean {
  return (conn.caps & ECHO) !== 0;
}

function deliverToRank(f: Fold, from: Person, room: Room, rank: number, line: Line, echo: Line): void {
  const own = f.call?.conn;
  for (const member of room.members.values()) {
    if (member.ranks < rank) continue;
    for (const conn of member.person.conns) if (conn !== own) f.out.to(conn, line);
  }
  if (own?.person === from && wantsEcho(own)) f.call?.reply(echo);
}

/** The other one hears it, and so do the sender's other devices, which otherwise would not know. */
function deliverToPerson(f: Fold, from: Person, whom: Person, line: Line, echo: Line): void {
  const own = f.call?.conn;
  if (own !== undefined && wantsEcho(own)) f.call?.reply(echo);
  for (const conn of from.conns) if (conn !== own && wantsEcho(conn)) f.out.to(conn, line);
  // A note to oneself arrives like anybody's message, besides the echo.
  for (const conn of whom.conns) if (whom !== from || conn === own) f.out.to(conn, line);
}
