import type { Folded } from '../wire/casemap.ts';
import type { Message } from '../wire/message.ts';
import { Members } from './members.ts';
import { type Place, Timeline } from './timeline.ts';
import type { Item, MemberView, RoomView } from './view.ts';

/** Nicks shown as typing at once; a hostile room could name thousands. */
const TYPISTS_MAX = 20;

/** A room, a conversation of two, or the server's notices: what faces see of it, and what only the engine knows. */
export class Room implements RoomView {
  id: Folded;
  readonly kind: 'room' | 'direct' | 'server';
  name: string;
  /** The name as it goes over the wire: `name` is cleaned for showing. */
  target: string;
  topic = '';
  joined = false;
  readonly people = new Members();
  readonly timeline = new Timeline();
  readonly members: readonly MemberView[] = this.people.sorted;
  readonly items: readonly Item[] = this.timeline.items;
  beginningKnown = false;
  loadingOlder = false;
  unread = 0;
  mentions = 0;
  dividerKey: string | undefined = undefined;
  failed = 0;
  typing: readonly string[] = [];
  version = 0;

  // ------------------------------------------------------------------------------- Known to the engine only

  /** Be in it on every connection. */
  wanted = false;
  /** The key of a `+k` room. */
  key = '';
  /** JOIN was sent and has no answer. */
  joining = false;
  /** Everything up to here has been seen, in server time. */
  readAt: number;
  /** Never been in it: what was said before we first come is not unread. */
  fresh = true;
  /** The server gave no history of it: not asked again on this connection, or a face at the top would ask for ever. */
  historyRefused = false;
  /** How far back history was read: pages may hold lines that are not shown. */
  oldest: Place | undefined = undefined;
  /** Reactions whose message is not loaded, by its msgid. */
  readonly orphans = new Map<string, Message[]>();
  /** The history since the last connection is complete: whether an own message arrived is known. */
  caughtUp = false;
  /** In the room in view, new items wait a moment for `read` before they count as unseen. */
  glance:
    | { readonly due: number; readonly key: string; notice: { from: string; text: string } | undefined }
    | undefined = undefined;
  /** NAMES in progress. */
  naming: Map<Folded, MemberView> | undefined = undefined;
  private readonly typists = new Map<Folded, { readonly nick: string; readonly until: number }>();

  constructor(id: Folded, kind: Room['kind'], name: string, target: string, readAt: number) {
    this.id = id;
    this.kind = kind;
    this.name = name;
    this.target = target;
    this.readAt = readAt;
  }

  /** Returns whether the list that is shown changed. */
  setTyping(folded: Folded, nick: string, until: number): boolean {
    const known = this.typists.has(folded);
    if (!known && this.typists.size >= TYPISTS_MAX) return false;
    this.typists.set(folded, { nick, until });
    if (!known) this.typing = [...this.typing, nick];
    return !known;
  }

  stopTyping(folded: Folded): boolean {
    if (!this.typists.delete(folded)) return false;
    this.typing = [...this.typists.values()].map((typist) => typist.nick);
    return true;
  }

  expireTyping(now: number): boolean {
    let changed = false;
    for (const [folded, { until }] of this.typists) if (until <= now) changed = this.stopTyping(folded) || changed;
    return changed;
  }

  /** When the next typist falls silent. */
  get typingUntil(): number | undefined {
    let next: number | undefined;
    for (const { until } of this.typists.values()) if (next === undefined || until < next) next = until;
    return next;
  }
}
