/**
 * All that the core asks of the world. An adapter in `src/node` (or a browser, or a test) stands behind each of
 * these; the core names no socket, file, clock or chance of its own.
 *
 * - `Link`     a two-way pipe of whole lines: TCP, TLS, WebSocket, memory.
 * - `Log`      puts proposals into one order: at once, or late and elsewhere. The hub cannot tell the difference.
 * - `Records`  keeps what was ordered, durably, and finds it again: SQLite, memory.
 * - `Vault`    does all that needs secrets or chance: passwords, challenges, codes.
 *
 * Times are milliseconds since 1970 (UTC), as whole numbers.
 */
import type { Entry } from './hub/entry.ts';
import type { Received } from './wire/line-reader.ts';

// ---------------------------------------------------------------------------------------------------- Link

/** What is known of the other end when a link opens. */
export interface Peer {
  /** The other end's address without port, as text: `192.0.2.7`, `2001:db8::1`; empty where there is none. */
  readonly address: string;
  readonly kind: 'tcp' | 'tls' | 'websocket' | 'memory';
  /** True when an observer of the network cannot read the lines. */
  readonly secure: boolean;
  /** SHA-256 of the certificate the other end showed, lower-case hex; absent when it showed none. */
  readonly certificate?: string;
}

/**
 * Lines on their way out: one or more, each ended by `\r\n`. The same object is handed to every member of a room,
 * so that a transport may encode it once and keep the bytes: `encoded` is the transports' own, one slot a framing. Who
 * hands it to several links gives an empty list; without one nobody expects the bytes to be wanted again.
 */
export interface Outgoing {
  readonly text: string;
  encoded?: (Uint8Array | undefined)[];
}

/**
 * A two-way pipe of whole lines. The transport cuts bytes into lines (without their ending) and refuses what is too
 * long or not UTF-8 with a named fault in the line's place. After `onClosed` nothing more arrives.
 */
export interface Link {
  readonly peer: Peer;
  /** Called with what arrived together, in order. Set before the first line can arrive. */
  onLines: (lines: readonly Received[]) => void;
  /** Called exactly once, with a reason fit to be shown, whichever side ended it. */
  onClosed: (reason: string) => void;
  /**
   * Called at most once, when the other end says that it sends no more but may still read (`nc` at the end of its
   * input). Who sets it must `close` when the last answer is sent; a link without it closes by itself.
   */
  onEnded?: () => void;
  /** Queues lines. Never blocks and never throws; after the end it does nothing. */
  send(lines: Outgoing): void;
  /** Bytes handed to `send` that the kernel (or the other end) has not taken yet. */
  readonly queuedBytes: number;
  /** Stops reading, so that a peer that talks too much is held back by its own network buffers. */
  pause(): void;
  resume(): void;
  /** Sends what is queued, then ends. The transport cuts a peer that does not take its bytes within 5 s. */
  close(reason: string): void;
}

// ----------------------------------------------------------------------------------------------------- Log

/** Something that one hub wants to have happened. `n` rises by one with every proposal of that hub. */
export interface Proposal {
  readonly n: number;
  readonly entry: Entry;
}

/** A proposal that has its place in the one order. `pos` rises, and is never used twice by one data directory. */
export interface Ordered extends Proposal {
  readonly pos: number;
  /** When it was ordered, by the log's clock. The clock may jump; the hub makes times in one room strictly rise. */
  readonly at: number;
}

/** Puts proposals into one order. `onOrdered` hears every proposal once, in order: inside `propose`, or much later. */
export interface Log {
  propose(proposal: Proposal): void;
  onOrdered: (ordered: Ordered) => void;
}

// ------------------------------------------------------------------------------------------------- Records

/**
 * One thing that was said or done in a timeline, as it is kept. A timeline is a room (`#` + folded name as it is) or
 * a conversation of two (see core/hub/timeline.ts); in one timeline `at` strictly rises, so it is the key.
 */
export interface Row {
  readonly timeline: string;
  readonly at: number;
  readonly pos: number;
  /** `message` is what people said; `event` is joins, topics and the like, replayed only to who asks for them. */
  readonly kind: 'message' | 'event';
  /** The line as it was sent, without tags: `:ann!ann@host PRIVMSG #tea :hello`. */
  readonly body: string;
  /** Tags to repeat with it (client-only tags, account), in wire form without the `@`; often empty. */
  readonly tags: string;
  /** The sender's send id, if it gave one: unique for as long as the row is kept. */
  readonly sendId?: string;
  /** Whose it is: the identity of who said it. Only they may take it back or correct it. */
  readonly by?: string;
  /** For a conversation of two: the identities of both, so that each finds it among its targets. */
  readonly between?: readonly [string, string];
}

/** A row that was kept says something else from here on, or is gone: then nothing of what it said is kept. */
export interface RowChange {
  readonly timeline: string;
  readonly at: number;
  readonly said: { readonly body: string; readonly tags: string } | undefined;
}

/** Small state that is kept: a room's topic and modes. `value` is JSON; null removes it. */
export interface RecordPut {
  readonly kind: string;
  readonly key: string;
  readonly value: string | null;
}

/** All that one turn keeps; stored whole or not at all. */
export interface Batch {
  /** The last position ordered in this turn. A restart goes on after the last stored one. */
  readonly pos: number;
  readonly rows: readonly Row[];
  readonly puts: readonly RecordPut[];
  /** Made after the rows are in, so a row of this batch may be changed by it. Rows that are not there are passed over. */
  readonly changes?: readonly RowChange[];
}

export type Query =
  /**
   * Rows of one timeline with `after < at < before`, at most `limit`: the newest of them when `newest`, else the
   * oldest. The answer always rises by `at`. `events` includes rows of that kind.
   */
  | {
      readonly kind: 'page';
      readonly timeline: string;
      readonly after: number;
      readonly before: number;
      readonly limit: number;
      readonly newest: boolean;
      readonly events: boolean;
    }
  /**
   * Timelines among `timelines`, and conversations of `identity`, whose newest message has `after < at < before`;
   * at most `limit`, rising by that time.
   */
  | {
      readonly kind: 'targets';
      readonly timelines: readonly string[];
      readonly identity: string;
      readonly after: number;
      readonly before: number;
      readonly limit: number;
    }
  /** The row with that send id. Its body is empty when the message was removed and only the id kept. */
  | { readonly kind: 'sent'; readonly sendId: string }
  /**
   * Messages with `after < at < before` that hold each of `words` and were said by the nick `from` (folded; empty for
   * anybody), and with `links` an address: in the timelines `within`, each above its own time, and in the conversations
   * of `identity` (empty for none). At most `limit`, the newest of them when `newest`, else the oldest; rising by `at`.
   * The case of letters does not matter. A search may not see yet what is not durable, and may end before it has found
   * all.
   */
  | {
      readonly kind: 'search';
      readonly within: readonly { readonly timeline: string; readonly after: number }[];
      readonly identity: string;
      readonly words: readonly string[];
      readonly from: string;
      readonly links: boolean;
      readonly after: number;
      readonly before: number;
      readonly limit: number;
      readonly newest: boolean;
    };

/** What a store answers in the order of the questions. */
export type StoredQuery = Exclude<Query, { kind: 'search' }>;

export type Answer =
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  | { readonly kind: 'targets'; readonly targets: readonly { readonly timeline: string; readonly at: number }[] }
  /** The store could not answer (damaged, closed). The text is for the operator's log, not for peers. */
  | { readonly kind: 'failed'; readonly why: string };

/** What the store held when it was opened. */
export interface Restored {
  /** Random, made once with the store: message ids of two stores never meet. Lower-case letters and digits. */
  readonly incarnation: string;
  /** The last position that was stored; 0 in a fresh store. */
  readonly pos: number;
  /** The latest `at` of any row ever stored; 0 in a fresh store. Times go on above it, whatever the clock says. */
  readonly at: number;
  readonly records: readonly RecordPut[];
}

/**
 * Keeps rows and records. Calls take effect in the order they are made: a query sees every batch committed before
 * it, durable or not. Nothing here blocks the calling thread.
 */
export interface Records {
  readonly restored: Restored;
  /** Stores a batch; `done` is called when it is durable. Batches become durable in order. */
  commit(batch: Batch, done: () => void): void;
  ask(query: Query, done: (answer: Answer) => void): void;
  /**
   * Called when the store begins to fail (with a sentence for people: disk full, read-only) and with undefined when
   * it works again. Batches wait meanwhile, and are stored in order when it recovers: none is dropped.
   */
  onTrouble: (why: string | undefined) => void;
  /** Removes messages that the rule no longer keeps, a little at a time; resolves to how many rows went. */
  retain(rule: Retention, now: number): Promise<number>;
  /** Stores what is pending, then closes. */
  close(): Promise<void>;
}

/** How long messages are kept: all, those younger than `ageMs`, or the newest `rows` messages (and events) of each timeline. */
export type Retention =
  | { readonly kind: 'forever' }
  | { readonly kind: 'age'; readonly ageMs: number }
  | { readonly kind: 'rows'; readonly rows: number };

// --------------------------------------------------------------------------------------------------- Vault

/** A password as it is kept: text that only a vault can read. What an older vault sealed, a newer one still checks. */
export type Sealed = string;

export type VaultQuery =
  /** Makes of a password what may be kept of it. */
  | { readonly kind: 'seal'; readonly password: string }
  /** Is it that password? Without `sealed` (there is no such account) it is not, and takes as long to say so. */
  | { readonly kind: 'check'; readonly password: string; readonly sealed: Sealed | undefined }
  /** What may be kept of a token that is too long to be guessed: the SHA-256, in base64url. */
  | { readonly kind: 'digest'; readonly token: string }
  /** A code that nobody guesses in its short life, and that people can read out. */
  | { readonly kind: 'code' }
  /**
   * SCRAM-SHA-256: the server's first message (RFC 5802 §5.1) for this user and the client's nonce. Without `sealed` it
   * is one that cannot be told from a real one, and the same each time for one user.
   */
  | {
      readonly kind: 'scram-begin';
      readonly user: string;
      readonly nonce: string;
      readonly sealed: Sealed | undefined;
    }
  /** SCRAM-SHA-256: does the client's proof (base64) fit? Answers with the server's own signature (base64). */
  | {
      readonly kind: 'scram-finish';
      readonly authMessage: string;
      readonly proof: string;
      readonly sealed: Sealed | undefined;
    };

export type VaultAnswer =
  /** A sealed password, a digest, a code, a SCRAM message. */
  | { readonly kind: 'text'; readonly text: string }
  /** `signature` is empty except for SCRAM. */
  | { readonly kind: 'judged'; readonly good: boolean; readonly signature: string }
  /** Too many are waiting. The text is for the operator's log, not for peers. */
  | { readonly kind: 'failed'; readonly why: string };

/** Keeps no state that anybody would miss: what it seals is kept by who asked. Never blocks the calling thread. */
export interface Vault {
  ask(query: VaultQuery, done: (answer: VaultAnswer) => void): void;
}

const VAULT_KINDS: ReadonlySet<string> = new Set<VaultQuery['kind']>([
  'seal',
  'check',
  'digest',
  'code',
  'scram-begin',
  'scram-finish',
]);

/** Whether a vault answers this, rather than the store. */
export function isVaultQuery(query: Query | VaultQuery): query is VaultQuery {
  return VAULT_KINDS.has(query.kind);
}
