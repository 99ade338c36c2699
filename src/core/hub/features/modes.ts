/**
 * MODE: what a room allows and to whom, and a person's own switches (https://modern.ircdocs.horse/#mode-message).
 *
 * Room modes: b e I lists of masks (bans.ts); k key; l limit; S slow mode; f where to send those who may not come in;
 * C no CTCP but actions, M only people with accounts speak, R only they come in, U operators alone hear those without a
 * rank, i invite only, m moderated, n no messages from outside, s secret, t topic by operators; and the ranks of room.ts.
 * Person: R no messages from people without accounts, T no CTCP, B is a program, i not listed to strangers, w hears WALLOPS, o operator of
 * the server.
 */
import { fold } from '../../wire/casemap.ts';
import { formatBody } from '../../wire/message.ts';
import {
  ERR_BANLISTFULL,
  ERR_CHANOPRIVSNEEDED,
  ERR_INVALIDKEY,
  ERR_INVALIDMODEPARAM,
  ERR_NOSUCHCHANNEL,
  ERR_NOSUCHNICK,
  ERR_NOTONCHANNEL,
  ERR_UMODEUNKNOWNFLAG,
  ERR_UNKNOWNMODE,
  ERR_USERNOTINCHANNEL,
  ERR_USERSDONTMATCH,
  RPL_BANLIST,
  RPL_CHANNELMODEIS,
  RPL_CREATIONTIME,
  RPL_ENDOFBANLIST,
  RPL_ENDOFEXCEPTLIST,
  RPL_ENDOFINVEXLIST,
  RPL_EXCEPTLIST,
  RPL_INVEXLIST,
  RPL_UMODEIS,
} from '../../wire/numerics.ts';
import { utf8Length } from '../../wire/utf8.ts';
import type { Call } from '../call.ts';
import type { EntryOf, ModeChange } from '../entry.ts';
import type { Feature } from '../feature.ts';
import type { Fold } from '../fold.ts';
import { by, line } from '../line.ts';
import type { Person } from '../person.ts';
import { LIST_LETTERS, type ListLetter, type Member, rankNamed, RANKS, type Room, topRank } from '../room.ts';
import type { State } from '../state.ts';
import { EXTBANS, normalizeBan } from './bans.ts';

export const modes: Feature = {
  commands: {
    MODE: { run: mode, params: 1, when: 'registered' },
  },
  entries: { mode: roomModesSet, 'user-mode': userModesSet },
  isupport: ({ limits }) => [
    `CHANMODES=beI,k,Sfl,${FLAGS}`,
    `PREFIX=(${RANKS.map(({ letter }) => letter).join('')})${RANKS.map(({ prefix }) => prefix).join('')}`,
    `EXTBAN=,${EXTBANS}`,
    'ACCOUNTEXTBAN=a',
    `MODES=${CHANGES_MAX}`,
    `MAXLIST=beI:${limits.banListLength}`,
    'EXCEPTS=e',
    'INVEX=I',
  ],
};

/** Changes in one MODE; the rest are dropped, as RPL_ISUPPORT tells (MODES). */
const CHANGES_MAX = 12;
/** A mask longer than this is not one: nick, user and host have limits of their own. */
const MASK_BYTES_MAX = 150;
const FLAGS = 'CMRUimnst';
const USER_FLAGS = 'BRTiw';
/** An hour: who wants people to wait longer wants them not to speak. */
const SLOW_SECONDS_MAX = 3600;

const LISTS: Readonly<Record<ListLetter, { one: string; end: string; name: string }>> = {
  b: { one: RPL_BANLIST, end: RPL_ENDOFBANLIST, name: 'ban' },
  e: { one: RPL_EXCEPTLIST, end: RPL_ENDOFEXCEPTLIST, name: 'exception' },
  I: { one: RPL_INVEXLIST, end: RPL_ENDOFINVEXLIST, name: 'invitation' },
};

/** MODE <room or nick> [<modes> [<parameter>...]] */
function mode(call: Call, state: State): void {
  if (call.param(0).startsWith('#')) roomMode(call, state);
  else userMode(call, state);
}

// ------------------------------------------------------------------------------------------------------ rooms

function roomMode(call: Call, state: State): void {
  const { person } = call;
  const room = state.room(call.param(0));
  const inside = room?.members.has(person.id) ?? false;
  if (room === undefined || (room.flags.has('s') && !inside) || room.members.size === 0) {
    call.numeric(ERR_NOSUCHCHANNEL, call.param(0), 'There is no such room');
    return;
  }
  if (call.message.params.length < 2) {
    call.numeric(RPL_CHANNELMODEIS, room.name, ...shownModes(room, inside));
    call.numeric(RPL_CREATIONTIME, room.name, String(Math.floor(room.createdAt / 1000)));
    return;
  }
  const wanted = readChanges(call, room);
  const queries = wanted.filter(({ letter, param }) => isList(letter) && param === '');
  const changes = wanted.filter(({ letter, param }) => !isList(letter) || param !== '');
  for (const letter of new Set(queries.map((query) => query.letter as ListLetter))) {
    // Who is banned concerns strangers; whom the room makes exceptions for does not.
    if (inside || letter === 'b') tellList(call, room, letter);
    else call.numeric(ERR_NOTONCHANNEL, room.name, 'You are not in that room');
  }
  if (changes.length === 0) return;
  const member = room.members.get(person.id);
  if (!member?.half) {
    if (inside) call.numeric(ERR_CHANOPRIVSNEEDED, room.name, 'Only operators of the room may do that');
    else call.numeric(ERR_NOTONCHANNEL, room.name, 'You are not in that room');
    return;
  }
  const whole: ModeChange[] = [];
  for (const change of changes) {
    if (!mayChange(member, change.letter)) {
      call.numeric(ERR_CHANOPRIVSNEEDED, room.name, `Your rank may not change mode ${change.letter}`);
      continue;
    }
    const checked = checkChange(call, state, room, change);
    if (checked !== undefined) whole.push(checked);
  }
  if (whole.length > 0) call.propose({ kind: 'mode', person: person.id, room: room.name, changes: whole });
}

/** Half operators keep order; a rank is given and taken by operators, and the two above them by their own kind. */
function mayChange(member: Member, letter: string): boolean {
  const rank = rankNamed(letter);
  if (letter === 'v' || isList(letter)) return member.half;
  return rank === undefined ? member.op : member.op && topRank(member.ranks) >= rank;
}

function isList(letter: string): letter is ListLetter {
  return (LIST_LETTERS as readonly string[]).includes(letter);
}

function shownModes(room: Room, inside: boolean): string[] {
  let letters = `+${[...room.flags].sort().join('')}`;
  const params: string[] = [];
  if (room.key !== '') {
    letters += 'k';
    params.push(inside ? room.key : '*');
  }
  if (room.limit > 0) {
    letters += 'l';
    params.push(String(room.limit));
  }
  if (room.slow > 0) {
    letters += 'S';
    params.push(String(room.slow));
  }
  if (room.forward !== '') {
    letters += 'f';
    params.push(room.forward);
  }
  return [letters, ...params];
}

/** Takes `+o-v ann bob` apart. Unknown letters are answered here. */
function readChanges(call: Call, room: Room): ModeChange[] {
  const [, letters = '', ...params] = call.message.params;
  const changes: ModeChange[] = [];
  let add = true;
  for (const letter of letters) {
    if (letter === '+' || letter === '-') {
      add = letter === '+';
      continue;
    }
    if (changes.length === CHANGES_MAX) break;
    if (FLAGS.includes(letter)) changes.push({ add, letter, param: '' });
    else if (letter === 'k' || rankNamed(letter) !== undefined || isList(letter))
      changes.push({ add, letter, param: params.shift() ?? '' });
    else if (letter === 'l' || letter === 'S' || letter === 'f')
      changes.push({ add, letter, param: add ? (params.shift() ?? '') : '' });
    else call.numeric(ERR_UNKNOWNMODE, letter, `${room.name} has no such mode`);
  }
  return changes;
}

function tellList(call: Call, room: Room, letter: ListLetter): void {
  const { one, end, name } = LISTS[letter];
  for (const { mask, by, at } of room.lists[letter])
    call.numeric(one, room.name, mask, by, String(Math.floor(at / 1000)));
  call.numeric(end, room.name, `End of ${name} list`);
}

/** The change with its parameter made whole (a nick becomes a person's id), or undefined after telling what is wrong. */
function checkChange(call: Call, state: State, room: Room, change: ModeChange): ModeChange | undefined {
  const { add, letter, param } = change;
  const refuse = (why: string): undefined => {
    call.numeric(
      ERR_INVALIDMODEPARAM,
      room.name,
      letter,
      param === '' || param.includes(' ') || param.startsWith(':') ? '*' : param,
      why,
    );
    return undefined;
  };
  if (rankNamed(letter) !== undefined) {
    if (param === '') return refuse('Name a nick');
    const person = state.personNamed(param);
    if (person === undefined) {
      call.numeric(ERR_NOSUCHNICK, param, 'There is nobody with that nick');
      return undefined;
    }
    if (!room.members.has(person.id)) {
      call.numeric(ERR_USERNOTINCHANNEL, person.nick, room.name, 'They are not in that room');
      return undefined;
    }
    const above =
      topRank(room.members.get(person.id)?.ranks ?? 0) > topRank(room.members.get(call.person.id)?.ranks ?? 0);
    if (!add && above) {
      call.numeric(ERR_CHANOPRIVSNEEDED, room.name, `You may not change ${person.nick}, who is above you`);
      return undefined;
    }
    return { add, letter, param: person.id };
  }
  if (letter === 'k' && add) {
    if (param === '') return refuse('Give a key');
    if (!/^[!-+\--9;-~]+$/.test(param) || param.length > state.settings.limits.keyLength) {
      call.numeric(ERR_INVALIDKEY, room.name, 'A key is letters and digits without spaces or commas');
      return undefined;
    }
  }
  if (letter === 'l' && add) {
    if (!/^\d{1,6}$/.test(param) || Number(param) === 0) return refuse('Give a number of people');
    return { add, letter, param: String(Number(param)) };
  }
  if (letter === 'S' && add) {
    const seconds = /^\d{1,4}$/.test(param) ? Number(param) : 0;
    if (seconds === 0 || seconds > SLOW_SECONDS_MAX)
      return refuse(`Give a number of seconds up to ${SLOW_SECONDS_MAX}`);
    return { add, letter, param: String(seconds) };
  }
  if (letter === 'f' && add) {
    const other = state.room(param);
    if (other === undefined || other === room) return refuse('Name another room');
    if (other.members.get(call.person.id)?.op) return { add, letter, param: other.name };
    call.numeric(ERR_CHANOPRIVSNEEDED, other.name, 'Only operators of both rooms may do that');
    return undefined;
  }
  if (isList(letter)) {
    const mask = normalizeBan(param);
    if (utf8Length(mask) > MASK_BYTES_MAX) return refuse('The mask is too long');
    if (add && room.lists[letter].length >= state.settings.limits.banListLength) {
      call.numeric(ERR_BANLISTFULL, room.name, mask, 'The list is full; remove something first');
      return undefined;
    }
    return { add, letter, param: mask };
  }
  return change;
}

function roomModesSet(entry: EntryOf<'mode'>, f: Fold): void {
  const { state } = f;
  const person = f.personOf(entry);
  const room = state.room(entry.room);
  if (person === undefined || room === undefined) return;
  const member = room.members.get(person.id);
  if (!member?.half) {
    f.call?.numeric(ERR_CHANOPRIVSNEEDED, room.name, 'Only operators of the room may do that');
    return;
  }
  const done: ModeChange[] = [];
  for (const change of entry.changes) {
    if (!mayChange(member, change.letter)) continue;
    const shown = applyChange(room, change, person, f);
    if (shown !== undefined) done.push(shown);
  }
  if (done.length === 0) return;
  f.happened(room, formatBody(person.prefix, 'MODE', [room.name, ...writeChanges(done)]), by(person));
  f.keepRoom(room);
}

/** Makes one change; returns it as others see it, or undefined when nothing changed. */
function applyChange(room: Room, change: ModeChange, by: Person, f: Fold): ModeChange | undefined {
  const { add, letter, param } = change;
  const rank = rankNamed(letter);
  if (rank !== undefined) {
    const member = room.members.get(param);
    if (member === undefined || ((member.ranks & rank) !== 0) === add) return undefined;
    member.ranks ^= rank;
    return { add, letter, param: member.person.nick };
  }
  if (isList(letter)) {
    const list = room.lists[letter];
    const index = list.findIndex(({ mask }) => fold(mask) === fold(param));
    if (add === index >= 0 || (add && list.length >= f.state.settings.limits.banListLength)) return undefined;
    if (add) list.push({ mask: param, by: by.prefix, at: f.at });
    else list.splice(index, 1);
    return change;
  }
  if (letter === 'k') {
    if (add ? room.key === param : room.key === '') return undefined;
    room.key = add ? param : '';
    return { add, letter, param: add ? param : '*' };
  }
  if (letter === 'l') {
    const limit = add ? Number(param) : 0;
    if (room.limit === limit) return undefined;
    room.limit = limit;
    return change;
  }
  if (letter === 'S') {
    const slow = add ? Number(param) : 0;
    if (room.slow === slow) return undefined;
    room.slow = slow;
    return change;
  }
  if (letter === 'f') {
    const forward = add ? param : '';
    if (room.forward === forward) return undefined;
    room.forward = forward;
    return change;
  }
  if (room.flags.has(letter) === add) return undefined;
  if (add) room.flags.add(letter);
  else room.flags.delete(letter);
  return change;
}

/** `+o-v ann bob` as words. */
function writeChanges(changes: readonly ModeChange[]): string[] {
  let letters = '';
  let sign = '';
  const params: string[] = [];
  for (const { add, letter, param } of changes) {
    const wanted = add ? '+' : '-';
    if (wanted !== sign) letters += sign = wanted;
    letters += letter;
    if (param !== '') params.push(param);
  }
  return [letters, ...params];
}

// ------------------------------------------------------------------------------------------------------ persons

function userMode(call: Call, state: State): void {
  const { person } = call;
  const whom = state.personNamed(call.param(0));
  if (whom === undefined) {
    call.numeric(ERR_NOSUCHNICK, call.param(0), 'There is nobody with that nick');
    return;
  }
  if (whom !== person) {
    call.numeric(ERR_USERSDONTMATCH, 'You can change only your own modes');
    return;
  }
  if (call.message.params.length < 2) {
    call.numeric(RPL_UMODEIS, `+${[...person.modes].sort().join('')}`);
    return;
  }
  const changes: ModeChange[] = [];
  let add = true;
  let unknown = false;
  for (const letter of call.param(1).slice(0, CHANGES_MAX * 2)) {
    if (letter === '+' || letter === '-') add = letter === '+';
    else if (USER_FLAGS.includes(letter) || (letter === 'o' && !add)) changes.push({ add, letter, param: '' });
    else if (letter !== 'o') unknown = true; // `+o` is OPER's to give; asking for it is ignored (RFC 2812 §3.1.5)
  }
  if (unknown) call.numeric(ERR_UMODEUNKNOWNFLAG, 'There is no such mode');
  const real = changes.filter((change) => person.modes.has(change.letter) !== change.add);
  if (real.length > 0) call.propose({ kind: 'user-mode', person: person.id, changes: real });
}

function userModesSet(entry: EntryOf<'user-mode'>, f: Fold): void {
  const person = f.personOf(entry);
  if (person === undefined) return;
  f.passing();
  const done = entry.changes.filter(({ add, letter }) => {
    if (person.modes.has(letter) === add) return false;
    f.state.setMode(person, letter, add);
    return true;
  });
  if (done.length > 0) f.tellPerson(person, line(person.prefix, 'MODE', [person.nick, ...writeChanges(done)]));
}
