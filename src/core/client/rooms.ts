import type { Folded } from '../wire/casemap.ts';
import { cleanName } from './clean.ts';
import type { Engine } from './engine.ts';
import { readKeptRoom } from './keeper.ts';
import { Room } from './room.ts';

/** Rooms and conversations together. A server may try to fill us with more; people do not read five hundred. */
export const ROOMS_MAX = 500;

/** All that a person has open, by folded name, and in the order shown: server, rooms by name, people by activity. */
export class Rooms {
  private readonly engine: Engine;
  private readonly byId = new Map<Folded, Room>();
  readonly list: Room[] = [];
  readonly server: Room;
  private toldFull = false;

  constructor(engine: Engine) {
    this.engine = engine;
    this.server = new Room('*' as Folded, 'server', 'Server', '', 0);
    this.byId.set(this.server.id, this.server);
    this.list.push(this.server);
  }

  get(name: string): Room | undefined {
    return this.byId.get(this.engine.facts.fold(name));
  }

  byKey(id: Folded): Room | undefined {
    return this.byId.get(id);
  }

  /** The room or conversation of this name, made when it is missing; undefined when there are too many. */
  open(name: string): Room | undefined {
    const id = this.engine.facts.fold(name);
    const known = this.byId.get(id);
    if (known !== undefined) return known;
    if (this.byId.size > ROOMS_MAX) {
      if (!this.toldFull) this.engine.tell(this.server, FULL, 'error');
      this.toldFull = true;
      return undefined;
    }
    const kind = this.engine.facts.isRoom(name) ? 'room' : 'direct';
    const room = new Room(id, kind, cleanName(name), name, this.engine.serverNow);
    room.people.rank(this.engine.facts.prefixSymbols);
    if (kind === 'direct') room.joined = this.engine.online;
    room.beginningKnown = this.engine.online && !this.engine.sync.available;
    this.byId.set(id, room);
    this.place(room);
    this.engine.keeper.mark(room);
    this.engine.touch(room);
    return room;
  }

  close(room: Room): void {
    if (room.kind === 'server') return;
    const at = this.list.indexOf(room);
    this.byId.delete(room.id);
    this.list.splice(at, 1);
    this.toldFull = false;
    this.engine.keeper.forget(room);
    if (this.engine.view.current === room.id) {
      this.engine.view.current = (this.list[Math.min(at, this.list.length - 1)] ?? this.server).id;
    }
    this.engine.view.version++;
  }

  /** Somebody said something: a conversation goes up, rooms stand by name. */
  raise(room: Room): void {
    if (room.kind !== 'direct') return;
    const first = this.list.findIndex((other) => other.kind === 'direct');
    const at = this.list.indexOf(room);
    if (at <= first) return;
    this.list.copyWithin(first + 1, first, at);
    this.list[first] = room;
    this.engine.view.version++;
  }

  /** The other person of a conversation goes by another name. Where a conversation of that name is open, both stay. */
  rename(room: Room, nick: string): boolean {
    const id = this.engine.facts.fold(nick);
    if (this.byId.has(id) && this.byId.get(id) !== room) return false;
    this.engine.keeper.forget(room);
    this.byId.delete(room.id);
    if (this.engine.view.current === room.id) this.engine.view.current = id;
    room.id = id;
    room.name = cleanName(nick);
    room.target = nick;
    this.byId.set(id, room);
    this.engine.keeper.mark(room);
    this.engine.touch(room);
    return true;
  }

  /** Names compare differently on this server than on the last: the keys are made anew. */
  refold(): void {
    this.byId.clear();
    for (const room of this.list) {
      if (room.kind !== 'server') {
        const id = this.engine.facts.fold(room.target);
        if (this.engine.view.current === room.id) this.engine.view.current = id;
        room.id = id;
      }
      this.byId.set(room.id, room);
    }
  }

  restore(kept: string): void {
    const value = readKeptRoom(kept);
    const room = value === undefined ? undefined : this.open(value.name);
    if (value === undefined || room === undefined) return;
    room.joined = false;
    room.fresh = false;
    room.wanted = value.wanted && room.kind === 'room';
    room.key = value.key;
    room.readAt = value.readAt;
  }

  private place(room: Room): void {
    let at = 1;
    while (
      at < this.list.length &&
      this.list[at]!.kind === 'room' &&
      (room.kind === 'direct' || this.list[at]!.id < room.id)
    )
      at++;
    this.list.splice(at, 0, room);
  }
}

const FULL = `${ROOMS_MAX} rooms and conversations are open, which is the most Parley shows. Close some with /close.`;
