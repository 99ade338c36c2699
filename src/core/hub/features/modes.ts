/**
 * MODE: what a room allows and to whom, and a person's own switches (https://modern.ircdocs.horse/#mode-message).
 *
 * Room modes: b e I lists of masks; k key; l limit; i invite only, m moderated, n no messages from outside, s secret,
 * t topic by operators; o operator, v voice. Person: B is a program, i not listed to strangers, w hears WALLOPS, o operator of
 * the server.
 */
import { fold } from '../../wire/casemap.ts';
import { formatBody } from '../../wire/message.ts';
import { normalizeMask } from '../../wire/names.ts';
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
import { LIST_LETTERS, type ListLetter, type Room } from '../room.ts';
import type { State } from '../state.ts';

export const modes: Feature = {
  commands: {
    MODE: { run: mode, params: 1, when: 'registered' },
  },
  entries: { mode: roomModesSet, 'user-mode': userModesSet },
  isupport: ({ limits }) => [
    'CHANMODES=beI,k,l,imnst',
    'PREFIX=(ov)@+',
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
const FLAGS = 'imnst';
const USER_FLAGS = 'Biw';

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
  for (const letter of new Set(queries.map((query) => query.letter as ListLetter))) tellList(call, room, letter);
  if (changes.length === 0) return;
  if (!room.members.get(person.id)?.op) {
    if (inside) call.numeric(ERR_CHANOPRIVSNEEDED, room.name, 'Only operators of the room may do that');
    else call.numeric(ERR_NOTONCHANNEL, room.name, 'You are not in that room');
    return;
  }
  const whole: ModeChange[] = [];
  for (const change of changes) {
    const checked = checkChange(call, state, room, change);
    if (checked !== undefined) whole.push(checked);
  }
  if (whole.length > 0) call.propose({ kind: 'mode', person: person.id, room: room.name, changes: whole });
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
    else if (letter === 'k' || letter === 'o' || letter === 'v' || isList(letter))
      changes.push({ add, letter, param: params.shift() ?? '' });
    else if (letter === 'l') changes.push({ add, letter, param: add ? (params.shift() ?? '') : '' });
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
  if (letter === 'o' || letter === 'v') {
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
  if (isList(letter)) {
    const mask = normalizeMask(param);
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
  if (!room.members.get(person.id)?.op) {
    f.call?.numeric(ERR_CHANOPRIVSNEEDED, room.name, 'Only operators of the room may do that');
    return;
  }
  const done: ModeChange[] = [];
  for (const change of entry.changes) {
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
  if (letter === 'o' || letter === 'v') {
    const member = room.members.get(param);
    const field = letter === 'o' ? 'op' : 'voice';
    if (member === undefined || member[field] === add) return undefined;
    member[field] = add;
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
  for (const { add, letter } of entry.changes) {
    if (add) person.modes.add(letter);
    else person.modes.delete(letter);
  }
  f.passing();
  f.tellPerson(person, line(person.prefix, 'MODE', [person.nick, ...writeChanges(entry.changes)]));
}
