/**
 * A feature is one file in `features/`: the commands it handles, the rules by which its entries become true, and all
 * that it advertises; and one row in `features.ts`. Handlers check and propose, fold rules decide: between the two
 * other people's entries may have been ordered, so a rule checks again what others could have changed.
 */
import type { Capability } from '../wire/capabilities.ts';
import type { Call } from './call.ts';
import type { Conn } from './conn.ts';
import type { Entry, EntryKind, EntryOf } from './entry.ts';
import type { HubSettings } from './events.ts';
import type { Fold } from './fold.ts';
import type { State } from './state.ts';

export interface CommandRow {
  readonly run: (call: Call, state: State) => void;
  /** Fewer parameters are answered with ERR_NEEDMOREPARAMS before `run`. More than a handler reads are ignored. */
  readonly params: number;
  /** Connection states in which the command may be given. */
  readonly when: 'any' | 'unregistered' | 'registered' | 'operator';
  /** The line may be longer than RFC 1459 allows: it carries a password. */
  readonly long?: true;
}

export interface Feature {
  readonly commands?: Readonly<Record<string, CommandRow>>;
  readonly entries?: { readonly [K in EntryKind]?: (entry: EntryOf<K>, fold: Fold) => void };
  readonly capabilities?: readonly Capability[];
  /** Capabilities that are not offered with these settings. */
  readonly withheld?: (settings: HubSettings) => readonly Capability[];
  /** The value a capability shows in CAP LS 302. */
  readonly capabilityValue?: Readonly<Partial<Record<Capability, (settings: HubSettings) => string>>>;
  /** Tokens for RPL_ISUPPORT. */
  readonly isupport?: (settings: HubSettings) => readonly string[];
  /** When a registered person's connection is welcomed: after 005, before the message of the day. */
  readonly welcomed?: (call: Call, state: State) => void;
  /** Every hour or so: proposes what time alone brings about. */
  readonly swept?: (state: State, at: number, propose: (entry: Entry) => void) => void;
  /** When a connection has gone, after it was taken out of the state. */
  readonly gone?: (conn: Conn, state: State) => void;
}
