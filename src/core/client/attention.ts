/**
 * What a person has not seen yet. Seen is what was in view of a focused window for a second: faces say so with
 * `read`, and nothing else moves the marker. So a message in the room that is in view counts at once but waits a
 * moment before it draws the divider and calls the person: `read` usually comes first.
 */
import type { Engine } from './engine.ts';
import type { Room } from './room.ts';
import type { SaidItem } from './view.ts';

/** A second of looking, and one for the way. */
const GLANCE_MS = 2_000;

/** A line of others was added to the end. */
export function arrived(engine: Engine, room: Room, item: SaidItem): void {
  if (room.kind === 'server') return;
  const first = room.unread === 0;
  room.unread++;
  if (item.mentionsMe || room.kind === 'direct') room.mentions++;
  const notice =
    item.form !== 'notice' && (item.mentionsMe || room.kind === 'direct')
      ? { from: item.from, text: item.text }
      : undefined;
  if (engine.view.current !== room.id) {
    if (first) room.dividerKey = item.key;
    if (notice !== undefined) engine.effects.push({ kind: 'notify', room: room.id, ...notice });
  } else if (room.glance === undefined) {
    room.glance = { due: engine.at + GLANCE_MS, key: item.key, notice };
  } else {
    room.glance.notice ??= notice;
  }
}

/** The moment has passed without `read`. */
export function glanced(engine: Engine, room: Room): void {
  const { glance } = room;
  if (glance === undefined || glance.due > engine.at) return;
  room.glance = undefined;
  if (room.unread === 0) return;
  // The items before this one were seen when an earlier divider was drawn and read.
  if (
    room.dividerKey === undefined ||
    room.timeline.get(room.dividerKey) === undefined ||
    room.unread === unreadBehind(room, glance.key)
  ) {
    room.dividerKey = glance.key;
  }
  if (glance.notice !== undefined) engine.effects.push({ kind: 'notify', room: room.id, ...glance.notice });
  engine.touch(room);
}

export function read(engine: Engine, room: Room): void {
  const newest = room.timeline.newest;
  if (newest !== undefined && newest.at > room.readAt) {
    room.readAt = newest.at;
    engine.keeper.mark(room);
  }
  room.glance = undefined;
  if (room.unread === 0 && room.mentions === 0) return;
  room.unread = 0;
  room.mentions = 0;
  engine.touch(room);
}

/** Another room came into view. What was read keeps no divider. */
export function left(engine: Engine, room: Room): void {
  // What came in the last moment was not looked at: the divider that it waited to draw is drawn now.
  if (room.glance !== undefined && room.unread > 0) room.dividerKey ??= room.glance.key;
  room.glance = undefined;
  if (room.unread > 0 || room.dividerKey === undefined) return;
  room.dividerKey = undefined;
  engine.touch(room);
}

/** History was merged: the numbers are counted anew behind the marker. */
export function recount(room: Room): void {
  if (room.kind === 'server') return;
  let unread = 0;
  let mentions = 0;
  let first: string | undefined;
  for (let i = room.items.length - 1; i >= 0; i--) {
    const item = room.items[i]!;
    if (item.kind !== 'said') continue;
    if (item.own && item.delivery.state !== 'sent') continue;
    if (item.at <= room.readAt) break;
    if (item.own) continue;
    unread++;
    if (item.mentionsMe || room.kind === 'direct') mentions++;
    first = item.key;
  }
  if (unread > room.unread && first !== undefined) room.dividerKey = first;
  room.unread = unread;
  room.mentions = mentions;
}

function unreadBehind(room: Room, key: string): number {
  let count = 0;
  for (let i = room.items.length - 1; i >= 0; i--) {
    const item = room.items[i]!;
    if (item.kind === 'said' && !item.own) count++;
    if (item.key === key) return count;
  }
  return -1;
}
