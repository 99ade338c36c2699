/**
 * Rooms that belong to an account. ROOM REGISTER makes whoever operates a room its founder; from then on it stays as it
 * is when everybody has left, and ranks come from its access list, by account, whenever somebody joins.
 *
 * The answers are standard replies (https://ircv3.net/specs/extensions/standard-replies).
 */
import { formatBody } from '../../wire/message.ts';
import { utf8Length } from '../../wire/utf8.ts';
import type { Account } from '../accounts.ts';
import type { Call } from '../call.ts';
import type { EntryOf } from '../entry.ts';
import type { Feature } from '../feature.ts';
import type { Fold } from '../fold.ts';
import { FOUNDER, rankNamed, RANKS, type Room } from '../room.ts';
import type { State } from '../state.ts';
import { endIfEmpty } from './rooms.ts';

export const ownedRooms: Feature = {
  commands: {
    ROOM: { run: command, params: 2, when: 'registered' },
  },
  entries: { 'room-owned': owned, 'room-access': accessSet, 'room-filter': filterSet },
};

/** More would be a guild, not a room. */
const ACCESS_MAX = 200;
const FILTER_MAX = 50;
const FILTER_BYTES_MAX = 50;

/** ROOM REGISTER|DROP|INFO <room>; ROOM ACCESS <room> [<account> [<rank>|-]]; ROOM FILTER <room> [<+|-><word>] */
function command(call: Call, state: State): void {
  const room = state.room(call.param(1));
  const { person } = call;
  if (room === undefined || (room.flags.has('s') && !maySee(room, call))) {
    call.fail('NO_SUCH_ROOM', shown(call.param(1)), 'There is no such room');
    return;
  }
  switch (call.param(0).toUpperCase()) {
    case 'REGISTER': {
      const refusal = whyNotOwn(room, call, state);
      if (refusal === undefined) call.propose({ kind: 'room-owned', person: person.id, room: room.name, owned: true });
      else call.fail(refusal[0], room.name, refusal[1]);
      break;
    }
    case 'DROP':
      if (isFounder(room, call)) call.propose({ kind: 'room-owned', person: person.id, room: room.name, owned: false });
      break;
    case 'INFO':
      tellInfo(call, state, room);
      break;
    case 'ACCESS':
      access(call, state, room);
      break;
    case 'FILTER':
      filter(call, room);
      break;
    default:
      call.fail('UNKNOWN_SUBCOMMAND', shown(call.param(0)), 'Say REGISTER, DROP, INFO, ACCESS or FILTER');
  }
}

function shown(word: string): string {
  return word === '' || word.startsWith(':') || word.includes(' ') ? '*' : word;
}

function maySee(room: Room, { person }: Call): boolean {
  return room.members.has(person.id) || room.access.has(person.accountId) || person.modes.has('o');
}

function isFounder(room: Room, call: Call): boolean {
  const { accountId, modes } = call.person;
  const may = (accountId !== '' && room.owner === accountId) || (room.owner !== '' && modes.has('o'));
  if (!may) call.fail('NOT_FOUNDER', room.name, 'Only the founder of that room may do that');
  return may;
}

function whyNotOwn(room: Room, { person }: Call, state: State): readonly [code: string, text: string] | undefined {
  if (room.owner !== '') return ['ALREADY_REGISTERED', 'That room has a founder'];
  if (person.accountId === '') return ['ACCOUNT_REQUIRED', 'Log in to an account first: the room will belong to it'];
  if (!room.members.get(person.id)?.op) return ['NOT_OPERATOR', 'Only operators of the room may register it'];
  let owns = 0;
  for (const other of state.rooms.values()) if (other.owner === person.accountId) owns += 1;
  if (owns >= state.settings.limits.roomsPerAccount)
    return ['TOO_MANY_ROOMS', `An account owns at most ${state.settings.limits.roomsPerAccount} rooms`];
  return undefined;
}

function owned(entry: EntryOf<'room-owned'>, f: Fold): void {
  const { state, call } = f;
  const person = f.personOf(entry);
  const room = state.room(entry.room);
  if (person === undefined || room === undefined) return;
  if (!entry.owned) {
    if (room.owner === '' || (room.owner !== person.accountId && !person.modes.has('o'))) return;
    room.owner = '';
    room.access.clear();
    f.keepRoom(room);
    endIfEmpty(f, room);
    call?.note('DROPPED', room.name, 'The room belongs to nobody any more');
    return;
  }
  if (room.owner !== '' || person.accountId === '') {
    call?.fail('ALREADY_REGISTERED', room.name, 'That room has a founder');
    return;
  }
  room.owner = person.accountId;
  room.access.set(person.accountId, FOUNDER);
  f.keepRoom(room);
  call?.note('REGISTERED', room.name, 'The room is yours; it stays when everybody has left');
  applyAccess(f, room, person.accountId);
}

// ------------------------------------------------------------------------------------------------------ ACCESS

function access(call: Call, state: State, room: Room): void {
  const { person } = call;
  const name = call.param(2);
  if (name === '') {
    if (!maySee(room, call)) call.fail('NOT_MEMBER', room.name, 'Only people of that room may see its list');
    else for (const [id, ranks] of room.access) tellAccess(call, room, state.accounts.get(id), ranks);
    return;
  }
  const account = state.accounts.named(name);
  const wanted = call.param(3);
  const ranks = wanted === '-' ? 0 : rankNamed(wanted);
  const own = room.owner === '' ? 0 : (room.access.get(person.accountId) ?? 0);
  const had = account === undefined ? 0 : (room.access.get(account.id) ?? 0);
  if (account === undefined) call.fail('NO_SUCH_ACCOUNT', room.name, shown(name), 'There is no account of that name');
  else if (ranks === undefined)
    call.fail('INVALID_RANK', room.name, shown(wanted), 'A rank is a, o, h, v or - for none');
  else if (own <= Math.max(ranks, had) || own < OPERATOR_LEAST)
    call.fail('NO_PERMISSION', room.name, account.name, 'You may change only ranks below your own');
  else if (room.access.size >= ACCESS_MAX && had === 0)
    call.fail('LIST_FULL', room.name, `The access list holds at most ${ACCESS_MAX} accounts`);
  else call.propose({ kind: 'room-access', person: person.id, room: room.name, account: account.id, ranks });
}

/** Operators may give voice and half; who is above gives what is below. */
const OPERATOR_LEAST = rankNamed('o') ?? FOUNDER;

function accessSet({ person: id, room: name, account, ranks }: EntryOf<'room-access'>, f: Fold): void {
  const room = f.state.room(name);
  if (room === undefined || room.owner === '' || room.owner === account) return;
  const own = room.access.get(f.state.people.get(id)?.accountId ?? '') ?? 0;
  const had = room.access.get(account) ?? 0;
  if (own <= Math.max(ranks, had) || own < OPERATOR_LEAST || (room.access.size >= ACCESS_MAX && had === 0)) {
    f.call?.fail('NO_PERMISSION', room.name, 'You may change only ranks below your own');
    return;
  }
  if (ranks === 0) room.access.delete(account);
  else room.access.set(account, ranks);
  f.keepRoom(room);
  if (f.call !== undefined) tellAccess(f.call, room, f.state.accounts.get(account), ranks);
  applyAccess(f, room, account);
}

function tellAccess(call: Call, room: Room, account: Account | undefined, ranks: number): void {
  if (account === undefined) return;
  const rank = RANKS.find((row) => row.rank <= ranks);
  call.note('ACCESS', room.name, account.name, rank?.letter ?? '-', rank?.name ?? 'no rank');
}

/** Who is in the room with that account gets the rank at once, and everybody sees it. */
function applyAccess(f: Fold, room: Room, account: string): void {
  for (const member of room.members.values()) {
    const { person } = member;
    if (person.accountId !== account) continue;
    const before = member.ranks;
    member.ranks = room.access.get(account) ?? 0;
    const letters = (from: number, to: number) =>
      RANKS.filter(({ rank }) => (to & rank) > (from & rank)).map((row) => row.letter);
    const [gone, come] = [letters(member.ranks, before), letters(before, member.ranks)];
    if (gone.length + come.length === 0) continue;
    const change = (come.length > 0 ? `+${come.join('')}` : '') + (gone.length > 0 ? `-${gone.join('')}` : '');
    const nicks = [...come, ...gone].map(() => person.nick);
    f.happened(room, formatBody(f.state.settings.serverName, 'MODE', [room.name, change, ...nicks]));
  }
}

// ------------------------------------------------------------------------------------------------------ INFO, FILTER

function tellInfo(call: Call, state: State, room: Room): void {
  const founder = state.accounts.get(room.owner)?.name;
  const since = new Date(room.createdAt).toISOString();
  if (founder === undefined) call.note('INFO', room.name, `Belongs to nobody; made ${since}`);
  else call.note('INFO', room.name, `Belongs to ${founder}; made ${since}; ${room.access.size} on the access list`);
}

/** Words that only half operators and above may say in the room. */
function filter(call: Call, room: Room): void {
  const member = room.members.get(call.person.id);
  const [sign, ...rest] = call.message.params.slice(2).join(' ');
  const word = rest.join('').trim().toLowerCase();
  if (!member?.op) call.fail('NO_PERMISSION', room.name, 'Only operators of the room may see and change its filter');
  else if (sign === undefined) {
    for (const each of room.filter) call.note('FILTER', room.name, each);
    call.note('FILTER_END', room.name, `${room.filter.length} words are filtered`);
  } else if ((sign !== '+' && sign !== '-') || word === '' || utf8Length(word) > FILTER_BYTES_MAX)
    call.fail('INVALID_WORD', room.name, `Write + or - and a word of at most ${FILTER_BYTES_MAX} bytes`);
  else if (sign === '+' && room.filter.length >= FILTER_MAX)
    call.fail('LIST_FULL', room.name, `A room filters at most ${FILTER_MAX} words`);
  else call.propose({ kind: 'room-filter', person: call.person.id, room: room.name, add: sign === '+', word });
}

function filterSet({ person, room: name, add, word }: EntryOf<'room-filter'>, f: Fold): void {
  const room = f.state.room(name);
  if (room === undefined) return;
  if (!room.members.get(person)?.op || (add && room.filter.length >= FILTER_MAX)) {
    f.call?.fail('NO_PERMISSION', room.name, 'Only operators of the room may see and change its filter');
    return;
  }
  room.filter = [...room.filter.filter((each) => each !== word), ...(add ? [word] : [])];
  f.keepRoom(room);
  f.call?.note('FILTER', room.name, add ? `Filtered from now on: ${word}` : `Filtered no more: ${word}`);
}
