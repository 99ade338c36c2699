/**
 * Entries: what people do that others see, proposed by a handler, ordered by the log, made true by the fold. Every
 * node of a cluster folds the same entries in the same order into the same state, so an entry says all that the fold
 * needs, in words that mean the same everywhere: people by their id, rooms by their name.
 */

import type { Sealed } from '../ports.ts';
import type { AccountId } from './accounts.ts';

/** A person's stay, from arrival to quit: the position of the arrival, in base 36. Never used twice. */
export type PersonId = string;

export type Entry =
  | {
      readonly kind: 'arrive';
      readonly nick: string;
      readonly user: string;
      readonly host: string;
      readonly realname: string;
      readonly secure: boolean;
      /** The account this connection logged in to, and with which device; empty for none. */
      readonly account: AccountId;
      readonly device: string;
    }
  /** One connection of this person has gone; with the last one the person quits. */
  | { readonly kind: 'quit'; readonly person: PersonId; readonly reason: string }
  | { readonly kind: 'nick'; readonly person: PersonId; readonly nick: string }
  | { readonly kind: 'away'; readonly person: PersonId; readonly text: string }
  | { readonly kind: 'setname'; readonly person: PersonId; readonly realname: string }
  | { readonly kind: 'user-mode'; readonly person: PersonId; readonly changes: readonly ModeChange[] }
  | { readonly kind: 'join'; readonly person: PersonId; readonly room: string; readonly key: string }
  | { readonly kind: 'part'; readonly person: PersonId; readonly room: string; readonly reason: string }
  | {
      readonly kind: 'kick';
      readonly person: PersonId;
      readonly room: string;
      readonly whom: string;
      readonly reason: string;
    }
  | { readonly kind: 'topic'; readonly person: PersonId; readonly room: string; readonly topic: string }
  | { readonly kind: 'mode'; readonly person: PersonId; readonly room: string; readonly changes: readonly ModeChange[] }
  | { readonly kind: 'invite'; readonly person: PersonId; readonly room: string; readonly whom: string }
  /** `at` and `pos` are the message's place. */
  | {
      readonly kind: 'redact';
      readonly person: PersonId;
      readonly target: string;
      readonly at: number;
      readonly pos: number;
      /** Their own words, not those of another. */
      readonly own: boolean;
      readonly reason: string;
      /** The message's send id; empty when it had none. */
      readonly sendId: string;
      /** The time of the correction that is kept beside it; 0 for none. */
      readonly editedAt: number;
    }
  /** `body` and `tags` are the message as it was found. */
  | {
      readonly kind: 'edit';
      readonly person: PersonId;
      readonly target: string;
      readonly at: number;
      readonly pos: number;
      readonly body: string;
      readonly tags: string;
      readonly command: 'PRIVMSG' | 'NOTICE';
      readonly text: string;
    }
  /** `target` is a room or a nick as it was written, `at` the time of the last message that was read there. */
  | { readonly kind: 'mark-read'; readonly person: PersonId; readonly target: string; readonly at: number }
  | {
      readonly kind: 'say';
      readonly person: PersonId;
      readonly command: 'PRIVMSG' | 'NOTICE' | 'TAGMSG';
      /** A room (perhaps behind a membership prefix: `@#tea`) or a nick, as it was written. */
      readonly target: string;
      readonly text: string;
      /** Client-only tags in wire form, without the `@`. */
      readonly tags: string;
      readonly sendId: string;
    }
  /** Empty: `person` before it arrived, `sealed` when there is no password, `token` (a digest) when there is none. */
  | {
      readonly kind: 'register-account';
      readonly person: PersonId;
      readonly name: string;
      readonly sealed: Sealed;
      readonly token: string;
    }
  | { readonly kind: 'login'; readonly person: PersonId; readonly account: AccountId; readonly device: string }
  | { readonly kind: 'logout'; readonly person: PersonId }
  /** One other device can join the account with this code. */
  | { readonly kind: 'link-code'; readonly account: AccountId; readonly code: string }
  | {
      readonly kind: 'link-device';
      readonly person: PersonId;
      readonly code: string;
      readonly by: 'token' | 'certificate';
      readonly hash: string;
      readonly name: string;
    }
  /** `of` a person, or else of a room; null takes a key away. */
  | {
      readonly kind: 'metadata';
      readonly person: PersonId;
      readonly of: PersonId;
      readonly room: string;
      readonly changes: readonly (readonly [key: string, value: string | null])[];
    }
  /** `until` 0 is for ever. */
  | {
      readonly kind: 'uban';
      readonly person: PersonId;
      readonly by: string;
      readonly whom: string;
      readonly add: boolean;
      readonly until: number;
      readonly reason: string;
    }
  | { readonly kind: 'defcon'; readonly person: PersonId; readonly level: number }
  | { readonly kind: 'room-owned'; readonly person: PersonId; readonly room: string; readonly owned: boolean }
  | {
      readonly kind: 'room-access';
      readonly person: PersonId;
      readonly room: string;
      readonly account: AccountId;
      /** As in room.ts; 0 for none. */
      readonly ranks: number;
    }
  | {
      readonly kind: 'room-filter';
      readonly person: PersonId;
      readonly room: string;
      readonly add: boolean;
      readonly word: string;
    }
  | { readonly kind: 'account-changed'; readonly account: AccountId; readonly change: AccountChange };

export type AccountChange =
  | { readonly kind: 'password'; readonly sealed: Sealed }
  | {
      readonly kind: 'device-added';
      readonly by: 'token' | 'certificate';
      readonly hash: string;
      readonly name: string;
    }
  | { readonly kind: 'device-named'; readonly device: string; readonly name: string }
  | { readonly kind: 'device-revoked'; readonly device: string }
  | { readonly kind: 'expired' };

export interface ModeChange {
  readonly add: boolean;
  readonly letter: string;
  /** Empty where the mode takes none. */
  readonly param: string;
}

export type EntryKind = Entry['kind'];
export type EntryOf<K extends EntryKind> = Extract<Entry, { kind: K }>;
