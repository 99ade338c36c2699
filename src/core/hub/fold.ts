/** What a fold rule has in hand while it makes one ordered entry true. */
import type { RecordPut, Row, RowChange } from '../ports.ts';
import { type Account, writeAccount } from './accounts.ts';
import type { Call } from './call.ts';
import type { Conn } from './conn.ts';
import type { Entry, PersonId } from './entry.ts';
import { keptTags, Line, type LineMeta } from './line.ts';
import type { Outbox } from './outbox.ts';
import type { Person } from './person.ts';
import { type Room, writeRoom } from './room.ts';
import type { State } from './state.ts';
import { Place } from './timeline.ts';

/** What this turn will store. */
export interface Keeping {
  /** The last position that must not be used again; 0 when this turn made nothing worth storing. */
  pos: number;
  readonly rows: Row[];
  readonly puts: Map<string, RecordPut>;
  readonly changes: RowChange[];
}

/** What a fold needs of the hub. */
export interface FoldHost {
  readonly out: Outbox;
  proposeEntry(entry: Entry): void;
  detach(conn: Conn, reason: string): void;
  end(conn: Conn, reason: string): void;
}

export class Fold {
  readonly state: State;
  readonly out: Outbox;
  /** When the log ordered the entry. */
  readonly at: number;
  readonly pos: number;
  /** The local command that asked for it, if it is still connected; refusals are answered through it. */
  readonly call: Call | undefined;
  private readonly keeping: Keeping;
  private readonly host: FoldHost;

  constructor(host: FoldHost, state: State, keeping: Keeping, at: number, pos: number, call: Call | undefined) {
    this.host = host;
    this.state = state;
    this.out = host.out;
    this.keeping = keeping;
    this.at = at;
    this.pos = pos;
    this.call = call;
  }

  /** Asks for something that follows from this entry; it is ordered after it. */
  propose(entry: Entry): void {
    this.host.proposeEntry(entry);
  }

  /** Ends a connection, and with the last one its person's stay. */
  expel(conn: Conn, reason: string): void {
    this.host.detach(conn, reason);
    this.host.end(conn, reason);
  }

  /** Nothing of this entry is kept and no id of it lives on: the turn need not be stored for it. */
  passing(): void {
    this.isPassing = true;
  }
  isPassing = false;

  /** A place in a timeline: its time and the message id that goes with it. */
  place(timeline: string): Place {
    const at = this.state.times.next(timeline, this.at);
    return new Place(at, this.pos, this.state.incarnation);
  }

  keep(row: Row): void {
    this.keeping.rows.push(row);
  }

  /** Changes a row that was kept before. */
  change(change: RowChange): void {
    this.keeping.changes.push(change);
  }

  /** Keeps what a restart needs to know of the room. */
  keepRoom(room: Room): void {
    room.kept = true;
    this.put('room', room.folded, writeRoom(room));
  }

  /** Makes room for others: nobody can come back to this room, and whoever makes one of its name sees nothing of it. */
  makeForgotten(room: Room): void {
    this.state.rooms.delete(room.folded);
    this.state.forgottenBefore = Math.max(this.state.forgottenBefore, this.place(room.folded).at);
    this.forgetRoom(room);
    this.put('forgotten', '', String(this.state.forgottenBefore));
  }

  forgetRoom(room: Room): void {
    if (room.kept) this.put('room', room.folded, null);
    room.kept = false;
  }

  /** Makes this the account, here and after a restart. */
  keepAccount(account: Account): void {
    this.state.accounts.put(account);
    this.put('account', account.id, writeAccount(account));
  }

  forgetAccount(account: Account): void {
    this.state.accounts.remove(account);
    this.put('account', account.id, null);
  }

  /** Keeps a record for a restart; null forgets it. */
  put(kind: string, key: string, value: string | null): void {
    this.keeping.puts.set(`${kind} ${key}`, { kind, key, value });
  }

  /**
   * Something happened in a room: everybody there hears it, and it is kept as an event. The connection that asked
   * gets it as the answer to its command.
   */
  happened(room: Room, body: string, meta: LineMeta = {}, bodies?: ConstructorParameters<typeof Line>[2]): void {
    const place = this.place(room.folded);
    this.keep({ timeline: room.folded, at: place.at, pos: this.pos, kind: 'event', body, tags: keptTags(meta) });
    this.tell(room, new Line(body, { place, ...meta }, bodies));
  }

  /** To everybody in the room; a labelled command's connection gets it within its answer. */
  tell(room: Room, line: Line): void {
    const { call } = this;
    if (
      call === undefined ||
      !call.labelled ||
      call.conn.person === undefined ||
      !room.members.has(call.conn.person.id)
    ) {
      this.out.toRoom(room, line);
      return;
    }
    this.out.toRoom(room, line, call.conn);
    call.reply(line);
  }

  /** To one connection: as the answer if it is the one that asked. */
  tellConn(conn: Conn, line: Line): void {
    if (this.call !== undefined && this.call.conn === conn) this.call.reply(line);
    else this.out.to(conn, line);
  }

  tellPerson(person: Person, line: Line): void {
    for (const conn of person.conns) this.tellConn(conn, line);
  }

  /** To everybody who shares a room with this person, and to the person; each once. */
  tellAround(person: Person, line: Line, except?: Person): void {
    if (line.meta.requires !== undefined) this.tellWatchers(person, line);
    const [only] = person.rooms.keys();
    if (only !== undefined && person.rooms.size === 1 && except === undefined) {
      this.tell(only, line); // one room is all there is around: its members share the text
      return;
    }
    const told = new Set<Person>();
    for (const room of person.rooms.keys()) {
      for (const member of room.members.values()) told.add(member.person);
    }
    told.add(person);
    if (except !== undefined) told.delete(except);
    for (const one of told) this.tellPerson(one, line);
  }

  /** What a capability asks for is also told to those who monitor this person from elsewhere (IRCv3 extended-monitor). */
  private tellWatchers(person: Person, line: Line): void {
    for (const conn of this.state.watchers.get(person.folded) ?? []) {
      const around =
        conn.person === person || [...person.rooms.keys()].some(({ members }) => members.has(conn.person?.id ?? ''));
      if (!around && conn.announced.has('extended-monitor')) this.out.to(conn, line);
    }
  }

  /** The person an entry speaks of; undefined when they left before it was ordered. */
  personOf(entry: { readonly person: PersonId }): Person | undefined {
    return this.state.people.get(entry.person);
  }
}
