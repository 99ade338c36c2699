/**
 * A pretend IRC server over WebSocket, for what a good server never does: it stays silent, cuts the link at a chosen
 * moment, has a hundred thousand messages of history at once, or sends what it must not. It serves the built page with
 * the real server's own headers, and speaks just enough IRC.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';
import { WebSocketServer, type WebSocket } from 'ws';
import { parseMessage, type Message } from '../../src/core/wire/message.ts';
import { WebFiles } from '../../src/node/server/web-files.ts';

export interface Said {
  readonly at: number;
  readonly from: string;
  readonly text: string;
}

const CAPS =
  'batch draft/chathistory echo-message labeled-response message-tags server-time away-notify multi-prefix standard-replies';

/** A test that fails does not stop its server: nothing may stay behind. */
const running = new Set<PretendServer>();
after(() => Promise.all([...running].map((server) => server.stop())));

export class PretendServer {
  url = '';
  /** Every line that a client sent, oldest first. */
  readonly heard: string[] = [];
  readonly links = new Set<Guest>();
  /** What CHATHISTORY answers from: by room, rising by time. */
  readonly history = new Map<string, Said[]>();
  /** Called first for every line; true says that it is dealt with. */
  onLine: (guest: Guest, message: Message) => boolean = () => false;
  /** False: the link opens and nothing is ever answered. */
  answers = true;
  readonly #http: Server;

  constructor(files = new WebFiles()) {
    this.#http = createServer(files.answer);
    const sockets = new WebSocketServer({ server: this.#http, handleProtocols: () => 'text.ircv3.net' });
    sockets.on('connection', (socket) => {
      const guest = new Guest(this, socket);
      this.links.add(guest);
      socket.on('close', () => this.links.delete(guest));
      socket.on('message', (data) => guest.heard((data as Buffer).toString()));
    });
  }

  async start(): Promise<this> {
    running.add(this);
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/`;
    return this;
  }

  async stop(): Promise<void> {
    if (!running.delete(this)) return;
    for (const guest of this.links) guest.cut();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  /** Sends a raw line to every client. */
  send(line: string): void {
    for (const guest of this.links) guest.send(line);
  }

  /** Somebody says something, live. */
  say(room: string, from: string, text: string): void {
    const past = this.history.get(room) ?? [];
    this.history.set(room, past);
    const said = { at: Math.max(Date.now(), (past.at(-1)?.at ?? 0) + 1), from, text }; // times strictly rise
    past.push(said);
    this.send(lineOf(room, said));
  }
}

/** One client's connection. */
export class Guest {
  nick = '*';
  readonly #server: PretendServer;
  readonly #socket: WebSocket;
  #batches = 0;

  constructor(server: PretendServer, socket: WebSocket) {
    this.#server = server;
    this.#socket = socket;
  }

  send(line: string): void {
    this.#socket.send(line);
  }

  sendBytes(bytes: Buffer, binary: boolean): void {
    this.#socket.send(bytes, { binary });
  }

  /** Ends the link without a word, as a broken network does. */
  cut(): void {
    this.#socket.terminate();
  }

  heard(line: string): void {
    this.#server.heard.push(line);
    const parsed = parseMessage(line);
    if (!this.#server.answers || !parsed.ok || this.#server.onLine(this, parsed.message)) return;
    this.#answer(parsed.message);
  }

  #answer({ command, params, tags }: Message): void {
    const [first = '', second = ''] = params;
    switch (command) {
      case 'CAP':
        if (first === 'LS') this.send(`:pretend CAP * LS :${CAPS}`);
        if (first === 'REQ') this.send(`:pretend CAP * ACK :${second}`);
        return;
      case 'NICK':
        if (this.nick !== '*') this.send(`:${this.nick}!u@h NICK ${first}`);
        this.nick = first;
        return;
      case 'USER':
        return this.#welcome();
      case 'PING':
        return this.send(`:pretend PONG pretend ${first}`);
      case 'JOIN':
        for (const room of first.split(',')) {
          this.send(`:${this.nick}!u@h JOIN ${room}`);
          this.send(`:pretend 353 ${this.nick} = ${room} :@ann ${this.nick}`);
          this.send(`:pretend 366 ${this.nick} ${room} :End`);
        }
        return;
      case 'PRIVMSG':
        return this.#echo(first, second, tags.get('label'));
      case 'CHATHISTORY':
        return this.#page(params);
    }
  }

  #welcome(): void {
    this.send(`:pretend 001 ${this.nick} :Welcome`);
    this.send(
      `:pretend 005 ${this.nick} CHANTYPES=# NETWORK=Pretend CHATHISTORY=100 CASEMAPPING=ascii PREFIX=(ov)@+ :are supported`,
    );
    this.send(`:pretend 422 ${this.nick} :No message of the day`);
  }

  #echo(room: string, text: string, label: string | undefined): void {
    const past = this.#server.history.get(room) ?? [];
    this.#server.history.set(room, past);
    const said = { at: Math.max(Date.now(), (past.at(-1)?.at ?? 0) + 1), from: this.nick, text };
    past.push(said);
    const line = lineOf(room, said);
    for (const other of this.#server.links) {
      other.send(other === this && label !== undefined ? line.replace('@', `@label=${label};`) : line);
    }
  }

  #page([kind = '', target = '', ...rest]: readonly string[]): void {
    const past = this.#server.history.get(target) ?? [];
    const limit = Math.min(100, Number(rest.at(-1)) || 100);
    const position = (selector: string): number =>
      selector.startsWith('msgid=')
        ? past.findIndex((said) => `msgid=${idOf(said)}` === selector)
        : past.findIndex((said) => `timestamp=${new Date(said.at).toISOString()}` <= selector);
    let page: Said[] = [];
    if (kind === 'LATEST') {
      const after = rest[0] === '*' ? -1 : position(rest[0] ?? '');
      page = past.slice(Math.max(after + 1, past.length - limit));
    } else if (kind === 'BEFORE') {
      const before = position(rest[0] ?? '');
      page = past.slice(Math.max(0, before - limit), Math.max(0, before));
    } else if (kind === 'AFTER') page = past.slice(position(rest[0] ?? '') + 1).slice(0, limit);
    const name = `b${++this.#batches}`;
    const type = kind === 'TARGETS' ? 'draft/chathistory-targets' : `chathistory ${target}`;
    this.send(`:pretend BATCH +${name} ${type}`);
    for (const said of page) this.send(lineOf(target, said).replace('@', `@batch=${name};`));
    this.send(`:pretend BATCH -${name}`);
  }
}

export const idOf = (said: Said): string => `${said.at.toString(36)}${said.from}`;

export function lineOf(room: string, said: Said): string {
  return `@time=${new Date(said.at).toISOString()};msgid=${idOf(said)} :${said.from}!u@h PRIVMSG ${room} :${said.text}`;
}
