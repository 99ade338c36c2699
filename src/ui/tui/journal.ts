/**
 * What happened since somebody last looked: the view told as a list of changes. Faces that can only append (plain
 * lines, JSON lines) print them. Nothing is queued here: whoever looks late gets the same changes in one list, and
 * its length is bounded by what the view holds.
 */
import type { ClientView, GapItem, HappenedItem, Item, LinkState, RoomView, SaidItem } from '../../core/client/view.ts';
import type { Folded } from '../../core/wire/casemap.ts';

export type Change =
  | { readonly kind: 'link'; readonly link: LinkState; readonly nick: string }
  /** Another room is the one that lines go to. */
  | { readonly kind: 'room'; readonly room: RoomView }
  | { readonly kind: 'said'; readonly room: RoomView; readonly item: SaidItem }
  | { readonly kind: 'happened'; readonly room: RoomView; readonly item: HappenedItem }
  | { readonly kind: 'gap'; readonly room: RoomView; readonly item: GapItem }
  /** An own message got further on its way. */
  | { readonly kind: 'delivery'; readonly room: RoomView; readonly item: SaidItem }
  | {
      readonly kind: 'reacted';
      readonly room: RoomView;
      readonly item: SaidItem;
      readonly emoji: string;
      readonly nick: string;
    };

interface Seen {
  version: number;
  readonly items: Map<string, Item>;
}

export class Journal {
  readonly #rooms = new Map<Folded, Seen>();
  #link = '';
  #current: Folded | undefined;

  changes(view: ClientView): Change[] {
    const changes: Change[] = [];
    const link = linkKey(view);
    if (link !== this.#link) changes.push({ kind: 'link', link: view.link, nick: view.nick });
    this.#link = link;
    for (const room of view.rooms) {
      if (room.id === view.current && room.id !== this.#current) {
        this.#current = room.id;
        changes.push({ kind: 'room', room });
      }
      this.#inRoom(room, changes);
    }
    return changes;
  }

  #inRoom(room: RoomView, changes: Change[]): void {
    const seen = this.#rooms.get(room.id) ?? { version: -1, items: new Map<string, Item>() };
    this.#rooms.set(room.id, seen);
    if (seen.version === room.version) return;
    seen.version = room.version;
    for (const item of room.items) {
      const before = seen.items.get(item.key);
      if (before === item) continue;
      seen.items.set(item.key, item);
      if (before === undefined) changes.push(appeared(room, item));
      else if (item.kind === 'said' && before.kind === 'said') changed(room, before, item, changes);
    }
    // What the view dropped is forgotten here as well.
    if (seen.items.size <= room.items.length * 2 + 100) return;
    const kept = new Set(room.items.map(({ key }) => key));
    for (const key of seen.items.keys()) if (!kept.has(key)) seen.items.delete(key);
  }
}

function appeared(room: RoomView, item: Item): Change {
  switch (item.kind) {
    case 'said':
      return { kind: 'said', room, item };
    case 'happened':
      return { kind: 'happened', room, item };
    case 'gap':
      return { kind: 'gap', room, item };
  }
}

function changed(room: RoomView, before: SaidItem, item: SaidItem, changes: Change[]): void {
  if (before.delivery.state !== item.delivery.state) changes.push({ kind: 'delivery', room, item });
  if (before.reactions === item.reactions) return;
  for (const [emoji, nicks] of item.reactions) {
    const known = before.reactions.get(emoji) ?? [];
    for (const nick of nicks) if (!known.includes(nick)) changes.push({ kind: 'reacted', room, item, emoji, nick });
  }
}

/** Equal while a reader of lines need not be told: neither lag nor the seconds of silence. */
function linkKey({ link, nick }: ClientView): string {
  switch (link.state) {
    case 'online':
      return `online ${nick}`;
    case 'offline':
    case 'refused':
      return `${link.state} ${link.reason}`;
    case 'connecting':
    case 'registering':
      return link.state;
  }
}
