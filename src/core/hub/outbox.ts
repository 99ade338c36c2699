/**
 * Collects what a turn says and to whom, and hands it over once, at the end of the turn.
 *
 * Lines for a room go into the room's *segment*: they are joined once per set of capabilities, and all members with
 * that set get the same text, which the shell encodes once. So a turn touches a member once, however many lines it
 * gets. Only members for whom this turn is special are written for one by one: they joined or left in the turn, are
 * in several rooms that spoke, get lines of their own, or must not hear a line (their own words without echo-message).
 *
 * Every line has a number, rising within the turn, so that what a special member gets from several places stands in
 * the order in which it was said.
 */
import type { CapSet } from '../wire/capabilities.ts';
import type { Conn } from './conn.ts';
import type { ConnId, HubEffect } from './events.ts';
import { LINE_CAPS, type Line } from './line.ts';
import type { Person } from './person.ts';
import type { Member, Room } from './room.ts';

/** A room's lines of one turn. */
export class Segment {
  readonly lines: Line[] = [];
  readonly numbers: number[] = [];
  readonly excepts: (Conn | undefined)[] = [];
  /** Those who must not hear some line. */
  readonly excluded = new Set<Conn>();
  private readonly whole = new Map<CapSet, { readonly text: string; readonly ends: readonly number[] }>();

  /** All lines for somebody with these capabilities; made once for each set. */
  text(caps: CapSet): string {
    return this.written(caps).text;
  }

  /** The lines numbered `from <= n < until` that this connection may hear, cut out of the common text. */
  textFor(conn: Conn, from: number, until: number): string {
    const { text, ends } = this.written(conn.caps);
    const { numbers, excepts } = this;
    let cut = '';
    let start = 0;
    let end = 0;
    for (let i = 0; i < ends.length; i++) {
      const n = numbers[i] ?? 0;
      const lineEnd = ends[i] ?? 0;
      if (n < from || n >= until || excepts[i] === conn) {
        if (end > start) cut += text.slice(start, end);
        start = lineEnd;
      }
      end = lineEnd;
    }
    return start === 0 ? text : cut + text.slice(start);
  }

  private written(caps: CapSet): { readonly text: string; readonly ends: readonly number[] } {
    const key = caps & LINE_CAPS;
    let written = this.whole.get(key);
    if (written === undefined) {
      const texts = this.lines.map((line) => line.text(key));
      let end = 0;
      written = { text: texts.join(''), ends: texts.map((text) => (end += text.length)) };
      this.whole.set(key, written);
    }
    return written;
  }
}

/** The part of a segment that a connection was present for: lines numbered `from <= n < until`. */
interface Piece {
  readonly segment: Segment;
  readonly from: number;
  readonly until: number;
}

/** What a connection gets in this turn besides whole segments. Lives in the connection, owned by the outbox. */
export class Tray {
  readonly numbers: number[] = [];
  readonly texts: string[] = [];
  readonly pieces: Piece[] = [];
  queued = false;
  /** The last turn in which a room of this connection spoke, and how many did. */
  turn = 0;
  rooms = 0;
  /** The turn in which this connection became one of a person's, and the number of the first line it hears. */
  attachedTurn = 0;
  attachedFrom = 0;
}

export class Outbox {
  private turn = 1;
  private next = 0;
  private speaking: Room[] = [];
  private special: Conn[] = [];
  private readonly closing: { conn: ConnId; reason: string }[] = [];

  /** One line to one connection. */
  to(conn: Conn, line: Line): void {
    this.textTo(conn, line.text(conn.caps));
  }

  /** Text to one connection: whole lines, already written for its capabilities. */
  textTo(conn: Conn, text: string): void {
    if (text === '' || conn.closing) return;
    conn.tray.numbers.push(this.next++);
    conn.tray.texts.push(text);
    this.queue(conn);
  }

  /** One line to everybody in a room, except one connection. */
  toRoom(room: Room, line: Line, except?: Conn): void {
    let segment = room.segment;
    if (segment === undefined) {
      segment = room.segment = new Segment();
      this.speaking.push(room);
    }
    segment.lines.push(line);
    segment.numbers.push(this.next++);
    segment.excepts.push(except);
    if (except !== undefined) segment.excluded.add(except);
  }

  /** A member came into the room: it hears what is said from here on. */
  entered(member: Member): void {
    member.turn = this.turn;
    member.from = this.next;
  }

  /** A connection becomes one of a person who may be in rooms already: it hears what is said from here on. */
  attached(conn: Conn): void {
    conn.tray.attachedTurn = this.turn;
    conn.tray.attachedFrom = this.next;
  }

  /** A member leaves the room: it hears what was said up to here. */
  left(room: Room, member: Member): void {
    for (const conn of member.person.conns) this.leftBy(conn, room, member);
  }

  /** A connection is no longer a device of this person: of their rooms it hears what was said up to here. */
  detached(conn: Conn, person: Person): void {
    for (const [room, member] of person.rooms) this.leftBy(conn, room, member);
  }

  private leftBy(conn: Conn, { segment }: Room, member: Member): void {
    if (segment === undefined) return;
    conn.tray.pieces.push({ segment, from: this.from(member, conn), until: this.next });
    this.queue(conn);
  }

  /** Ends a connection after its lines. */
  close(conn: Conn, reason: string): void {
    if (conn.closing) return;
    conn.closing = true;
    this.closing.push({ conn: conn.id, reason });
  }

  /** Says everything, in as few texts as possible, and begins the next turn. */
  flush(effects: HubEffect[]): void {
    const { turn, speaking, special } = this;
    for (const room of speaking) {
      for (const { person } of room.members.values()) {
        for (const conn of person.conns) {
          const { tray } = conn;
          tray.rooms = tray.turn === turn ? tray.rooms + 1 : 1;
          tray.turn = turn;
        }
      }
    }
    for (const room of speaking) this.flushRoom(room, effects);
    for (const conn of special) {
      conn.tray.queued = false;
      const text = merged(conn);
      if (text !== '') effects.push({ kind: 'send', to: [conn.id], text });
    }
    for (const { conn, reason } of this.closing) effects.push({ kind: 'close', conn, reason });
    this.closing.length = 0;
    this.speaking = [];
    this.special = [];
    this.next = 0;
    this.turn += 1;
  }

  private flushRoom(room: Room, effects: HubEffect[]): void {
    const segment = room.segment;
    if (segment === undefined) return;
    room.segment = undefined;
    const groups = new Map<CapSet, ConnId[]>();
    for (const member of room.members.values()) {
      for (const conn of member.person.conns) {
        if (conn.closing && !conn.tray.queued) continue;
        const late = member.turn === this.turn;
        if (late || conn.tray.queued || conn.tray.rooms > 1 || segment.excluded.has(conn)) {
          conn.tray.pieces.push({ segment, from: this.from(member, conn), until: this.next });
          this.queue(conn);
          continue;
        }
        const key = conn.caps & LINE_CAPS;
        const group = groups.get(key);
        if (group === undefined) groups.set(key, [conn.id]);
        else group.push(conn.id);
      }
    }
    for (const [caps, to] of groups) {
      const text = segment.text(caps);
      if (text !== '') effects.push({ kind: 'send', to, text });
    }
  }

  /** The first line of this turn that the member hears on this connection. */
  private from(member: Member, { tray }: Conn): number {
    const entered = member.turn === this.turn ? member.from : 0;
    return tray.attachedTurn === this.turn ? Math.max(entered, tray.attachedFrom) : entered;
  }

  private queue(conn: Conn): void {
    if (conn.tray.queued) return;
    conn.tray.queued = true;
    this.special.push(conn);
  }
}

/** All that one connection gets, from its rooms and for itself, in the order it was said. Empties the tray. */
function merged(conn: Conn): string {
  const { tray, caps } = conn;
  const { numbers, texts, pieces } = tray;
  const [piece] = pieces;
  let text: string;
  if (piece === undefined) text = texts.length === 1 ? (texts[0] ?? '') : texts.join('');
  else if (pieces.length === 1 && texts.length === 0) text = piece.segment.textFor(conn, piece.from, piece.until);
  else {
    const said = numbers.map((n, i) => ({ n, text: texts[i] ?? '' }));
    for (const one of pieces) linesOf(conn, one, (line, n) => said.push({ n, text: line.text(caps) }));
    said.sort((a, b) => a.n - b.n);
    // Joined, not added up: the parts are shared by many, and a string that is added up is taken apart for each of them.
    text = said.map((one) => one.text).join('');
  }
  numbers.length = 0;
  texts.length = 0;
  pieces.length = 0;
  return text;
}

/** The lines of a piece that this connection may hear. */
function linesOf(conn: Conn, { segment, from, until }: Piece, take: (line: Line, n: number) => void): void {
  const { lines, numbers, excepts } = segment;
  for (let i = 0; i < lines.length; i++) {
    const n = numbers[i] ?? 0;
    const line = lines[i];
    if (line !== undefined && n >= from && n < until && excepts[i] !== conn) take(line, n);
  }
}
