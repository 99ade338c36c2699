/**
 * METADATA: a few words that people and rooms say of themselves: display name, avatar, colour. The drafts are
 * https://github.com/ircv3/ircv3-specifications/pull/501 (draft/metadata-2) and …/pull/613 (draft/metadata-3); they
 * differ in how a change is told, so each connection hears it in the form it asked for.
 *
 * What somebody with an account says of themselves is kept with the account, what a room says with the room.
 */
import { utf8Length } from '../../wire/utf8.ts';
import {
  RPL_KEYNOTSET,
  RPL_KEYVALUE,
  RPL_METADATASUBOK,
  RPL_METADATASUBS,
  RPL_METADATASYNCLATER,
  RPL_METADATAUNSUBOK,
  RPL_WHOISKEYVALUE,
  ERR_NOTREGISTERED,
} from '../../wire/numerics.ts';
import type { Call } from '../call.ts';
import type { Conn } from '../conn.ts';
import type { EntryOf } from '../entry.ts';
import type { Feature } from '../feature.ts';
import type { Fold } from '../fold.ts';
import { type Line, line } from '../line.ts';
import type { Person } from '../person.ts';
import type { Room } from '../room.ts';
import type { State } from '../state.ts';

export const metadata: Feature = {
  commands: {
    METADATA: { run: command, params: 2, when: 'any' },
  },
  entries: { metadata: changed },
  capabilities: ['draft/metadata-2', 'draft/metadata-3'],
  capabilityValue: { 'draft/metadata-2': limits, 'draft/metadata-3': limits },
  welcomed: setOnArrival,
};

const SUBS_MAX = 50;
const KEYS_MAX = 20;
/** A line of RPL_KEYVALUE with names of full length still fits. */
const VALUE_BYTES_MAX = 300;
/** In larger rooms a client asks for what people say of themselves when it is ready (RPL_METADATASYNCLATER). */
const SHOWN_PEOPLE_MAX = 200;
const SYNC_LATER_SECONDS = 5;
const KEY = /^[a-z0-9_./-]{1,64}$/;

function limits(): string {
  return `before-connect,max-subs=${SUBS_MAX},max-keys=${KEYS_MAX},max-value-bytes=${VALUE_BYTES_MAX}`;
}

/** Who or what a METADATA speaks of. */
type Target = { readonly name: string; readonly person: Person } | { readonly name: string; readonly room: Room };

function valuesOf(state: State, target: Target): ReadonlyMap<string, string> {
  return 'room' in target ? target.room.metadata : state.metadataOf(target.person);
}

/** METADATA <nick, room or *> GET|LIST|SET|CLEAR|SYNC|SUB|UNSUB|SUBS [<key>...] */
function command(call: Call, state: State): void {
  const { conn } = call;
  const subcommand = call.param(1).toUpperCase();
  if (conn.person === undefined) {
    if (!speaks(conn)) call.numeric(ERR_NOTREGISTERED, 'Register first: send NICK and USER');
    else if (call.param(0) === '*' && subcommand === 'SET') setEarly(call);
    else if (call.param(0) === '*' && subcommand === 'SUB') subscribe(call);
    else
      call.fail(
        'INVALID_TARGET',
        shown(call.param(0)),
        'Before the welcome you can set and subscribe only for yourself',
      );
    return;
  }
  if (subcommand === 'SUB') subscribe(call);
  else if (subcommand === 'UNSUB') unsubscribe(call);
  else if (subcommand === 'SUBS') tellSubscriptions(call, state);
  else if (subcommand === 'SYNC' && call.param(0) === '*') syncAll(call, state);
  else withTarget(call, state, subcommand);
}

function withTarget(call: Call, state: State, subcommand: string): void {
  const target = targetOf(call, state);
  if (target === undefined) {
    call.fail('INVALID_TARGET', shown(call.param(0)), 'There is nobody and nothing of that name here');
    return;
  }
  switch (subcommand) {
    case 'GET':
      get(call, state, target);
      break;
    case 'LIST':
      tellAll(call, state, target, valuesOf(state, target));
      break;
    case 'SET':
      set(call, state, target);
      break;
    case 'CLEAR':
      clear(call, state, target);
      break;
    case 'SYNC':
      sync(call, state, target);
      break;
    default:
      call.fail('SUBCOMMAND_INVALID', shown(subcommand), 'Say GET, LIST, SET, CLEAR, SYNC, SUB, UNSUB or SUBS');
  }
}

function targetOf(call: Call, state: State): Target | undefined {
  const name = call.param(0);
  const person = name === '*' ? call.person : state.personNamed(name);
  if (person !== undefined) return { name: person.nick, person };
  const room = state.room(name);
  const open = room !== undefined && (room.members.has(call.person.id) || !room.closed);
  return open ? { name: room.name, room } : undefined;
}

function shown(word: string): string {
  return word === '' || word.startsWith(':') || word.includes(' ') ? '*' : word;
}

function speaks({ announced }: Conn): boolean {
  return announced.has('draft/metadata-2') || announced.has('draft/metadata-3');
}

// ------------------------------------------------------------------------------------------------------ reading

function keyValue(state: State, conn: Conn, name: string, key: string, value: string | undefined): Line {
  const { serverName } = state.settings;
  return value === undefined
    ? line(serverName, RPL_KEYNOTSET, [conn.name, name, key, 'Nothing is set'])
    : line(serverName, RPL_KEYVALUE, [conn.name, name, key, '*', value]);
}

function get(call: Call, state: State, target: Target): void {
  const values = valuesOf(state, target);
  const keys = call.message.params.slice(2, 2 + KEYS_MAX);
  const replies = keys.map((key) =>
    KEY.test(key)
      ? keyValue(state, call.conn, target.name, key, values.get(key))
      : line(state.settings.serverName, 'FAIL', ['METADATA', invalidKey(call.conn), shown(key), 'That is no key']),
  );
  call.reply({ type: 'metadata', params: [target.name], replies });
}

function tellAll(call: Call, state: State, { name }: Target, values: ReadonlyMap<string, string>): void {
  const replies = [...values].map(([key, value]) => keyValue(state, call.conn, name, key, value));
  call.reply({ type: 'metadata', params: [name], replies });
}

/** What WHOIS tells of somebody. */
export function tellWhois(call: Call, state: State, person: Person): void {
  if (!speaks(call.conn)) return;
  for (const [key, value] of state.metadataOf(person)) call.numeric(RPL_WHOISKEYVALUE, person.nick, key, '*', value);
}

// ------------------------------------------------------------------------------------------------------ writing

function invalidKey({ announced }: Conn): string {
  return announced.has('draft/metadata-3') ? 'INVALID_KEY' : 'KEY_INVALID';
}

/** Whether this key and value can be; otherwise the caller has been told. */
function isGood(call: Call, key: string, value: string): boolean {
  if (!KEY.test(key)) {
    call.fail(invalidKey(call.conn), shown(key), 'A key is small letters, digits and _ . / -');
    return false;
  }
  if (utf8Length(value) <= VALUE_BYTES_MAX) return true;
  const why = `A value has at most ${VALUE_BYTES_MAX} bytes`;
  if (call.conn.announced.has('draft/metadata-3')) call.fail('INVALID_VALUE', key, why);
  else call.fail('VALUE_INVALID', why);
  return false;
}

function set(call: Call, state: State, target: Target): void {
  const [, , key = '', value] = call.message.params;
  if (!mayChange(call, target)) {
    call.fail('KEY_NO_PERMISSION', target.name, shown(key), 'You may not change that');
    return;
  }
  if (!isGood(call, key, value ?? '')) return;
  const values = valuesOf(state, target);
  if (value === undefined && !values.has(key)) call.fail('KEY_NOT_SET', target.name, key, 'Nothing is set');
  else if (value !== undefined && values.size >= KEYS_MAX && !values.has(key))
    call.fail('LIMIT_REACHED', target.name, `At most ${KEYS_MAX} keys can be set`);
  else propose(call, target, [[key, value ?? null]]);
}

function clear(call: Call, state: State, target: Target): void {
  if (!mayChange(call, target)) call.fail('KEY_NO_PERMISSION', target.name, '*', 'You may not change that');
  else
    propose(
      call,
      target,
      [...valuesOf(state, target).keys()].map((key) => [key, null] as const),
    );
}

function mayChange({ person }: Call, target: Target): boolean {
  if (person.modes.has('o')) return true;
  return 'room' in target ? target.room.members.get(person.id)?.op === true : target.person === person;
}

function propose(call: Call, target: Target, changes: EntryOf<'metadata'>['changes']): void {
  const subject = 'room' in target ? { of: '', room: target.room.name } : { of: target.person.id, room: '' };
  call.propose({ kind: 'metadata', person: call.person.id, ...subject, changes });
}

function setEarly(call: Call): void {
  const { conn } = call;
  const [, , key = '', value] = call.message.params;
  if (!isGood(call, key, value ?? '')) return;
  const { metadata: values } = conn.hello;
  if (value === undefined) values.delete(key);
  else if (values.size >= KEYS_MAX && !values.has(key))
    return call.fail('LIMIT_REACHED', '*', `At most ${KEYS_MAX} keys can be set`);
  else values.set(key, value);
  if (value === undefined) call.numeric(RPL_KEYNOTSET, '*', key, 'Nothing is set');
  else call.numeric(RPL_KEYVALUE, '*', key, '*', value);
}

/** What was set before the welcome becomes true with it; everybody who knows METADATA is shown what is set. */
function setOnArrival(call: Call): void {
  const { conn, person } = call;
  if (!speaks(conn)) return;
  call.propose({ kind: 'metadata', person: person.id, of: person.id, room: '', changes: [...conn.hello.metadata] });
}

function changed({ person: id, of, room: roomName, changes }: EntryOf<'metadata'>, f: Fold): void {
  const { state, call } = f;
  const by = state.people.get(id);
  const person = state.people.get(of);
  const room = roomName === '' ? undefined : state.room(roomName);
  if (by === undefined || (person === undefined && room === undefined)) return;
  const values = room === undefined ? state.metadataOf(person as Person) : room.metadata;
  for (const [key, value] of changes) {
    if (value === null) values.delete(key);
    else if (values.size < KEYS_MAX || values.has(key)) values.set(key, value);
  }
  if (room !== undefined) f.keepRoom(room);
  else if (person !== undefined && person.accountId !== '') keepValues(f, person.accountId, values);
  else f.passing();
  const name = room?.name ?? person?.nick ?? '';
  if (call !== undefined) answer(call, state, name, values, changes);
  for (const conn of room === undefined ? connsAround(state, person as Person) : connsIn(room)) {
    if (conn === call?.conn) continue;
    for (const [key] of changes) tellChange(f, conn, by.prefix, name, key, values.get(key));
  }
}

function keepValues(f: Fold, account: string, values: ReadonlyMap<string, string>): void {
  f.put('metadata', account, values.size === 0 ? null : JSON.stringify([...values]));
}

function answer(
  call: Call,
  state: State,
  name: string,
  values: ReadonlyMap<string, string>,
  changes: EntryOf<'metadata'>['changes'],
): void {
  const { conn } = call;
  const [first] = changes;
  if (call.message.command !== 'METADATA') {
    const replies = [...values].map(([key, value]) => change(state, conn, call.person.prefix, name, key, value));
    if (replies.length > 0) call.reply({ type: 'metadata', params: [name], replies });
  } else if (call.param(1).toUpperCase() === 'CLEAR') {
    const replies = changes.map(([key]) => keyValue(state, conn, name, key, values.get(key)));
    call.reply({ type: 'metadata', params: [name], replies });
  } else if (first !== undefined) {
    call.reply(keyValue(state, conn, name, first[0], values.get(first[0])));
  }
}

// ------------------------------------------------------------------------------------------------------ telling others

function* connsIn(room: Room): Iterable<Conn> {
  for (const { person } of room.members.values()) yield* person.conns;
}

function connsAround(state: State, person: Person): Set<Conn> {
  const around = new Set<Conn>(person.conns);
  for (const room of person.rooms.keys()) for (const conn of connsIn(room)) around.add(conn);
  for (const conn of state.watchers.get(person.folded) ?? []) around.add(conn);
  return around;
}

/** A change in the form of the draft that the connection asked for. */
function change(state: State, conn: Conn, source: string, name: string, key: string, value: string | undefined): Line {
  if (conn.announced.has('draft/metadata-3')) return keyValue(state, conn, name, key, value);
  return line(source, 'METADATA', value === undefined ? [name, key, '*'] : [name, key, '*', value]);
}

function tellChange(f: Fold, conn: Conn, source: string, name: string, key: string, value: string | undefined): void {
  if (conn.subscriptions.has(key) && speaks(conn)) f.tellConn(conn, change(f.state, conn, source, name, key, value));
}

/** Who comes into a room hears what it and its people say of themselves, as far as they subscribed, and the other way. */
export function showMetadata(f: Fold, room: Room, person: Person): void {
  const { state } = f;
  const own = state.metadataOf(person);
  if (own.size > 0) {
    for (const conn of connsIn(room)) {
      if (conn.person === person || conn.subscriptions.size === 0) continue;
      for (const [key, value] of own) tellChange(f, conn, person.prefix, person.nick, key, value);
    }
  }
  for (const conn of person.conns) {
    if (conn.subscriptions.size === 0) continue;
    for (const [key, value] of room.metadata) tellChange(f, conn, state.settings.serverName, room.name, key, value);
    if (room.members.size > SHOWN_PEOPLE_MAX) {
      const later = [conn.name, room.name, String(SYNC_LATER_SECONDS)];
      f.tellConn(conn, line(state.settings.serverName, RPL_METADATASYNCLATER, later));
      continue;
    }
    for (const { person: other } of room.members.values()) {
      if (other === person) continue;
      for (const [key, value] of state.metadataOf(other)) tellChange(f, conn, other.prefix, other.nick, key, value);
    }
  }
}

function sync(call: Call, state: State, target: Target): void {
  const { conn } = call;
  const subjects: Target[] = [target];
  if ('room' in target)
    for (const { person } of target.room.members.values()) subjects.push({ name: person.nick, person });
  const replies = subjects.flatMap((subject) =>
    [...valuesOf(state, subject)]
      .filter(([key]) => conn.subscriptions.has(key))
      .map(([key, value]) => change(state, conn, state.settings.serverName, subject.name, key, value)),
  );
  call.reply({ type: 'metadata', params: [target.name], replies });
}

function syncAll(call: Call, state: State): void {
  if (call.person.rooms.size === 0) sync(call, state, { name: call.person.nick, person: call.person });
  for (const room of call.person.rooms.keys()) sync(call, state, { name: room.name, room });
}

// ------------------------------------------------------------------------------------------------------ subscriptions

function subscribe(call: Call): void {
  const { conn } = call;
  const done: string[] = [];
  for (const key of call.message.params.slice(2)) {
    if (!KEY.test(key)) call.fail(invalidKey(conn), shown(key), 'A key is small letters, digits and _ . / -');
    else if (conn.subscriptions.size >= SUBS_MAX && !conn.subscriptions.has(key)) {
      call.fail('TOO_MANY_SUBS', key, `You can subscribe to ${SUBS_MAX} keys`);
      break;
    } else {
      conn.subscriptions.add(key);
      done.push(key);
    }
  }
  if (done.length === 0) return;
  call.numeric(RPL_METADATASUBOK, ...done);
  // The third draft says when to ask for what is set already.
  if (conn.announced.has('draft/metadata-3') && conn.person !== undefined) call.numeric(RPL_METADATASYNCLATER, '*');
}

function unsubscribe(call: Call): void {
  const keys = call.message.params.slice(2).filter((key) => KEY.test(key));
  for (const key of keys) call.conn.subscriptions.delete(key);
  if (keys.length > 0) call.numeric(RPL_METADATAUNSUBOK, ...keys);
}

function tellSubscriptions(call: Call, state: State): void {
  const { conn } = call;
  const keys = [...conn.subscriptions];
  const replies: Line[] = [];
  for (let i = 0; i < keys.length; i += 5)
    replies.push(line(state.settings.serverName, RPL_METADATASUBS, [conn.name, ...keys.slice(i, i + 5)]));
  call.reply({ type: 'metadata-subs', params: [], replies });
}
