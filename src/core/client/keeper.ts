import type { Engine } from './engine.ts';
import type { Room } from './room.ts';

/** Reading positions move with every message; written this much later, they cost one write instead of many. */
const SETTLE_MS = 2_000;

/** What is kept of a room over restarts, as JSON under `room:<folded name>`. */
export interface KeptRoom {
  readonly name: string;
  readonly kind: 'room' | 'direct';
  readonly wanted: boolean;
  readonly key: string;
  readonly readAt: number;
}

/** Numbers the `keep` effects, and gathers small changes of rooms into few of them. */
export class Keeper {
  private readonly engine: Engine;
  private n = 0;
  /** Everything up to here is safe. */
  safe = 0;
  private readonly dirty = new Set<Room>();
  private due: number | undefined;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  get wakeAt(): number | undefined {
    return this.due;
  }

  keep(key: string, value: string | null): number {
    this.engine.effects.push({ kind: 'keep', n: ++this.n, key, value });
    return this.n;
  }

  /** Something to be kept of this room changed; a change of what we are in is written at once. */
  mark(room: Room, now = false): void {
    if (room.kind === 'server') return;
    this.dirty.add(room);
    this.due = now ? this.engine.at : (this.due ?? this.engine.at + SETTLE_MS);
  }

  forget(room: Room): void {
    this.dirty.delete(room);
    if (room.kind === 'server') return;
    this.keep(`room:${room.id}`, null);
    this.keepSeen();
  }

  /** Called after every event. */
  settle(force = false): void {
    if (this.due === undefined || (this.engine.at < this.due && !force)) return;
    for (const room of this.dirty) this.keep(`room:${room.id}`, JSON.stringify(describe(room)));
    this.keepSeen();
    this.dirty.clear();
    this.due = undefined;
  }

  private keepSeen(): void {
    const { engine } = this;
    if (engine.session.ready && engine.sync.complete) engine.seenAt = engine.serverNow;
    if (engine.seenAt > 0) this.keep('seen', String(engine.seenAt));
  }
}

function describe(room: Room): KeptRoom {
  return {
    name: room.target,
    kind: room.kind === 'direct' ? 'direct' : 'room',
    wanted: room.wanted,
    key: room.key,
    readAt: room.readAt,
  };
}

/** Reads what `describe` wrote; undefined for anything else, because a store can be damaged or older. */
export function readKeptRoom(text: string): KeptRoom | undefined {
  const value = readJson(text);
  if (value === undefined) return undefined;
  const { name, kind, wanted, key, readAt } = value;
  if (typeof name !== 'string' || name === '' || (kind !== 'room' && kind !== 'direct')) return undefined;
  return {
    name,
    kind,
    wanted: wanted === true,
    key: typeof key === 'string' ? key : '',
    readAt: isTime(readAt) ? readAt : 0,
  };
}

/** The last moment of the year 9999: what is later cannot be written as a server time. */
const TIME_MAX = 253_402_300_799_999;

export function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= TIME_MAX;
}

export function readJson(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
