import type { Folded } from '../wire/casemap.ts';
import type { PersonId } from './entry.ts';
import type { Segment } from './outbox.ts';
import type { Person } from './person.ts';

export interface Member {
  readonly person: Person;
  op: boolean;
  voice: boolean;
  /** Outbox: the turn this member came in, and the number of the first line it hears. */
  turn: number;
  from: number;
}

/** A mask on a ban, exception or invite list. */
export interface ListEntry {
  readonly mask: string;
  readonly by: string;
  readonly at: number;
}

export interface Topic {
  readonly text: string;
  readonly by: string;
  readonly at: number;
}

/** Lists by their mode letter: bans, exceptions, invite exceptions. */
export type ListLetter = 'b' | 'e' | 'I';
export const LIST_LETTERS: readonly ListLetter[] = ['b', 'e', 'I'];

/** What a new room starts with: only members speak, only operators set the topic. */
const FLAGS_AT_FIRST = 'nt';

export class Room {
  /** As the first who came wrote it. */
  readonly name: string;
  readonly folded: Folded;
  createdAt: number;
  topic: Topic | undefined = undefined;
  /** Modes without a parameter. */
  readonly flags = new Set<string>(FLAGS_AT_FIRST);
  key = '';
  /** 0: no limit. */
  limit = 0;
  readonly lists: Record<ListLetter, ListEntry[]> = { b: [], e: [], I: [] };
  readonly members = new Map<PersonId, Member>();
  /** History at or before this time is not shown: it belongs to an earlier, closed room of this name. */
  historyAfter = 0;
  /** Something worth keeping was said or set here: the room outlives its last member. */
  kept = false;
  /** Outbox: what this turn says to the room. */
  segment: Segment | undefined = undefined;

  constructor(name: string, folded: Folded, at: number) {
    this.name = name;
    this.folded = folded;
    this.createdAt = at;
  }

  /** Whether strangers are kept out or must not know of it. */
  get closed(): boolean {
    return this.flags.has('i') || this.flags.has('s') || this.key !== '';
  }
}

/** `@` for operators, `+` for those with voice; both for clients that know multi-prefix. */
export function memberPrefix(member: Member, all: boolean): string {
  if (member.op) return all && member.voice ? '@+' : '@';
  return member.voice ? '+' : '';
}

interface RoomRecord {
  name: string;
  createdAt: number;
  topic: Topic | null;
  flags: string;
  key: string;
  limit: number;
  lists: Record<ListLetter, ListEntry[]>;
  historyAfter: number;
}

/** What a restart needs to know of a room. Members come back by themselves. */
export function writeRoom(room: Room): string {
  const record: RoomRecord = {
    name: room.name,
    createdAt: room.createdAt,
    topic: room.topic ?? null,
    flags: [...room.flags].join(''),
    key: room.key,
    limit: room.limit,
    lists: room.lists,
    historyAfter: room.historyAfter,
  };
  return JSON.stringify(record);
}

/** Reads what `writeRoom` wrote; it comes from our own store, so it is not checked again. */
export function readRoom(folded: Folded, text: string): Room {
  const record = JSON.parse(text) as RoomRecord;
  const room = new Room(record.name, folded, record.createdAt);
  room.topic = record.topic ?? undefined;
  room.flags.clear();
  for (const flag of record.flags) room.flags.add(flag);
  room.key = record.key;
  room.limit = record.limit;
  for (const letter of LIST_LETTERS) room.lists[letter].push(...record.lists[letter]);
  room.historyAfter = record.historyAfter;
  room.kept = true;
  return room;
}
