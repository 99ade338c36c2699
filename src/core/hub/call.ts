/**
 * One command of one connection, from the line to its last answer. A command may have to wait: for the log to order
 * what it proposed, or for the store to find what it asked. The connection's next command is carried out when this
 * one is complete, so answers keep the order of the commands whatever the log and the store are.
 *
 * A command that carried a label (IRCv3 labeled-response) gets exactly one answer: a line, a batch, or ACK. Its
 * answers are held until it is complete; those of other commands go straight into the outbox.
 */
import { capBit } from '../wire/capabilities.ts';
import { formatBody, type Message } from '../wire/message.ts';
import type { Answer, Query, VaultAnswer, VaultQuery } from '../ports.ts';
import type { Conn } from './conn.ts';
import type { Entry } from './entry.ts';
import { Line, line } from './line.ts';
import type { Outbox } from './outbox.ts';
import type { Person } from './person.ts';

const BATCH = capBit('batch');

/** Lines that belong together (IRCv3 batch). Clients without the capability get them one by one. */
export interface Batched {
  readonly type: string;
  readonly params: readonly string[];
  readonly replies: readonly Reply[];
}
export type Reply = Line | Batched;

/** What a call needs of the hub. */
export interface CallHost {
  readonly serverName: string;
  readonly out: Outbox;
  propose(entry: Entry, call: Call): void;
  /** The answer is of the kind that belongs to the query. */
  ask(query: Query | VaultQuery, call: Call, then: (answer: never) => void): void;
  /** Takes the connection from its person, whose stay ends with the last one. */
  detach(conn: Conn, reason: string): void;
  /** What an operator did, for the shell's log. */
  audit(text: string): void;
  /** The shell is to read its configuration again. */
  reload(): void;
  /** Says why, then ends the connection. */
  end(conn: Conn, reason: string): void;
}

/** Commands without a label hold nothing back; most are such. */
const NONE: Reply[] = [];

export class Call {
  readonly conn: Conn;
  readonly message: Message;
  readonly at: number;
  /** Proposals and queries that this command waits for. */
  pending = 0;
  /** Undefined when the command carried no label. */
  private label: string | undefined;
  private held: Reply[];
  private readonly host: CallHost;

  constructor(host: CallHost, conn: Conn, message: Message, at: number, label: string | undefined) {
    this.host = host;
    this.conn = conn;
    this.message = message;
    this.at = at;
    this.label = label;
    this.held = label === undefined ? NONE : [];
  }

  /** Who asks; only for commands of registered connections, which the row guarantees. */
  get person(): Person {
    const { person } = this.conn;
    if (person === undefined) throw new Error(`${this.message.command} ran before registration`);
    return person;
  }

  /** Takes the label away: the answer will be that of a later command. */
  takeLabel(): string | undefined {
    const { label } = this;
    this.label = undefined;
    return label;
  }

  /** Answers an earlier command; to be said before anything is replied. */
  giveLabel(label: string | undefined): void {
    if (label === undefined) return;
    this.label = label;
    this.held = [];
  }

  get labelled(): boolean {
    return this.label !== undefined;
  }

  /** The parameter at this place, or empty. */
  param(index: number): string {
    return this.message.params[index] ?? '';
  }

  reply(reply: Reply): void {
    if (this.label === undefined)
      this.host.out.textTo(this.conn, writeReply(reply, this.conn, '', this.host.serverName));
    else this.held.push(reply);
  }

  /** A line from the server: `CAP * LS :…`, `PONG`. */
  server(command: string, ...params: string[]): void {
    this.reply(line(this.host.serverName, command, params));
  }

  /** A numeric; the nick is put in front of the parameters. */
  numeric(code: string, ...params: string[]): void {
    this.reply(line(this.host.serverName, code, [this.conn.name, ...params]));
  }

  /** Standard reply (IRCv3 standard-replies): FAIL <command> <code> [context] :sentence. */
  fail(code: string, ...contextAndText: string[]): void {
    this.server('FAIL', this.message.command, code, ...contextAndText);
  }

  note(code: string, ...contextAndText: string[]): void {
    this.server('NOTE', this.message.command, code, ...contextAndText);
  }

  propose(entry: Entry): void {
    this.pending += 1;
    this.host.propose(entry, this);
  }

  /** Asks the store or the vault; the command is not complete before `then` has run. */
  ask(query: Query, then: (answer: Answer) => void): void;
  ask(query: VaultQuery, then: (answer: VaultAnswer) => void): void;
  ask(query: Query | VaultQuery, then: (answer: never) => void): void {
    this.pending += 1;
    this.host.ask(query, this, then);
  }

  /** Writes down what this person did as an operator. */
  audit(text: string): void {
    this.host.audit(`${this.conn.name} (${this.conn.peer.address}) ${text}`);
  }

  reload(): void {
    this.host.reload();
  }

  /** Ends this connection, for a reason that is the server's. */
  end(reason: string): void {
    this.host.end(this.conn, reason);
  }

  /** Ends somebody else's connection, and with the last one their stay. */
  expel(conn: Conn, reason: string): void {
    this.host.detach(conn, reason);
    this.host.end(conn, reason);
  }

  /** A line to somebody else, or to this connection as its answer. */
  tell(conn: Conn, line: Line): void {
    if (conn === this.conn) this.reply(line);
    else this.host.out.to(conn, line);
  }

  /** The person leaves: with this connection, and with the last one from the network. */
  leave(reason: string): void {
    this.expel(this.conn, reason);
  }

  /** Sends the one answer of a labelled command. Called once, when nothing is pending. */
  complete(): void {
    if (this.label === undefined) return;
    const { conn, host } = this;
    // What this connection must not see is no answer to it.
    const held = this.held.filter((reply) => !(reply instanceof Line) || reply.text(conn.caps) !== '');
    const label = `label=${this.label}`;
    const only = held[0];
    let text: string;
    if (only === undefined) text = line(host.serverName, 'ACK', []).textWith(conn.caps, label);
    else if (held.length === 1) text = writeReply(only, conn, label, host.serverName);
    else text = writeReply({ type: 'labeled-response', params: [], replies: held }, conn, label, host.serverName);
    host.out.textTo(conn, text);
  }
}

/** `tags` go in front of the outermost line: the label, or the batch this stands in. */
function writeReply(reply: Reply, conn: Conn, tags: string, serverName: string): string {
  if (reply instanceof Line) return tags === '' ? reply.text(conn.caps) : reply.textWith(conn.caps, tags);
  if ((conn.caps & BATCH) === 0) {
    let plain = '';
    for (const inner of reply.replies) plain += writeReply(inner, conn, '', serverName);
    return plain;
  }
  conn.batches += 1;
  const ref = conn.batches.toString(36);
  const begin = formatBody(serverName, 'BATCH', [`+${ref}`, reply.type, ...reply.params]);
  let text = tags === '' ? `${begin}\r\n` : `@${tags} ${begin}\r\n`;
  for (const inner of reply.replies) text += writeReply(inner, conn, `batch=${ref}`, serverName);
  return `${text}${formatBody(serverName, 'BATCH', [`-${ref}`])}\r\n`;
}
