/**
 * MARKREAD: one device tells the others of the same person up to where it was read
 * (https://ircv3.net/specs/extensions/read-marker). Marks only go on, never back, and nobody else sees them.
 */
import { fold } from '../../wire/casemap.ts';
import { isNick, isRoomName } from '../../wire/names.ts';
import { formatServerTime, parseServerTime } from '../../wire/server-time.ts';
import type { Call } from '../call.ts';
import type { Conn } from '../conn.ts';
import type { EntryOf } from '../entry.ts';
import type { Feature } from '../feature.ts';
import type { Fold } from '../fold.ts';
import { type Line, line } from '../line.ts';
import type { Person } from '../person.ts';
import { recordKey } from '../read-marks.ts';
import type { Room } from '../room.ts';
import type { State } from '../state.ts';

export const readMarker: Feature = {
  commands: {
    MARKREAD: { run: markRead, params: 0, when: 'registered' },
  },
  entries: { 'mark-read': marked },
  capabilities: ['draft/read-marker'],
};

/** Rows of a busy timeline are ahead of the clock; a mark further ahead would say that the future was read. */
const AHEAD_MS_MAX = 60_000;

/** MARKREAD <target> [timestamp=<time>] */
function markRead(call: Call, state: State): void {
  const { person } = call;
  const { roomNameLength, nickLength } = state.settings.limits;
  const target = call.param(0);
  if (target === '') {
    call.fail('NEED_MORE_PARAMS', 'Give a room or a nick');
    return;
  }
  if (!isRoomName(target, roomNameLength) && !isNick(target, nickLength)) {
    call.fail('INVALID_PARAMS', 'The target is a room or a nick');
    return;
  }
  if (call.message.params.length < 2) {
    call.reply(markLine(state, person, target));
    return;
  }
  const reference = call.param(1);
  const at = reference.startsWith('timestamp=') ? parseServerTime(reference.slice('timestamp='.length)) : undefined;
  if (at === undefined) {
    call.fail('INVALID_PARAMS', target, 'The time is given as timestamp=<time>');
  } else if (state.trouble !== undefined) {
    call.fail('INTERNAL_ERROR', target, `The mark was not moved: ${state.trouble}`);
  } else {
    call.propose({ kind: 'mark-read', person: person.id, target, at: Math.min(at, call.at + AHEAD_MS_MAX) });
  }
}

function marked(entry: EntryOf<'mark-read'>, f: Fold): void {
  const { state, call } = f;
  const person = f.personOf(entry);
  if (person === undefined) return;
  const target = fold(entry.target);
  if (entry.at <= (state.readMarks.get(person, target) ?? -1)) {
    f.passing();
    call?.reply(markLine(state, person, entry.target));
    return;
  }
  const forgotten = state.readMarks.set(person, target, entry.at);
  if (person.accountId === '') {
    f.passing();
  } else {
    f.put('read', recordKey(person.accountId, target), String(entry.at));
    if (forgotten !== undefined) f.put('read', recordKey(person.accountId, forgotten), null);
  }
  const said = markLine(state, person, entry.target);
  call?.reply(said);
  for (const conn of person.conns) if (conn !== call?.conn && knows(conn)) f.out.to(conn, said);
}

function knows(conn: Conn): boolean {
  return conn.announced.has('draft/read-marker');
}

function markLine(state: State, person: Person, target: string): Line {
  const at = state.readMarks.get(person, fold(target));
  const time = at === undefined ? '*' : `timestamp=${formatServerTime(at)}`;
  return line(state.settings.serverName, 'MARKREAD', [target, time]);
}

/** What a device that finds itself in a room is told, before the names there. */
export function showMark(f: Fold, conn: Conn, room: Room): void {
  if (conn.person !== undefined && knows(conn)) f.tellConn(conn, markLine(f.state, conn.person, room.name));
}
