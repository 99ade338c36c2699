import { fold, type Folded } from '../wire/casemap.ts';
import type { Account, AccountId } from './accounts.ts';
import type { Conn } from './conn.ts';
import type { PersonId } from './entry.ts';
import type { Member, Room } from './room.ts';

/** Somebody on the network, from arrival to quit. `conns` are the devices connected here; elsewhere it is empty. */
export class Person {
  readonly id: PersonId;
  nick: string;
  folded: Folded;
  readonly user: string;
  readonly host: string;
  realname: string;
  /** All its connections are. */
  secure: boolean;
  readonly arrivedAt: number;
  spokeAt: number;
  /** Away text; empty when present. */
  away = '';
  /** User modes: letters. */
  readonly modes = new Set<string>();
  /** Name and id of the account this person is logged in to; empty for none. */
  account = '';
  accountId: AccountId = '';
  /**
   * By what a conversation of two is kept, and whose words are whose: the account, or the stay. Without an account nobody
   * can prove later to be the same person, so what was said in private ends with the stay rather than pass to the next
   * one with that nick.
   */
  identity: string;
  /** What somebody without an account says of themselves (METADATA). */
  readonly metadata = new Map<string, string>();
  readonly conns: Conn[] = [];
  /** Connections in all, wherever they are: with the last one the person quits. */
  attached = 1;
  readonly rooms = new Map<Room, Member>();
  /** Rooms that somebody asked this person into. */
  readonly invitedTo = new Set<Room>();
  /** Changes with every change of nick, so that it is written once and not for each line. */
  prefix: string;

  constructor(fields: {
    id: PersonId;
    nick: string;
    user: string;
    host: string;
    realname: string;
    secure: boolean;
    at: number;
  }) {
    this.id = fields.id;
    this.identity = `~${fields.id}`;
    this.nick = fields.nick;
    this.folded = fold(fields.nick);
    this.user = fields.user;
    this.host = fields.host;
    this.realname = fields.realname;
    this.secure = fields.secure;
    this.arrivedAt = fields.at;
    this.spokeAt = fields.at;
    this.prefix = `${fields.nick}!${fields.user}@${fields.host}`;
  }

  rename(nick: string): void {
    this.nick = nick;
    this.folded = fold(nick);
    this.prefix = `${nick}!${this.user}@${this.host}`;
  }

  logIn(account: Account | undefined): void {
    this.account = account?.name ?? '';
    this.accountId = account?.id ?? '';
    this.identity = account?.id ?? `~${this.id}`;
  }
}
