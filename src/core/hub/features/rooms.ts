/**
 * Rooms and who is in them: JOIN, PART, KICK, INVITE, TOPIC, NAMES, LIST (RFC 2812 §3.2, modern.ircdocs.horse).
 *
 * A room that belongs to an account (owned-rooms.ts) stays as it is. Any other begins with the first who comes, who
 * becomes its operator, and is empty when the last one goes. One that was used keeps topic, modes and history for those
 * who come back; a key still has to be known. One that only its members know of (+i, +s) ends with its last member,
 * because nobody could tell later who belonged to it: whoever comes next under that name finds a new room, and the old
 * history stays closed.
 */
import { capBit } from '../../wire/capabilities.ts';
import { fold } from '../../wire/casemap.ts';
import { formatBody } from '../../wire/message.ts';
import { isRoomName, matchMask } from '../../wire/names.ts';
import {
  ERR_BADCHANMASK,
  ERR_BADCHANNELKEY,
  ERR_BANNEDFROMCHAN,
  ERR_CHANNELISFULL,
  ERR_CHANOPRIVSNEEDED,
  ERR_INVITEONLYCHAN,
  ERR_LINKCHANNEL,
  ERR_NEEDMOREPARAMS,
  ERR_NEEDREGGEDNICK,
  ERR_NOSUCHCHANNEL,
  ERR_NOSUCHNICK,
  ERR_NOTONCHANNEL,
  ERR_TOOMANYCHANNELS,
  ERR_TOOMANYTARGETS,
  ERR_USERNOTINCHANNEL,
  ERR_USERONCHANNEL,
  RPL_AWAY,
  RPL_ENDOFINVITELIST,
  RPL_ENDOFNAMES,
  RPL_INVITELIST,
  RPL_INVITING,
  RPL_LIST,
  RPL_LISTEND,
  RPL_LISTSTART,
  RPL_NAMREPLY,
  RPL_NOTOPIC,
  RPL_TOPIC,
  RPL_TOPICWHOTIME,
} from '../../wire/numerics.ts';
import { truncateUtf8 } from '../../wire/utf8.ts';
import type { Call } from '../call.ts';
import type { Conn } from '../conn.ts';
import type { EntryOf } from '../entry.ts';
import type { Feature } from '../feature.ts';
import type { Fold } from '../fold.ts';
import { by, Line, line } from '../line.ts';
import type { Person } from '../person.ts';
import { Member, memberPrefix, OPERATOR, Room, topRank } from '../room.ts';
import type { State } from '../state.ts';
import { isBanned, isListed } from './bans.ts';
import { showMetadata } from './metadata.ts';
import { DEFCON_ROOMS } from './moderation.ts';
import { showMark } from './read-marker.ts';

export const rooms: Feature = {
  commands: {
    JOIN: { run: join, params: 1, when: 'registered' },
    PART: { run: part, params: 1, when: 'registered' },
    KICK: { run: kick, params: 2, when: 'registered' },
    INVITE: { run: invite, params: 0, when: 'registered' },
    TOPIC: { run: topic, params: 1, when: 'registered' },
    NAMES: { run: names, params: 0, when: 'registered' },
    LIST: { run: list, params: 0, when: 'registered' },
  },
  entries: { join: joined, part: parted, kick: kicked, invite: invited, topic: topicSet },
  capabilities: ['extended-join', 'multi-prefix', 'userhost-in-names', 'invite-notify', 'no-implicit-names'],
  isupport: ({ limits }) => [
    'CHANTYPES=#',
    `CHANLIMIT=#:${limits.roomsPerPerson}`,
    `CHANNELLEN=${limits.roomNameLength}`,
    `KEYLEN=${limits.keyLength}`,
    `TOPICLEN=${limits.topicBytes}`,
    `KICKLEN=${limits.kickBytes}`,
    'ELIST=CMNTU',
    'SAFELIST',
  ],
};

const MULTI_PREFIX = capBit('multi-prefix');
const USERHOST_IN_NAMES = capBit('userhost-in-names');
const NO_IMPLICIT_NAMES = capBit('no-implicit-names');
const EXTENDED_JOIN = capBit('extended-join');
const AWAY_NOTIFY = capBit('away-notify');
const INVITE_NOTIFY = capBit('invite-notify');

/** Targets of one JOIN, PART, KICK or NAMES: a client that rejoins everything may need all its rooms at once. */
const TARGETS_MAX = 100;
/** Rooms of one NAMES: each may be as long as a large room is full. */
const NAMES_TARGETS_MAX = 10;

// ------------------------------------------------------------------------------------------------------ JOIN

/** JOIN <room>{,<room>} [<key>{,<key>}], or JOIN 0 to leave all. */
function join(call: Call, state: State): void {
  const { person } = call;
  if (call.param(0) === '0') {
    for (const room of person.rooms.keys())
      call.propose({ kind: 'part', person: person.id, room: room.name, reason: '' });
    return;
  }
  const keys = call.param(1).split(',');
  for (const [i, name] of targets(call, call.param(0)).entries()) {
    if (!isRoomName(name, state.settings.limits.roomNameLength)) {
      call.numeric(
        name.startsWith('#') && name.length <= state.settings.limits.roomNameLength
          ? ERR_BADCHANMASK
          : ERR_NOSUCHCHANNEL,
        shown(name),
        `Not a room name: # and then at most ${state.settings.limits.roomNameLength - 1} letters`,
      );
      continue;
    }
    const key = keys[i] ?? '';
    const refusal = mayJoin(state, person, name, key);
    if (refusal === undefined) call.propose({ kind: 'join', person: person.id, room: name, key });
    else if (refusal !== 'there' && !forwarded(call, state, name)) call.numeric(refusal[0], shown(name), refusal[1]);
  }
}

/** Who may not come in is sent to the room that this one names (+f), if they may go there. */
function forwarded(call: Call, state: State, name: string): boolean {
  const { person } = call;
  const room = state.room(name);
  if (room === undefined || room.forward === '' || mayJoin(state, person, room.forward, '') !== undefined) return false;
  call.numeric(ERR_LINKCHANNEL, room.name, room.forward, 'You are sent to another room');
  call.propose({ kind: 'join', person: person.id, room: room.forward, key: '' });
  return true;
}

/** The parts of a comma-separated list; told off when there are too many. */
function targets(call: Call, text: string, max = TARGETS_MAX): string[] {
  const all = text.split(',').filter((one) => one !== '');
  if (all.length <= max) return all;
  call.numeric(ERR_TOOMANYTARGETS, call.message.command, `Only the first ${max} were taken`);
  return all.slice(0, max);
}

/** A name as it may stand in the middle of a reply. */
function shown(name: string): string {
  return name === '' || name.startsWith(':') || name.includes(' ') ? '*' : name;
}

type Refusal = readonly [numeric: string, text: string];

/** Why this person may not come in; `there` when they are in already, undefined when they may. */
function mayJoin(state: State, person: Person, name: string, key: string): Refusal | 'there' | undefined {
  const { limits } = state.settings;
  const room = state.room(name);
  if (room?.members.has(person.id)) return 'there';
  if (person.rooms.size >= limits.roomsPerPerson)
    return [ERR_TOOMANYCHANNELS, `You are in ${limits.roomsPerPerson} rooms; leave one first`];
  if (room === undefined) {
    if (state.defcon <= DEFCON_ROOMS) return [ERR_TOOMANYCHANNELS, 'Nobody may begin a room at the moment'];
    return state.rooms.size >= limits.roomsInAll && abandoned(state) === undefined
      ? [ERR_TOOMANYCHANNELS, 'This server has as many rooms as it takes']
      : undefined;
  }
  if (room.members.size >= limits.peoplePerRoom)
    return [ERR_CHANNELISFULL, 'That room holds as many as this server allows'];
  // Who was invited has been judged by a member; modes and lists are for strangers (modern.ircdocs.horse, INVITE).
  if (person.invitedTo.has(room)) return undefined;
  // Nor are they for those whom the room itself knows.
  if (person.accountId !== '' && room.access.has(person.accountId)) return undefined;
  if (room.key !== '' && room.key !== key) return [ERR_BADCHANNELKEY, 'The key to that room is missing or wrong'];
  // In a room that is nobody's and empty, nobody is left who could let anybody in: whoever comes begins it anew.
  if (room.members.size === 0 && room.owner === '') return undefined;
  if (room.flags.has('R') && person.account === '')
    return [ERR_NEEDREGGEDNICK, 'Only people with an account may come in; log in to yours'];
  if (room.flags.has('i') && !isListed(room, 'I', person))
    return [ERR_INVITEONLYCHAN, 'You need an invitation to that room'];
  if (isBanned(room, person)) return [ERR_BANNEDFROMCHAN, 'You are banned from that room'];
  if (room.limit > 0 && room.members.size >= room.limit) return [ERR_CHANNELISFULL, 'That room is full'];
  return undefined;
}

/** What they are in the room when they come: by its access list, or because they are the first. */
function ranksAtFirst(room: Room, { accountId }: Person): number {
  if (room.owner !== '') return room.access.get(accountId) ?? 0;
  return room.members.size === 0 ? OPERATOR : 0;
}

function joined(entry: EntryOf<'join'>, f: Fold): void {
  const { state } = f;
  const person = f.personOf(entry);
  if (person === undefined) return;
  const refusal = mayJoin(state, person, entry.room, entry.key);
  if (refusal !== undefined) {
    if (refusal !== 'there') f.call?.numeric(refusal[0], entry.room, refusal[1]);
    return;
  }
  let room = state.room(entry.room);
  if (room === undefined) {
    const old = state.rooms.size >= state.settings.limits.roomsInAll ? abandoned(state) : undefined;
    if (old !== undefined) f.makeForgotten(old);
    room = new Room(entry.room, fold(entry.room), f.at);
    room.historyAfter = state.forgottenBefore;
    state.rooms.set(room.folded, room);
  }
  const member = new Member(person, ranksAtFirst(room, person));
  f.out.entered(member);
  room.members.set(person.id, member);
  person.rooms.set(room, member);
  person.invitedTo.delete(room);

  const { body, bodies } = writeJoin(room, person);
  f.happened(room, body, by(person), bodies);
  if (person.away !== '') {
    f.out.toRoom(room, line(person.prefix, 'AWAY', [person.away], { requires: AWAY_NOTIFY }), f.call?.conn);
  }
  for (const conn of person.conns) showRoom(f, conn, room);
  showMetadata(f, room, person);
}

function writeJoin(room: Room, person: Person): { body: string; bodies: Line['bodies'] } {
  const account = person.account === '' ? '*' : person.account;
  const extended = formatBody(person.prefix, 'JOIN', [room.name, account, person.realname]);
  return { body: formatBody(person.prefix, 'JOIN', [room.name]), bodies: [{ cap: EXTENDED_JOIN, body: extended }] };
}

/** What a device sees of a room it finds itself in: its topic, what was read there and who is there. */
function showRoom(f: Fold, conn: Conn, room: Room): void {
  const answer = answerer(f, conn, f.state);
  if (room.topic !== undefined) tellTopic(answer, room);
  showMark(f, conn, room);
  if ((conn.caps & NO_IMPLICIT_NAMES) !== 0) return;
  tellNames(answer, conn, room);
  answer(RPL_ENDOFNAMES, room.name, 'End of names');
}

/** A device that came later gets its person's rooms as if it had joined them. */
export function showRooms(f: Fold, conn: Conn, person: Person): void {
  for (const room of person.rooms.keys()) {
    const { body, bodies } = writeJoin(room, person);
    f.tellConn(conn, new Line(body, { at: f.at, ...by(person) }, bodies));
    showRoom(f, conn, room);
  }
}

// ------------------------------------------------------------------------------------------------------ replies

/** Writes numerics to one connection, be it the one that asked or another device of the same person. */
type Answer = (code: string, ...params: string[]) => void;

function answerer(f: Fold, conn: Conn, state: State): Answer {
  return (code, ...params) => f.tellConn(conn, line(state.settings.serverName, code, [conn.name, ...params]));
}

function tellTopic(answer: Answer, room: Room): void {
  const { topic } = room;
  if (topic === undefined) {
    answer(RPL_NOTOPIC, room.name, 'No topic is set');
    return;
  }
  answer(RPL_TOPIC, room.name, topic.text);
  answer(RPL_TOPICWHOTIME, room.name, topic.by, String(Math.floor(topic.at / 1000)));
}

/** Bytes of names on one line: 510 less the rest of RPL_NAMREPLY at its longest. */
const NAMES_BYTES_MAX = 320;

function tellNames(answer: Answer, conn: Conn, room: Room): void {
  const inside = conn.person !== undefined && room.members.has(conn.person.id);
  const all = (conn.caps & MULTI_PREFIX) !== 0;
  const symbol = room.flags.has('s') ? '@' : '=';
  let text = '';
  if (inside || !room.flags.has('s')) {
    for (const member of room.members.values()) {
      const { person } = member;
      if (!inside && person.modes.has('i')) continue;
      const word = memberPrefix(member, all) + ((conn.caps & USERHOST_IN_NAMES) === 0 ? person.nick : person.prefix);
      if (text.length + word.length >= NAMES_BYTES_MAX) {
        answer(RPL_NAMREPLY, symbol, room.name, text);
        text = word;
      } else {
        text += text === '' ? word : ` ${word}`;
      }
    }
  }
  if (text !== '') answer(RPL_NAMREPLY, symbol, room.name, text);
}

/** NAMES [<room>{,<room>}]: one end for all that was asked (modern.ircdocs.horse, NAMES). */
function names(call: Call, state: State): void {
  const answer: Answer = (code, ...params) => call.numeric(code, ...params);
  if (call.param(0) === '') {
    call.numeric(RPL_ENDOFNAMES, '*', 'End of names');
    return;
  }
  const wanted = new Set(targets(call, call.param(0), NAMES_TARGETS_MAX).map((name) => state.room(name)));
  for (const room of wanted) if (room !== undefined) tellNames(answer, call.conn, room);
  call.numeric(RPL_ENDOFNAMES, shown(call.param(0)), 'End of names');
}

// ------------------------------------------------------------------------------------------------------ PART, KICK

/** The room, when the caller is in it; otherwise the caller has been told. */
function ownRoom(call: Call, state: State, name: string): { room: Room; member: Member } | undefined {
  const room = state.room(name);
  if (room === undefined || (room.members.size === 0 && !call.person.rooms.has(room))) {
    call.numeric(ERR_NOSUCHCHANNEL, shown(name), 'There is no such room');
    return undefined;
  }
  const member = room.members.get(call.person.id);
  if (member === undefined) {
    call.numeric(ERR_NOTONCHANNEL, room.name, 'You are not in that room');
    return undefined;
  }
  return { room, member };
}

/** PART <room>{,<room>} [:reason] */
function part(call: Call, state: State): void {
  const reason = truncateUtf8(call.param(1), state.settings.limits.kickBytes);
  for (const name of targets(call, call.param(0))) {
    const own = ownRoom(call, state, name);
    if (own !== undefined) call.propose({ kind: 'part', person: call.person.id, room: own.room.name, reason });
  }
}

function parted(entry: EntryOf<'part'>, f: Fold): void {
  const person = f.personOf(entry);
  const room = f.state.room(entry.room);
  if (person === undefined || room === undefined || !room.members.has(person.id)) return;
  f.happened(
    room,
    formatBody(person.prefix, 'PART', entry.reason === '' ? [room.name] : [room.name, entry.reason]),
    by(person),
  );
  leaveRoom(f, room, person);
}

/** KICK <room> <nick>{,<nick>} [:reason], or as many rooms as nicks, one for each (RFC 2812 §3.2.8). */
function kick(call: Call, state: State): void {
  const reason = truncateUtf8(call.param(2), state.settings.limits.kickBytes);
  const names = targets(call, call.param(0));
  const nicks = targets(call, call.param(1));
  const [only = call.param(0)] = names;
  if (names.length < 2) kickFrom(call, state, only, nicks, reason);
  else if (names.length === nicks.length)
    for (const [i, name] of names.entries()) kickFrom(call, state, name, nicks.slice(i, i + 1), reason);
  else call.numeric(ERR_NEEDMOREPARAMS, 'KICK', 'Give one room, or one for each nick');
}

function kickFrom(call: Call, state: State, name: string, nicks: readonly string[], reason: string): void {
  const own = ownRoom(call, state, name);
  if (own === undefined) return;
  if (!own.member.half) {
    call.numeric(ERR_CHANOPRIVSNEEDED, own.room.name, 'Only operators of the room may do that');
    return;
  }
  for (const nick of nicks) {
    const whom = state.personNamed(nick);
    if (whom === undefined) call.numeric(ERR_NOSUCHNICK, shown(nick), 'There is nobody with that nick');
    else if (!own.room.members.has(whom.id))
      call.numeric(ERR_USERNOTINCHANNEL, whom.nick, own.room.name, 'They are not in that room');
    else if (!mayKick(own.room, own.member, whom))
      call.numeric(ERR_CHANOPRIVSNEEDED, own.room.name, `You may not put out ${whom.nick}, who is above you`);
    else call.propose({ kind: 'kick', person: call.person.id, room: own.room.name, whom: whom.id, reason });
  }
}

/** Equals may put each other out, as operators always could; half operators only those below them. */
function mayKick(room: Room, by: Member, { id }: Person): boolean {
  const ranks = room.members.get(id)?.ranks ?? 0;
  return by.op ? topRank(by.ranks) >= topRank(ranks) : topRank(by.ranks) > topRank(ranks);
}

function kicked(entry: EntryOf<'kick'>, f: Fold): void {
  const { state } = f;
  const person = f.personOf(entry);
  const room = state.room(entry.room);
  const whom = state.people.get(entry.whom);
  if (person === undefined || room === undefined || whom === undefined || !room.members.has(whom.id)) return;
  const member = room.members.get(person.id);
  if (!member?.half || !mayKick(room, member, whom)) {
    f.call?.numeric(ERR_CHANOPRIVSNEEDED, room.name, 'Only operators of the room may do that');
    return;
  }
  const reason = entry.reason === '' ? person.nick : entry.reason;
  f.happened(room, formatBody(person.prefix, 'KICK', [room.name, whom.nick, reason]), by(person));
  leaveRoom(f, room, whom);
}

/** Takes a person out of a room, and ends the room when nobody and nothing is left of it. */
export function leaveRoom(f: Fold, room: Room, person: Person): void {
  const member = room.members.get(person.id);
  if (member === undefined) return;
  f.out.left(room, member);
  room.members.delete(person.id);
  person.rooms.delete(room);
  endIfEmpty(f, room);
}

/** A room that nobody is in ends, or stays as it is for those who come back. */
export function endIfEmpty(f: Fold, room: Room): void {
  if (room.members.size > 0) return;
  if (room.endsWithItsMembers) {
    const next = room.next(f.place(room.folded).at);
    f.state.rooms.set(room.folded, next);
    f.keepRoom(next);
  } else if (!room.kept) {
    f.state.rooms.delete(room.folded);
  }
}

/** The room that has been there longest of those that are empty and nobody's. */
function abandoned(state: State): Room | undefined {
  for (const room of state.rooms.values()) if (room.members.size === 0 && room.owner === '') return room;
  return undefined;
}

// ------------------------------------------------------------------------------------------------------ INVITE

/** INVITE <nick> <room>, or INVITE alone for the rooms one was asked into. */
function invite(call: Call, state: State): void {
  const { person } = call;
  if (call.message.params.length === 0) {
    for (const room of person.invitedTo) call.numeric(RPL_INVITELIST, room.name);
    call.numeric(RPL_ENDOFINVITELIST, 'End of invitations');
    return;
  }
  if (call.message.params.length === 1) {
    call.numeric(ERR_NEEDMOREPARAMS, 'INVITE', 'Not enough parameters');
    return;
  }
  const whom = state.personNamed(call.param(0));
  if (whom === undefined) {
    call.numeric(ERR_NOSUCHNICK, shown(call.param(0)), 'There is nobody with that nick');
    return;
  }
  const own = ownRoom(call, state, call.param(1));
  if (own === undefined) return;
  const refusal = mayInvite(own.room, own.member, whom);
  if (refusal !== undefined) {
    call.numeric(...refusal);
    return;
  }
  call.propose({ kind: 'invite', person: person.id, room: own.room.name, whom: whom.id });
}

function mayInvite(room: Room, member: Member, whom: Person): [string, ...string[]] | undefined {
  if (room.flags.has('i') && !member.half)
    return [ERR_CHANOPRIVSNEEDED, room.name, 'Only operators may invite into that room'];
  if (room.members.has(whom.id)) return [ERR_USERONCHANNEL, whom.nick, room.name, 'They are in that room already'];
  return undefined;
}

function invited(entry: EntryOf<'invite'>, f: Fold): void {
  const { state, call } = f;
  const person = f.personOf(entry);
  const room = state.room(entry.room);
  const whom = state.people.get(entry.whom);
  if (person === undefined || room === undefined || whom === undefined) return;
  const member = room.members.get(person.id);
  if (member === undefined) return;
  const refusal = mayInvite(room, member, whom);
  if (refusal !== undefined) {
    call?.numeric(...refusal);
    return;
  }
  if (whom.invitedTo.size >= state.settings.limits.invitesPerPerson) {
    for (const oldest of whom.invitedTo) {
      whom.invitedTo.delete(oldest);
      break;
    }
  }
  whom.invitedTo.add(room);
  const said = line(person.prefix, 'INVITE', [whom.nick, room.name], { at: f.at, ...by(person) });
  call?.numeric(RPL_INVITING, whom.nick, room.name);
  if (whom.away !== '') call?.numeric(RPL_AWAY, whom.nick, whom.away);
  f.tellPerson(whom, said);
  const notice = line(person.prefix, 'INVITE', [whom.nick, room.name], {
    at: f.at,
    requires: INVITE_NOTIFY,
    ...by(person),
  });
  for (const other of room.members.values()) {
    if (other.half && other.person !== person) f.tellPerson(other.person, notice);
  }
}

// ------------------------------------------------------------------------------------------------------ TOPIC

/** TOPIC <room> [:topic]; an empty topic removes it. */
function topic(call: Call, state: State): void {
  const { person } = call;
  if (call.message.params.length < 2) {
    const room = state.room(call.param(0));
    if (room === undefined || (room.flags.has('s') && !room.members.has(person.id))) {
      call.numeric(ERR_NOSUCHCHANNEL, shown(call.param(0)), 'There is no such room');
      return;
    }
    if (!room.members.has(person.id) && room.closed) {
      call.numeric(ERR_NOTONCHANNEL, room.name, 'You are not in that room');
      return;
    }
    tellTopic((code, ...params) => call.numeric(code, ...params), room);
    return;
  }
  const own = ownRoom(call, state, call.param(0));
  if (own === undefined) return;
  if (own.room.flags.has('t') && !own.member.half) {
    call.numeric(ERR_CHANOPRIVSNEEDED, own.room.name, 'Only operators of the room may set its topic');
    return;
  }
  const text = truncateUtf8(call.param(1), state.settings.limits.topicBytes);
  call.propose({ kind: 'topic', person: person.id, room: own.room.name, topic: text });
}

function topicSet(entry: EntryOf<'topic'>, f: Fold): void {
  const person = f.personOf(entry);
  const room = f.state.room(entry.room);
  const member = person === undefined ? undefined : room?.members.get(person.id);
  if (person === undefined || room === undefined || member === undefined) return;
  if (room.flags.has('t') && !member.half) {
    f.call?.numeric(ERR_CHANOPRIVSNEEDED, room.name, 'Only operators of the room may set its topic');
    return;
  }
  room.topic = entry.topic === '' ? undefined : { text: entry.topic, by: person.prefix, at: f.at };
  f.happened(room, formatBody(person.prefix, 'TOPIC', [room.name, entry.topic]), by(person));
  f.keepRoom(room);
}

// ------------------------------------------------------------------------------------------------------ LIST

/** Conditions of LIST one call may give (ELIST): more than a person types. */
const CONDITIONS_MAX = 16;

/** LIST [<condition>{,<condition>}]: room masks, <n, >n, C<n, C>n (minutes since made), T<n, T>n (since the topic). */
function list(call: Call, state: State): void {
  const now = call.at;
  const conditions = call
    .param(0)
    .split(',')
    .filter((one) => one !== '')
    .slice(0, CONDITIONS_MAX);
  const tests = conditions.map((condition) => listTest(condition, now));
  const isMask = conditions.map((condition) => /^!?[#*]/.test(condition) && !condition.startsWith('!'));
  call.numeric(RPL_LISTSTART, 'Room', 'People  Topic');
  for (const room of state.rooms.values()) {
    if (room.members.size === 0) continue;
    if (room.flags.has('s') && !room.members.has(call.person.id)) continue;
    // Masks are alternatives, the other conditions all have to hold.
    const masks = tests.filter((_, i) => isMask[i]);
    const rest = tests.filter((_, i) => !isMask[i]);
    if (masks.length > 0 && !masks.some((test) => test(room))) continue;
    if (!rest.every((test) => test(room))) continue;
    const shows = !room.closed || room.members.has(call.person.id);
    call.numeric(RPL_LIST, room.name, String(room.members.size), shows ? (room.topic?.text ?? '') : '');
  }
  call.numeric(RPL_LISTEND, 'End of list');
}

function listTest(condition: string, now: number): (room: Room) => boolean {
  const compare = /^([CT]?)([<>])(\d{1,9})$/.exec(condition);
  if (compare === null) {
    const not = condition.startsWith('!');
    const mask = fold(not ? condition.slice(1) : condition);
    return (room) => matchMask(mask, room.folded) !== not;
  }
  const [, what, sign, digits] = compare;
  const limit = Number(digits);
  return (room) => {
    if (what === 'T' && room.topic === undefined) return false;
    const minutes = (since: number): number => (now - since) / 60_000;
    const value =
      what === 'C' ? minutes(room.createdAt) : what === 'T' ? minutes(room.topic?.at ?? 0) : room.members.size;
    return sign === '<' ? value < limit : value > limit;
  };
}
