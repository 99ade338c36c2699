import type { Folded } from '../wire/casemap.ts';
import type { AccountId } from './accounts.ts';
import type { PersonId } from './entry.ts';
import type { Segment } from './outbox.ts';
import type { Person } from './person.ts';

/** What somebody is in a room, the highest first. A member may hold several; the ranks are bits. */
export const RANKS = [
  { letter: 'q', prefix: '~', rank: 16, name: 'founder' },
  { letter: 'a', prefix: '&', rank: 8, name: 'administrator' },
  { letter: 'o', prefix: '@', rank: 4, name: 'operator' },
  { letter: 'h', prefix: '%', rank: 2, name: 'half operator' },
  { letter: 'v', prefix: '+', rank: 1, name: 'voice' },
] as const;

export const FOUNDER = 16;
export const OPERATOR = 4;
export const HALF_OPERATOR = 2;

/** The bit of the rank with this letter. */
export function rankNamed(letter: string): number | undefined {
  return RANKS.find((row) => row.letter === letter)?.rank;
}

/** The highest of these ranks alone. */
export function topRank(ranks: number): number {
  return RANKS.find(({ rank }) => (ranks & rank) !== 0)?.rank ?? 0;
}

export class Member {
  readonly person: Person;
  ranks: number;
  /** When it last said something here, for slow mode. */
  spokeAt = 0;
  /** Outbox: the turn this member came in, and the number of the first line it hears. */
  turn = 0;
  from = 0;

  constructor(person: Person, ranks: number) {
    this.person = person;
    this.ranks = ranks;
  }

  /** May change what the room allows. */
  get op(): boolean {
    return this.ranks >= OPERATOR;
  }

  /** May put people out who are below, give voice, ban, invite, and set the topic. */
  get half(): boolean {
    return this.ranks >= HALF_OPERATOR;
  }
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
  /** Seconds that somebody without a rank has to wait after saying something; 0: none. */
  slow = 0;
  /** Where people are sent who may not come in; empty for nowhere. */
  forward = '';
  /** Words that may not be said here, in lower case. */
  filter: readonly string[] = [];
  /** The account it belongs to; empty for nobody's. */
  owner: AccountId = '';
  /** What people of an owned room are when they come, by account. */
  readonly access = new Map<AccountId, number>();
  /** What the room says of itself (METADATA). */
  readonly metadata = new Map<string, string>();
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

  /**
   * Whether only its members can tell who belongs to it, so that nobody could take it up again after they left. A key
   * is not enough: whoever knows it belongs.
   */
  get endsWithItsMembers(): boolean {
    return this.owner === '' && (this.flags.has('i') || this.flags.has('s'));
  }

  /** The room that whoever comes next under this name finds: a new one, from which the old history is closed off. */
  next(at: number): Room {
    const next = new Room(this.name, this.folded, at);
    next.historyAfter = at;
    next.kept = true;
    return next;
  }

  /** Whether strangers are kept out or must not know of it. */
  get closed(): boolean {
    return this.flags.has('i') || this.flags.has('s') || this.key !== '';
  }
}

/** The highest rank's sign; all of them for clients that know multi-prefix. */
export function memberPrefix({ ranks }: Member, all: boolean): string {
  if (ranks === 0) return '';
  let text = '';
  for (const { prefix, rank } of RANKS) {
    if ((ranks & rank) === 0) continue;
    if (!all) return prefix;
    text += prefix;
  }
  return text;
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
  /** Absent from records of earlier versions. */
  slow?: number;
  forward?: string;
  filter?: readonly string[];
  owner?: AccountId;
  metadata?: readonly (readonly [string, string])[];
  access?: readonly (readonly [AccountId, number])[];
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
    slow: room.slow,
    forward: room.forward,
    filter: room.filter,
    owner: room.owner,
    access: [...room.access],
    metadata: [...room.metadata],
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
  room.slow = record.slow ?? 0;
  room.forward = record.forward ?? '';
  room.filter = record.filter ?? [];
  room.owner = record.owner ?? '';
  for (const [key, value] of record.metadata ?? []) room.metadata.set(key, value);
  for (const [account, ranks] of record.access ?? []) room.access.set(account, ranks);
  room.kept = true;
  return room;
}
