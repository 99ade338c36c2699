/**
 * What a person sees of a conversation, as the client engine keeps it and every face (terminal, web, `--json`) draws
 * it. Faces read; only the engine writes. All text that came from others has been through `clean` (no control
 * characters, no bidirectional overrides) before it is put here, so that a face may show it as it is.
 *
 * The view, its rooms, and their lists of items and members are each one object for as long as they live, changed in
 * place: a message in a room of 20,000 people must not copy anything. What changed is told by `version`, of the view
 * and of each room. Items and members themselves never change: a changed one is a new object (an item keeps its key),
 * so a row may be remembered by the identity of its item.
 */
import type { Folded } from '../wire/casemap.ts';

/** Where one message is on its way. Only own messages pass through more than `sent`. */
export type Delivery =
  /** In the outbox: offline, or waiting for its turn. */
  | { readonly state: 'queued' }
  /** Handed to the link; no echo yet. Faces show it only after 300 ms, so that nothing flickers. */
  | { readonly state: 'sending'; readonly since: number }
  /** Stored by the server: its echo came back. */
  | { readonly state: 'sent' }
  /** Refused. `reason` is a sentence for people; the text is kept until it is resent or discarded. */
  | { readonly state: 'failed'; readonly reason: string };

/** A line of the timeline that a person (or the server) said. */
export interface SaidItem {
  readonly kind: 'said';
  /** Unique in its room for as long as the client lives; stays the same when the echo arrives. Faces use it as key. */
  readonly key: string;
  /** The server's id once known. */
  readonly msgid: string | undefined;
  /** Server time where known, else our own clock. */
  readonly at: number;
  readonly from: string;
  readonly own: boolean;
  readonly form: 'message' | 'action' | 'notice';
  readonly text: string;
  readonly mentionsMe: boolean;
  readonly delivery: Delivery;
  /** The msgid this answers, and what is known of it. */
  readonly replyTo: { readonly msgid: string; readonly from: string; readonly text: string } | undefined;
  /** Emoji (or short text) to the nicks that reacted with it. */
  readonly reactions: ReadonlyMap<string, readonly string[]>;
}

/** Something that happened: joins, topic, mode, kick, nick change. Faces may condense neighbours of one `what`. */
export interface HappenedItem {
  readonly kind: 'happened';
  readonly key: string;
  readonly at: number;
  readonly what: 'join' | 'part' | 'quit' | 'kick' | 'nick' | 'topic' | 'mode' | 'away' | 'info' | 'error';
  /** Whom it concerns; empty for the server. */
  readonly who: string;
  /** A sentence for people, complete with names: `joe left (gone fishing)`. */
  readonly text: string;
}

/** Messages exist here that are not loaded: never a silent hole. */
export interface GapItem {
  readonly kind: 'gap';
  readonly key: string;
  readonly at: number;
  readonly loading: boolean;
}

export type Item = SaidItem | HappenedItem | GapItem;

export interface MemberView {
  readonly nick: string;
  /** Highest first, as the server writes them: `@`, `+`, or both; empty for none. */
  readonly prefix: string;
  readonly away: boolean;
}

/** A room, a conversation of two, or the server's own notices (`kind: 'server'`, exactly one, always first). */
export interface RoomView {
  readonly id: Folded;
  readonly kind: 'room' | 'direct' | 'server';
  /** As people write it: `#Tea`, `ann`, or the network's name. */
  readonly name: string;
  readonly topic: string;
  /** In a room: whether we are in it. In a conversation: whether the other is online as far as known. */
  readonly joined: boolean;
  /** Sorted: highest prefix first, then by name. Empty for conversations. */
  readonly members: readonly MemberView[];
  /** Rising by time; at most `ITEMS_MAX` are held, older ones are fetched again when scrolled to. */
  readonly items: readonly Item[];
  /** True when the server has nothing older than the first item. */
  readonly beginningKnown: boolean;
  readonly loadingOlder: boolean;
  readonly unread: number;
  readonly mentions: number;
  /** Key of the first unread item when the room was last left or unfocused: where the `new` divider stands. */
  readonly dividerKey: string | undefined;
  /** Own messages that failed and are not dealt with. */
  readonly failed: number;
  /** Nicks that are typing now. */
  readonly typing: readonly string[];
  /** Rises with every change of this room; faces skip rooms whose number stands. */
  readonly version: number;
}

export type LinkState =
  | { readonly state: 'connecting'; readonly attempt: number }
  /** Open, but registration is under way. */
  | { readonly state: 'registering' }
  /** `lagMs` is the median of the last round trips, undefined before the first; `silentMs` counts while an answer is overdue. */
  | { readonly state: 'online'; readonly lagMs: number | undefined; readonly silentMs: number }
  | { readonly state: 'offline'; readonly retryAt: number; readonly reason: string }
  /** Gave up until the person acts: wrong password, banned, server full for good. */
  | { readonly state: 'refused'; readonly reason: string; readonly fix: 'password' | 'nick' | 'none' };

export interface ClientView {
  readonly link: LinkState;
  readonly nick: string;
  readonly network: string;
  /** Away text of our own, or undefined. */
  readonly away: string | undefined;
  /** In the order shown: server, rooms by name, conversations by last activity. */
  readonly rooms: readonly RoomView[];
  readonly current: Folded;
  /** Messages in the outbox that have no echo yet, in all rooms. */
  readonly unsent: number;
  readonly version: number;
}

/** Most items held in memory for one room; the rest is on the server and fetched when scrolled to. */
export const ITEMS_MAX = 5_000;
