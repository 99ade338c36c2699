/** Everything the hub knows: the connections here, and what the fold has made of the entries so far. */
import type { Restored } from '../ports.ts';
import { fold, type Folded } from '../wire/casemap.ts';
import { type Account, type AccountId, Accounts, Counter, readAccount } from './accounts.ts';
import type { Conn } from './conn.ts';
import type { PersonId } from './entry.ts';
import type { ConnId, HubSettings } from './events.ts';
import { ChangedMessages } from './kept-message.ts';
import type { Person } from './person.ts';
import { ReadMarks } from './read-marks.ts';
import { readRoom, type Room } from './room.ts';
import { SendIds } from './send-ids.ts';
import { Times } from './timeline.ts';

/** Somebody who left: for WHOWAS. */
export interface Former {
  readonly nick: string;
  readonly user: string;
  readonly host: string;
  readonly realname: string;
  readonly leftAt: number;
}

/** `accountsPerAddress` counts over this time. */
const REGISTRATIONS_MS = 60 * 60_000;

/** Why and for how long somebody is kept out. */
export interface ServerBan {
  readonly by: string;
  readonly at: number;
  /** 0: for ever. */
  readonly until: number;
  readonly reason: string;
}

/** How many who left are remembered, over all nicks. */
const FORMER_MAX = 1_000;

export class State {
  settings: HubSettings;
  readonly incarnation: string;
  readonly conns = new Map<ConnId, Conn>();
  readonly people = new Map<PersonId, Person>();
  readonly nicks = new Map<Folded, Person>();
  /** Who wants to hear of a nick (MONITOR). */
  readonly watchers = new Map<Folded, Set<Conn>>();
  readonly rooms = new Map<Folded, Room>();
  /** Rooms up to here were forgotten to make room for others: new ones do not show history from before. */
  forgottenBefore = 0;
  readonly accounts = new Accounts();
  /** Who is kept out of the server (UBAN), by what they are known by. */
  readonly bans = new Map<string, ServerBan>();
  /** 5 is open; see features/moderation.ts. */
  defcon = 5;
  /** What accounts say of themselves (METADATA). */
  readonly metadata = new Map<AccountId, Map<string, string>>();
  /** Failed logins, by folded account name. */
  readonly failures = new Counter();
  /** Codes by which a device can join an account. */
  readonly linkCodes = new Map<string, { readonly account: AccountId; readonly until: number }>();
  /** Accounts made, by address. */
  readonly registrations = new Counter(REGISTRATIONS_MS);
  readonly times: Times;
  readonly sendIds = new SendIds();
  readonly changedMessages = new ChangedMessages();
  readonly readMarks = new ReadMarks();
  readonly former: Former[] = [];
  /** Why the store cannot keep messages now; undefined when it can. */
  trouble: string | undefined = undefined;
  peopleMost = 0;
  private readonly modeCounts = new Map<string, number>();
  readonly startedAt: number;

  constructor(settings: HubSettings, restored: Restored) {
    this.settings = settings;
    this.startedAt = settings.createdAt;
    this.incarnation = restored.incarnation;
    this.times = new Times(restored.at);
    for (const { kind, key, value } of restored.records) {
      if (value === null) continue;
      if (kind === 'room') this.restoreRoom(readRoom(key as Folded, value), restored.at);
      else if (kind === 'forgotten') this.forgottenBefore = Number(value);
      else if (kind === 'uban') this.bans.set(key, JSON.parse(value) as ServerBan);
      else if (kind === 'defcon') this.defcon = Number(value);
      else if (kind === 'metadata') this.metadata.set(key, new Map(JSON.parse(value) as [string, string][]));
      else if (kind === 'account') this.accounts.put(readAccount(value));
      else if (kind === 'read') this.readMarks.restore(key, value);
    }
  }

  /** The members are gone with the restart, and with them the rooms that end with their members. */
  private restoreRoom(room: Room, at: number): void {
    this.rooms.set(room.folded, room.endsWithItsMembers ? room.next(at) : room);
  }

  /** How many have a mode: `LUSERS` is told to everybody who comes, so nobody is counted for it. */
  having(letter: string): number {
    return this.modeCounts.get(letter) ?? 0;
  }

  setMode(person: Person, letter: string, on: boolean): void {
    if (person.modes.has(letter) === on) return;
    if (on) person.modes.add(letter);
    else person.modes.delete(letter);
    this.modeCounts.set(letter, this.having(letter) + (on ? 1 : -1));
  }

  room(name: string): Room | undefined {
    return this.rooms.get(fold(name));
  }

  personNamed(nick: string): Person | undefined {
    return this.nicks.get(fold(nick));
  }

  /** The account a connection is logged in to. */
  accountOf(conn: Conn): Account | undefined {
    return this.accounts.get(conn.person?.accountId ?? conn.login?.account ?? '');
  }

  /** Who keeps this account's owner from that nick: the person who has it, or the account it is reserved for. */
  nickOwner(nick: string, account: AccountId): Person | Account | undefined {
    const person = this.personNamed(nick);
    if (person !== undefined) return person;
    const reserved = this.accounts.named(nick);
    return reserved?.id === account ? undefined : reserved;
  }

  /** What this person says of themselves. */
  metadataOf({ accountId, metadata }: Person): Map<string, string> {
    if (accountId === '') return metadata;
    let values = this.metadata.get(accountId);
    if (values === undefined) this.metadata.set(accountId, (values = new Map()));
    return values;
  }

  remember(person: Person, leftAt: number): void {
    const { nick, user, host, realname } = person;
    this.former.push({ nick, user, host, realname, leftAt });
    if (this.former.length > FORMER_MAX) this.former.shift();
  }
}
