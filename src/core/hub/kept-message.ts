/** A message that was kept, found again by its id so that it can be taken back or corrected. */
import type { Row } from '../ports.ts';
import type { Call } from './call.ts';
import type { Fold } from './fold.ts';
import type { Line } from './line.ts';
import type { Person } from './person.ts';
import type { Room } from './room.ts';
import type { State } from './state.ts';
import { conversation, msgidTime, writeMsgid } from './timeline.ts';

/** A room, or the other one of a conversation. */
export type Target = { readonly room: Room } | { readonly whom: Person };

export function findTarget(state: State, name: string): Target | undefined {
  if (!name.startsWith('#')) {
    const whom = state.personNamed(name);
    return whom && { whom };
  }
  const room = state.room(name);
  return room && { room };
}

export function timelineOf(target: Target, person: Person): string {
  return 'room' in target ? target.room.folded : conversation(person.identity, target.whom.identity);
}

export function nameOf(target: Target): string {
  return 'room' in target ? target.room.name : target.whom.nick;
}

/** Finds the message in this target's timeline; when it is not there, the caller is told. */
export function findMessage(call: Call, state: State, target: Target, msgid: string, then: (row: Row) => void): void {
  const { person } = call;
  const at = msgidTime(msgid);
  const name = nameOf(target);
  const unknown = (): void => call.fail('UNKNOWN_MSGID', name, shown(msgid), 'There is no such message there');
  if (at === undefined || ('room' in target && at <= target.room.historyAfter)) {
    unknown();
    return;
  }
  const timeline = timelineOf(target, person);
  const place = { after: at - 1, before: at + 1, limit: 1, newest: true, events: false };
  call.ask({ kind: 'page', timeline, ...place }, (answer) => {
    if (answer.kind !== 'rows') {
      call.fail('INTERNAL_ERROR', name, shown(msgid), 'The history could not be read; try again');
      return;
    }
    const [row] = answer.rows;
    if (row === undefined || writeMsgid(row.at, row.pos, state.incarnation) !== msgid) unknown();
    else then(row);
  });
}

/** To everybody who heard the message: the members of the room, or both of a conversation. The asker is answered. */
export function tellTarget(f: Fold, person: Person, target: Target, line: Line): void {
  if ('room' in target) {
    f.tell(target.room, line);
    if (!target.room.members.has(person.id)) f.call?.reply(line); // an operator of the server, from outside
    return;
  }
  f.tellPerson(person, line);
  if (target.whom !== person) f.tellPerson(target.whom, line);
}

/** Whether these are the words of this person, said under the same account or in the same stay. */
export function isBy(row: Row, person: Person): boolean {
  return row.by !== undefined && (row.by === person.identity || row.by === `~${person.id}`);
}

/** A word as it may stand in the middle of a reply. */
export function shown(word: string): string {
  return word === '' || word.startsWith(':') || word.includes(' ') ? '*' : word;
}

/** How many are remembered: what was asked about a message must be ordered before so many others were changed. */
const REMEMBERED_MAX = 10_000;

/**
 * What lately became of messages that were said before. Between the look into the store and the order of the log others
 * may have changed the same message; the rules find it here.
 */
export class ChangedMessages {
  private readonly byMsgid = new Map<string, number | 'gone'>();

  /** The time of its last correction, or that it was taken back; undefined when neither was lately. */
  get(msgid: string): number | 'gone' | undefined {
    return this.byMsgid.get(msgid);
  }

  set(msgid: string, what: number | 'gone'): void {
    this.byMsgid.delete(msgid);
    this.byMsgid.set(msgid, what);
    if (this.byMsgid.size <= REMEMBERED_MAX) return;
    const [oldest] = this.byMsgid.keys();
    if (oldest !== undefined) this.byMsgid.delete(oldest);
  }
}
