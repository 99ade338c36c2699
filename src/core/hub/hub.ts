/**
 * The hub decides what happens to rooms and people. It is an engine: it takes one event and returns effects, and owns
 * no socket, clock, file or chance. The same events give the same effects, so a recorded file of them replays.
 *
 * A line becomes a `Call`; its handler (found by the command's row) checks and proposes entries; the log puts them
 * into one order, at once or later; a fold rule makes each ordered entry true and says who hears of it. What a turn
 * made is stored before any of its lines leaves: `commit` comes before `send`, and the shell keeps that order.
 */
import type { Answer, Ordered, Query, Restored, VaultAnswer, VaultQuery } from '../ports.ts';
import { BODY_BYTES_MAX, isBodyLonger, type Received } from '../wire/line-reader.ts';
import { type Message, parseMessage } from '../wire/message.ts';
import {
  ERR_ALREADYREGISTERED,
  ERR_INPUTTOOLONG,
  ERR_NEEDMOREPARAMS,
  ERR_NOPRIVILEGES,
  ERR_NOTREGISTERED,
  ERR_UNKNOWNCOMMAND,
} from '../wire/numerics.ts';
import { Call, type CallHost } from './call.ts';
import { Conn } from './conn.ts';
import type { Entry } from './entry.ts';
import type { ConnId, HubEffect, HubEvent, HubSettings } from './events.ts';
import { COMMANDS, foldEntry, gone, swept } from './features.ts';
import { whyNotConnect } from './features/moderation.ts';
import { Fold, type FoldHost, type Keeping } from './fold.ts';
import { line } from './line.ts';
import { Outbox } from './outbox.ts';
import { State } from './state.ts';

const NOT_UTF8 = 'This server takes UTF-8 only; the line was dropped';

/** How often silent and unregistered connections are looked for. */
const SWEEP_MS = 5_000;
/** How often what time alone brings about is looked for. */
const CHORES_MS = 60 * 60_000;

export class Hub implements CallHost, FoldHost {
  readonly out = new Outbox();
  private readonly state: State;
  private effects: HubEffect[] = [];
  private keeping: Keeping = { pos: 0, rows: [], puts: new Map(), changes: [] };
  private proposed = 0;
  private asked = 0;
  private readonly proposals = new Map<number, Call>();
  private readonly queries = new Map<number, { call: Call; take: (answer: never) => void }>();
  private sweptAt: number | undefined = undefined;
  private choresAt = 0;

  constructor(settings: HubSettings, restored: Restored) {
    this.state = new State(settings, restored);
  }

  get serverName(): string {
    return this.state.settings.serverName;
  }

  /** For metrics and the status page. `waitingMost`: lines that wait inside the hub behind one connection's command. */
  get counts(): {
    readonly connections: number;
    readonly people: number;
    readonly rooms: number;
    readonly waitingMost: number;
  } {
    const { conns, people, rooms } = this.state;
    let waitingMost = 0;
    for (const conn of conns.values()) waitingMost = Math.max(waitingMost, conn.waiting.length);
    return { connections: conns.size, people: people.size, rooms: rooms.size, waitingMost };
  }

  /** When to send `woke`; undefined while nobody is connected. */
  get wakeAt(): number | undefined {
    return this.sweptAt === undefined || this.state.conns.size === 0 ? undefined : this.sweptAt + SWEEP_MS;
  }

  /** Takes one event; returns what must be done, in order. */
  handle(event: HubEvent): readonly HubEffect[] {
    this.effects = [];
    switch (event.kind) {
      case 'line':
        this.received(event.conn, event.line, event.at);
        break;
      case 'ordered':
        this.ordered(event.ordered);
        break;
      case 'turn-ended':
        this.endTurn();
        break;
      case 'answered':
        this.answered(event.query, event.answer);
        break;
      case 'opened':
        this.opened(new Conn(event.conn, event.peer, event.host, event.at));
        break;
      case 'closed':
        this.closed(event.conn, event.reason);
        break;
      case 'trouble':
        this.state.trouble = event.why;
        break;
      case 'configured':
        this.state.settings = event.settings;
        break;
      case 'woke':
        this.sweep(event.at);
        break;
    }
    return this.effects;
  }

  // ------------------------------------------------------------------------------------------ connections

  audit(text: string): void {
    this.effects.push({ kind: 'audit', text });
  }

  reload(): void {
    this.effects.push({ kind: 'reload' });
  }

  private opened(conn: Conn): void {
    this.sweptAt ??= conn.openedAt;
    const full = this.state.conns.size >= this.state.settings.limits.maxClients;
    this.state.conns.set(conn.id, conn);
    const banned = this.state.bans.size === 0 ? undefined : whyNotConnect(this.state, conn, conn.openedAt);
    if (full) this.end(conn, 'The server is full; try again later');
    else if (banned !== undefined) this.end(conn, banned);
  }

  private closed(id: ConnId, reason: string): void {
    const conn = this.state.conns.get(id);
    if (conn === undefined) return;
    conn.closing = true;
    conn.waiting = [];
    this.state.conns.delete(id);
    gone(conn, this.state);
    this.detach(conn, reason);
  }

  /** Takes a connection from its person; the fold knows whether it was the last one. */
  detach(conn: Conn, reason: string): void {
    const { person } = conn;
    if (person === undefined) return;
    const index = person.conns.indexOf(conn);
    if (index === -1) return;
    if (!conn.closing) this.out.detached(conn, person);
    person.conns.splice(index, 1);
    this.proposeEntry({ kind: 'quit', person: person.id, reason });
  }

  /** Says why, then ends the connection (RFC 1459 §4.6.4). */
  end(conn: Conn, reason: string): void {
    if (conn.closing) return;
    this.out.to(conn, line('', 'ERROR', [reason]));
    this.out.close(conn, reason);
    conn.waiting = [];
  }

  private sweep(at: number): void {
    if (this.sweptAt !== undefined && at < this.sweptAt + SWEEP_MS && at >= this.sweptAt) return;
    this.sweptAt = at;
    if (at - this.choresAt >= CHORES_MS) {
      this.choresAt = at;
      swept(this.state, at, (entry) => this.proposeEntry(entry));
    }
    const { registrationMs, pingMs, pongMs } = this.state.settings.limits;
    for (const conn of this.state.conns.values()) {
      if (conn.closing) continue;
      if (conn.person === undefined) {
        if (at - conn.openedAt >= registrationMs) this.end(conn, 'Registration took too long');
      } else if (conn.pingedAt !== 0) {
        if (at - conn.pingedAt >= pongMs)
          this.end(conn, `Ping timeout: ${Math.round((at - conn.heardAt) / 1000)} seconds`);
      } else if (at - conn.heardAt >= pingMs) {
        conn.pingedAt = at;
        this.out.to(conn, line('', 'PING', [this.serverName]));
      }
    }
  }

  // ------------------------------------------------------------------------------------------ commands

  private received(id: ConnId, received: Received, at: number): void {
    const conn = this.state.conns.get(id);
    if (conn === undefined || conn.closing) return;
    conn.heardAt = at;
    conn.pingedAt = 0;
    if (conn.call === undefined) {
      this.run(conn, received, at);
      return;
    }
    conn.waiting.push(received);
    if (conn.waiting.length > this.state.settings.limits.waitingLines && !conn.paused) {
      conn.paused = true;
      this.effects.push({ kind: 'pause', conn: id });
    }
  }

  private run(conn: Conn, received: Received, at: number): void {
    if (typeof received !== 'string') {
      if (received.head === undefined || !this.refuseCommand(conn, received.head, at))
        this.refuse(conn, received.fault);
      return;
    }
    const parsed = parseMessage(received);
    if (!parsed.ok) {
      if (parsed.fault !== 'empty') this.refuse(conn, parsed.fault);
      return;
    }
    const { message } = parsed;
    if (isBodyLonger(received, BODY_BYTES_MAX) && COMMANDS.get(message.command)?.long !== true) {
      this.refuse(conn, 'line-too-long');
      return;
    }
    const call = new Call(this, conn, message, at, labelOf(conn, message));
    conn.call = call;
    this.dispatch(call);
    if (call.pending === 0) this.finish(call);
  }

  private dispatch(call: Call): void {
    const { message, conn } = call;
    const row = COMMANDS.get(message.command);
    if (row === undefined) {
      call.numeric(ERR_UNKNOWNCOMMAND, message.command, 'Unknown command');
      return;
    }
    if (row.when === 'unregistered' && conn.person !== undefined) {
      call.numeric(ERR_ALREADYREGISTERED, 'You have registered already');
      return;
    }
    if ((row.when === 'registered' || row.when === 'operator') && conn.person === undefined) {
      call.numeric(ERR_NOTREGISTERED, 'Register first: send NICK and USER');
      return;
    }
    if (row.when === 'operator' && !call.person.modes.has('o')) {
      call.numeric(ERR_NOPRIVILEGES, 'Only operators of this server may do that');
      return;
    }
    if (message.params.length < row.params) {
      call.numeric(ERR_NEEDMOREPARAMS, message.command, 'Not enough parameters');
      return;
    }
    row.run(call, this.state);
  }

  private finish(call: Call): void {
    const { conn } = call;
    conn.call = undefined;
    if (this.state.conns.has(conn.id)) call.complete();
  }

  /** After a call was completed by the log or the store: go on with what waited behind it. */
  private resume(conn: Conn, at: number): void {
    while (conn.call === undefined && !conn.closing) {
      const next = conn.waiting.shift();
      if (next === undefined) break;
      this.run(conn, next, at);
    }
    if (conn.paused && conn.waiting.length * 2 < this.state.settings.limits.waitingLines) {
      conn.paused = false;
      this.effects.push({ kind: 'resume', conn: conn.id });
    }
  }

  /** A line that is not UTF-8 is answered as the command that it began with (IRCv3 utf8-only). */
  private refuseCommand(conn: Conn, head: string, at: number): boolean {
    const parsed = parseMessage(head);
    if (!parsed.ok) return false;
    const call = new Call(this, conn, parsed.message, at, labelOf(conn, parsed.message));
    call.fail('INVALID_UTF8', NOT_UTF8);
    call.complete();
    return true;
  }

  /** A line that could not be read is answered, and otherwise as if it had not come. */
  private refuse(conn: Conn, fault: string): void {
    const { serverName } = this;
    switch (fault) {
      case 'line-too-long':
      case 'tags-too-long':
        this.out.to(conn, line(serverName, ERR_INPUTTOOLONG, [conn.name, 'Input line was too long']));
        break;
      case 'not-utf8':
        this.out.to(conn, line(serverName, 'FAIL', ['*', 'INVALID_UTF8', NOT_UTF8]));
        break;
      default:
        this.out.to(
          conn,
          line(serverName, 'FAIL', ['*', 'INVALID_LINE', 'The line could not be read and was dropped']),
        );
    }
  }

  // ------------------------------------------------------------------------------------------ log and store

  propose(entry: Entry, call: Call): void {
    this.proposeEntry(entry);
    this.proposals.set(this.proposed, call);
  }

  proposeEntry(entry: Entry): void {
    this.proposed += 1;
    this.effects.push({ kind: 'propose', proposal: { n: this.proposed, entry } });
  }

  private ordered({ n, entry, pos, at }: Ordered): void {
    const call = this.proposals.get(n);
    this.proposals.delete(n);
    const present = call !== undefined && this.state.conns.has(call.conn.id) ? call : undefined;
    const fold = new Fold(this, this.state, this.keeping, at, pos, present);
    foldEntry(entry, fold);
    if (!fold.isPassing) this.keeping.pos = pos;
    if (call !== undefined) this.answeredOne(call, at);
  }

  ask(query: Query | VaultQuery, call: Call, then: (answer: never) => void): void {
    // An answer holds what was said before it was asked, and nothing that its asker hears live afterwards.
    this.commit();
    this.asked += 1;
    this.queries.set(this.asked, { call, take: then });
    this.effects.push({ kind: 'query', query: this.asked, ask: query });
  }

  private answered(query: number, answer: Answer | VaultAnswer): void {
    const waiting = this.queries.get(query);
    if (waiting === undefined) return;
    this.queries.delete(query);
    const { call, take } = waiting;
    // `Call.ask` saw to it that a query and who hears its answer belong together.
    if (this.state.conns.has(call.conn.id)) take(answer as never);
    this.answeredOne(call, call.at);
  }

  private answeredOne(call: Call, at: number): void {
    call.pending -= 1;
    if (call.pending > 0) return;
    this.finish(call);
    this.resume(call.conn, at);
  }

  private endTurn(): void {
    this.commit();
    this.out.flush(this.effects);
  }

  private commit(): void {
    const { pos, rows, puts, changes } = this.keeping;
    if (pos === 0) return;
    const batch = { pos, rows, puts: [...puts.values()] };
    this.effects.push({ kind: 'commit', batch: changes.length === 0 ? batch : { ...batch, changes } });
    this.keeping = { pos: 0, rows: [], puts: new Map(), changes: [] };
  }
}

/** The label of a command, from a connection that wants labelled answers. */
function labelOf(conn: Conn, { tags }: Message): string | undefined {
  const label = tags.size > 0 && conn.announced.has('labeled-response') ? tags.get('label') : undefined;
  return label === '' ? undefined : label;
}
