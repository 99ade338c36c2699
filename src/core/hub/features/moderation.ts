/**
 * What operators of the server do against those who disturb: UBAN keeps out a nick, an account, an address, a network or
 * whoever matches a mask, for a time or for ever; DEFCON closes the server step by step. Both are kept, and both hold
 * for those who are connected as well as for those who come.
 */
import { matchMask, normalizeMask } from '../../wire/names.ts';
import { formatNetwork, isInNetwork, type Network, parseNetwork } from '../../wire/network.ts';
import { ERR_YOUREBANNEDCREEP } from '../../wire/numerics.ts';
import { truncateUtf8 } from '../../wire/utf8.ts';
import type { Call } from '../call.ts';
import type { Conn } from '../conn.ts';
import type { EntryOf } from '../entry.ts';
import type { Feature } from '../feature.ts';
import type { Fold } from '../fold.ts';
import type { ServerBan, State } from '../state.ts';

export const moderation: Feature = {
  commands: {
    UBAN: { run: uban, params: 1, when: 'operator' },
    DEFCON: { run: defcon, params: 0, when: 'operator' },
  },
  entries: { uban: banned, defcon: defconSet },
};

const REASON_BYTES_MAX = 200;
const BANS_MAX = 5_000;
const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

// ------------------------------------------------------------------------------------------------------ UBAN

/** UBAN ADD <whom> [<time>] [:reason]; UBAN DEL <whom>; UBAN LIST */
function uban(call: Call, state: State): void {
  const [, wanted = '', ...rest] = call.message.params;
  const whom = normalizeWhom(wanted);
  switch (call.param(0).toUpperCase()) {
    case 'ADD':
      add(call, state, whom, rest);
      break;
    case 'DEL':
      if (!state.bans.has(whom)) call.fail('NOT_BANNED', shown(whom), 'That is on no list; see UBAN LIST');
      else propose(call, { whom, add: false, until: 0, reason: '' });
      break;
    case 'LIST':
      for (const [each, ban] of state.bans) if (holds(ban, call.at)) tell(call, each, ban);
      call.note('LIST_END', 'These are all bans of the server');
      break;
    default:
      call.fail('UNKNOWN_SUBCOMMAND', shown(call.param(0)), 'Say ADD, DEL or LIST');
  }
}

function shown(word: string): string {
  return word === '' || word.startsWith(':') || word.includes(' ') ? '*' : word;
}

/** A network or an address as numbers, `a:account`, `nick!user@host`, or a nick. */
function normalizeWhom(text: string): string {
  const network = parseNetwork(text);
  if (network !== undefined) return formatNetwork(network);
  const account = /^(?:[~$]?a|account):(.+)$/i.exec(text)?.[1];
  if (account !== undefined) return `a:${account}`;
  return /[!@]/.test(text) ? normalizeMask(text) : text;
}

function add(call: Call, state: State, whom: string, rest: readonly string[]): void {
  const [first = '', ...others] = rest;
  const time = readTime(first);
  const reason = truncateUtf8((time === undefined ? rest : others).join(' '), REASON_BYTES_MAX);
  const until = time === undefined || time === 0 ? 0 : call.at + time;
  const { conn, person } = call;
  if (whom === '' || whom.includes(' '))
    call.fail('INVALID_MASK', '*', 'Name a nick, an address, a network, a:account or a mask');
  else if (matches(whom, { conn, nick: person.nick, prefix: person.prefix, account: person.account }))
    call.fail('MATCHES_YOURSELF', whom, 'That would keep out yourself');
  else if (state.bans.size >= BANS_MAX && !state.bans.has(whom))
    call.fail('LIST_FULL', whom, `There can be ${BANS_MAX} bans; remove some`);
  else propose(call, { whom, add: true, until, reason });
}

/** `90m`, `2h30m`, `7d`, or 0 for `forever`; undefined for what is no time. */
function readTime(text: string): number | undefined {
  if (text.toLowerCase() === 'forever') return 0;
  if (!/^(\d{1,5}[smhdw])+$/.test(text)) return undefined;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([smhdw])/g))
    ms += Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
  return ms;
}

function propose(call: Call, ban: Pick<EntryOf<'uban'>, 'whom' | 'add' | 'until' | 'reason'>): void {
  call.propose({ kind: 'uban', person: call.person.id, by: call.person.nick, ...ban });
}

function banned({ whom, add: on, until, reason, by }: EntryOf<'uban'>, f: Fold): void {
  const { state, call } = f;
  for (const [each, ban] of state.bans) if (!holds(ban, f.at)) forget(f, each);
  if (!on) {
    forget(f, whom);
    call?.note('REMOVED', whom, 'The ban is gone');
    call?.audit(`removed the ban of ${whom}`);
    return;
  }
  const ban: ServerBan = { by, at: f.at, until, reason };
  state.bans.set(whom, ban);
  f.put('uban', whom, JSON.stringify(ban));
  if (call !== undefined) tell(call, whom, ban);
  call?.audit(`banned ${whom} ${until === 0 ? 'for ever' : `until ${new Date(until).toISOString()}`}: ${reason}`);
  for (const conn of state.conns.values()) {
    const { person } = conn;
    if (matches(whom, { conn, nick: person?.nick ?? '', prefix: person?.prefix ?? '', account: person?.account ?? '' }))
      f.expel(conn, sentence(ban));
  }
}

function forget(f: Fold, whom: string): void {
  if (f.state.bans.delete(whom)) f.put('uban', whom, null);
}

function holds({ until }: ServerBan, at: number): boolean {
  return until === 0 || until > at;
}

function tell(call: Call, whom: string, { by, at, until, reason }: ServerBan): void {
  const since = new Date(at).toISOString();
  const end = until === 0 ? 'forever' : new Date(until).toISOString();
  call.note('BANNED', whom, end, `by ${by} since ${since}: ${reason === '' ? 'no reason given' : reason}`);
}

function sentence({ until, reason }: ServerBan): string {
  const end = until === 0 ? '' : ` until ${new Date(until).toISOString()}`;
  return `You are banned from this server${end}${reason === '' ? '' : `: ${reason}`}`;
}

interface Subject {
  readonly conn: Conn;
  readonly nick: string;
  readonly prefix: string;
  readonly account: string;
}

function matches(whom: string, { conn, nick, prefix, account }: Subject): boolean {
  const network = parseNetwork(whom);
  if (network !== undefined) return isInNetwork(network, addressOf(conn) ?? NOWHERE);
  if (whom.startsWith('a:')) return account !== '' && matchMask(whom.slice(2), account);
  return /[!@]/.test(whom) ? prefix !== '' && matchMask(whom, prefix) : nick !== '' && matchMask(whom, nick);
}

/** Where there is no address (a link in memory), no network matches: there is no network of no bits of this family. */
const NOWHERE: Network = { family: 4, value: -1n, length: 32 };

function addressOf({ peer }: Conn): Network | undefined {
  return parseNetwork(peer.address);
}

// ------------------------------------------------------------------------------------------------------ who comes

/** Why nobody may connect from there. */
export function whyNotConnect(state: State, conn: Conn, at: number): string | undefined {
  return find(state, { conn, nick: '', prefix: '', account: '' }, at);
}

/** Why this person may not take that nick. */
export function whyNotNick(state: State, { conn, at, person }: Call, nick: string): string | undefined {
  return find(state, { conn, nick, prefix: `${nick}!${person.user}@${person.host}`, account: person.account }, at);
}

/** Why this one may not come in; the caller has been told and its connection ends. */
export function isKeptOut(call: Call, state: State, nick: string, prefix: string): boolean {
  const { conn } = call;
  const account = state.accountOf(conn)?.name ?? '';
  const why = find(state, { conn, nick, prefix, account }, call.at) ?? whyClosed(state, account);
  if (why === undefined) return false;
  call.numeric(ERR_YOUREBANNEDCREEP, why);
  call.end(why);
  return true;
}

function whyClosed({ defcon: level }: State, account: string): string | undefined {
  if (level <= DEFCON_CLOSED) return 'This server takes nobody in at the moment; try again later';
  if (level <= DEFCON_ACCOUNTS && account === '')
    return 'This server takes in only people with an account at the moment; log in to yours';
  return undefined;
}

function find({ bans }: State, subject: Subject, at: number): string | undefined {
  for (const [whom, ban] of bans) if (holds(ban, at) && matches(whom, subject)) return sentence(ban);
  return undefined;
}

// ------------------------------------------------------------------------------------------------------ DEFCON

const DEFCON_CLOSED = 1;
/** Nobody begins a room. */
export const DEFCON_ROOMS = 2;
const DEFCON_ACCOUNTS = 3;
/** Nobody makes an account. */
export const DEFCON_REGISTRATION = 4;
export const DEFCON_OPEN = 5;

const LEVELS: readonly string[] = [
  'nobody comes in',
  'also nobody begins a room',
  'only people with an account come in',
  'nobody makes an account',
  'everything is open',
];

/** DEFCON [<level>]: 5 is open, 1 is closed; each includes those above it. */
function defcon(call: Call, state: State): void {
  const text = call.param(0);
  if (text === '') call.note('LEVEL', String(state.defcon), LEVELS[state.defcon - 1] ?? '');
  else if (!/^[1-5]$/.test(text)) call.fail('INVALID_LEVEL', shown(text), 'A level is 5 (open) to 1 (closed)');
  else call.propose({ kind: 'defcon', person: call.person.id, level: Number(text) });
}

function defconSet({ level }: EntryOf<'defcon'>, f: Fold): void {
  f.state.defcon = level;
  f.put('defcon', 'level', level === DEFCON_OPEN ? null : String(level));
  f.call?.note('LEVEL', String(level), LEVELS[level - 1] ?? '');
  f.call?.audit(`set DEFCON ${level}`);
}
