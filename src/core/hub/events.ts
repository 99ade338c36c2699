/**
 * What the hub hears and what it orders. The shell (src/node/server) turns the world into events and performs the
 * effects; nothing else goes between them, so a recorded file of events replays to the same effects.
 */
import type { Answer, Batch, Ordered, Peer, Proposal, Query, VaultAnswer, VaultQuery } from '../ports.ts';
import type { Received } from '../wire/line-reader.ts';

/** A connection, numbered by the shell; a number is not used again while the program runs. */
export type ConnId = number;

export type HubEvent =
  | { readonly kind: 'opened'; readonly at: number; readonly conn: ConnId; readonly peer: Peer; readonly host: string }
  | { readonly kind: 'line'; readonly at: number; readonly conn: ConnId; readonly line: Received }
  | { readonly kind: 'closed'; readonly at: number; readonly conn: ConnId; readonly reason: string }
  | { readonly kind: 'ordered'; readonly ordered: Ordered }
  | { readonly kind: 'answered'; readonly at: number; readonly query: number; readonly answer: Answer | VaultAnswer }
  /** The store began to fail with this sentence, or works again (undefined): new messages are refused meanwhile. */
  | { readonly kind: 'trouble'; readonly at: number; readonly why: string | undefined }
  /** The shell's settings file was read again. */
  | { readonly kind: 'configured'; readonly at: number; readonly settings: HubSettings }
  /** Everything that arrived together has been handled: say what there is to say. */
  | { readonly kind: 'turn-ended'; readonly at: number }
  | { readonly kind: 'woke'; readonly at: number };

export type HubEffect =
  /** Hand to the log. With a log that orders at once the shell feeds `ordered` back before the next line. */
  | { readonly kind: 'propose'; readonly proposal: Proposal }
  /**
   * Store what this turn made so far; every `send` and `close` of this and of later turns waits until it is durable.
   * At the end of a turn, and before a `query`, whose answer holds all that was said before it.
   */
  | { readonly kind: 'commit'; readonly batch: Batch }
  /** Ask the store, or the vault (`isVaultQuery`). */
  | { readonly kind: 'query'; readonly query: number; readonly ask: Query | VaultQuery }
  /** One text for all of them: the shell encodes it once. Only at `turn-ended`. */
  | { readonly kind: 'send'; readonly to: readonly ConnId[]; readonly text: string }
  /** End this connection after its lines; `closed` follows. Only at `turn-ended`. */
  | { readonly kind: 'close'; readonly conn: ConnId; readonly reason: string }
  /** What an operator did, in a sentence: who runs the server may want to know later. */
  | { readonly kind: 'audit'; readonly text: string }
  /** An operator wants the configuration read again; `configured` follows if it can be. */
  | { readonly kind: 'reload' }
  /** Too many lines of this connection wait for earlier ones: stop reading, until `resume`. */
  | { readonly kind: 'pause'; readonly conn: ConnId }
  | { readonly kind: 'resume'; readonly conn: ConnId };

/** What the server was told to be. All limits have defaults in `hub/settings.ts`. */
export interface HubSettings {
  /** The server's name in message sources: `parley.example.org`. */
  readonly serverName: string;
  readonly networkName: string;
  /** A few words on this server, for LINKS and WHOIS. */
  readonly description?: string;
  readonly version: string;
  /** Server password (PASS) in clear, as the configuration has it; absent for none. */
  readonly password?: string;
  readonly motd: readonly string[];
  /** Where the network's icon is, as an address of the web. */
  readonly icon?: string;
  /** Where clients find TLS, and for how many seconds they shall keep to it (IRCv3 sts). */
  readonly sts?: { readonly port: number; readonly seconds: number };
  /** Nobody is cut off for sending fast: the shell lets lines wait (SAFERATE). */
  readonly safeRate?: boolean;
  /** Client-only tags that are not passed on, as CLIENTTAGDENY writes them: `*`, `typing`, `-draft/react`. */
  readonly clientTagDeny?: readonly string[];
  /** `password` in clear, or `passwordHash` as MKPASSWD makes it. */
  readonly operators: readonly { readonly name: string; readonly password?: string; readonly passwordHash?: string }[];
  readonly limits: HubLimits;
  /** Absent: as `ACCOUNTS` in settings.ts. */
  readonly accounts?: AccountSettings;
  /** When the server was made, for RPL_CREATED; milliseconds since 1970. */
  readonly createdAt: number;
}

export interface AccountSettings {
  /** Whether people may make accounts for themselves (draft/account-registration). */
  readonly registration: boolean;
  /** Whether they may do so before they are welcomed; never with a server password, which that would get around. */
  readonly beforeConnect: boolean;
  /** Nobody comes in without an account. */
  readonly required: boolean;
}

export interface HubLimits {
  readonly maxClients: number;
  readonly nickLength: number;
  readonly roomNameLength: number;
  readonly topicBytes: number;
  readonly awayBytes: number;
  readonly kickBytes: number;
  readonly keyLength: number;
  readonly realnameBytes: number;
  readonly roomsPerPerson: number;
  readonly peoplePerRoom: number;
  /** Rooms in all, with or without people. */
  readonly roomsInAll: number;
  readonly banListLength: number;
  /** Rooms that one account may own. */
  readonly roomsPerAccount: number;
  readonly invitesPerPerson: number;
  readonly targetsPerMessage: number;
  /** Nicks on the MONITOR list of one connection. */
  readonly monitored: number;
  readonly historyPage: number;
  readonly multilineBytes: number;
  readonly multilineLines: number;
  readonly registrationMs: number;
  readonly pingMs: number;
  readonly pongMs: number;
  readonly accountsInAll: number;
  /** Accounts made from one address in an hour. */
  readonly accountsPerAddress: number;
  readonly passwordLengthMin: number;
  readonly devicesPerAccount: number;
  /** Failed logins after which a connection is closed. */
  readonly loginFailures: number;
  /** Failed logins of one account, from wherever, after which passwords for it are not tried for a while. */
  readonly loginFailuresPerAccount: number;
  /** Lines of one connection that may wait inside the hub before it is paused. */
  readonly waitingLines: number;
}
