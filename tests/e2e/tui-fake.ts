/** A conversation that stands still, and a face on it: for tests that look at frames without server or terminal. */
import type { Action } from '../../src/core/client/events.ts';
import type {
  ClientView,
  GapItem,
  HappenedItem,
  Item,
  MemberView,
  RoomView,
  SaidItem,
} from '../../src/core/client/view.ts';
import { fold } from '../../src/core/wire/casemap.ts';
import type { Clock } from '../../src/ui/tui/clock.ts';
import { Face, type FaceEffect, type Knowledge } from '../../src/ui/tui/face.ts';
import { frame } from '../../src/ui/tui/frame.ts';
import { KeyReader } from '../../src/ui/tui/keys.ts';
import { rowText } from '../../src/ui/tui/row.ts';
import { widthOf } from '../../src/ui/tui/width.ts';

/** Noon of a Friday. */
export const NOON = Date.UTC(2026, 10, 20, 12);

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type FakeRoom = Mutable<RoomView> & { items: Item[]; members: MemberView[] };
export type FakeView = Mutable<ClientView> & { rooms: FakeRoom[] };

const clock: Clock = {
  time: (at) => new Date(at).toISOString().slice(11, 16),
  day: (at) => new Date(at).toISOString().slice(0, 10),
};

let keys = 0;

export function said(from: string, text: string, more: Partial<SaidItem> = {}): SaidItem {
  const key = `s${++keys}`;
  return {
    kind: 'said',
    key,
    msgid: key,
    at: NOON,
    from,
    own: from === 'ana',
    form: 'message',
    text,
    mentionsMe: false,
    delivery: { state: 'sent' },
    replyTo: undefined,
    reactions: new Map(),
    ...more,
  };
}

export function happened(what: HappenedItem['what'], who: string, text = `${who} ${what}`, at = NOON): HappenedItem {
  return { kind: 'happened', key: `h${++keys}`, at, what, who, text };
}

export function gap(at = NOON): GapItem {
  return { kind: 'gap', key: `g${++keys}`, at, loading: false };
}

export function room(name: string, items: Item[] = [], more: Partial<FakeRoom> = {}): FakeRoom {
  return {
    id: fold(name),
    kind: name.startsWith('#') ? 'room' : 'direct',
    name,
    topic: '',
    joined: true,
    members: [],
    items,
    beginningKnown: true,
    loadingOlder: false,
    unread: 0,
    mentions: 0,
    dividerKey: undefined,
    failed: 0,
    typing: [],
    version: 0,
    ...more,
  };
}

export function view(rooms: FakeRoom[], more: Partial<FakeView> = {}): FakeView {
  return {
    link: { state: 'online', lagMs: 24, silentMs: 0 },
    nick: 'ana',
    network: 'Parley',
    away: undefined,
    rooms: [room('Parley', [], { kind: 'server', id: fold('*') }), ...rooms],
    current: rooms[0]?.id ?? fold('*'),
    unsent: 0,
    version: 0,
    ...more,
  };
}

const NOTHING: Knowledge = { complete: () => undefined, commands: [{ usage: '/join <room>', help: 'Go into a room' }] };

/** A face with a keyboard, and a record of what it asked for. */
export class Desk {
  readonly face: Face;
  readonly effects: FaceEffect[] = [];
  readonly #keys = new KeyReader();
  now = NOON;

  constructor(what: FakeView, columns: number, rows: number, knowledge: Knowledge = NOTHING) {
    this.face = new Face(what, knowledge, clock, columns, rows, NOON);
    this.later(0);
  }

  get actions(): Action[] {
    return this.effects.flatMap((effect) => (effect.kind === 'act' ? [effect.action] : []));
  }

  /** As a terminal sends them; an escape at the end is the key. */
  press(bytes: string): void {
    for (const key of [...this.#keys.feed(Buffer.from(bytes), this.now), ...this.#keys.woke(Number.MAX_SAFE_INTEGER)]) {
      this.effects.push(...this.face.handle({ kind: 'pressed', key, at: this.now }));
    }
  }

  later(ms: number): void {
    this.now += ms;
    this.effects.push(...this.face.handle({ kind: 'changed', at: this.now }));
  }

  resize(columns: number, rows: number): void {
    this.effects.push(...this.face.handle({ kind: 'resized', columns, rows, at: this.now }));
  }

  /** The rows of the screen as text. Throws when one is wider than the screen, or when there are too many. */
  lines(): string[] {
    const { rows } = frame(this.face);
    if (rows.length !== this.face.rows) throw new Error(`${rows.length} rows on a screen of ${this.face.rows}`);
    for (const row of rows) {
      if (widthOf(rowText(row)) > this.face.columns)
        throw new Error(`wider than ${this.face.columns}: ${rowText(row)}`);
    }
    return rows.map((row) => rowText(row).trimEnd());
  }

  /** The screen as a picture for a file: a frame around it, and where the cursor stands. */
  picture(): string {
    const { cursor } = frame(this.face);
    const place = cursor === undefined ? 'no cursor' : `cursor in row ${cursor.row + 1}, column ${cursor.column + 1}`;
    return `${this.lines()
      .map((line) => `|${line}`)
      .join('\n')}\n${place}\n`;
  }
}
