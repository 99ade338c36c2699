/**
 * A plain IRC connection for tests. It reads lines by itself and not with the product's parser, so that a mistake there
 * is not shared.
 */
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { cleanup } from './cleanup.ts';
import type { Endpoint } from './server.ts';
import { PATIENCE_MS } from './wait.ts';

export interface IrcLine {
  readonly raw: string;
  /** Without tags: what patterns are held against. */
  readonly body: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The nick or server before the `!`; empty without one. */
  readonly from: string;
  readonly command: string;
  readonly params: readonly string[];
}

/** Values stay as they are on the wire: nothing that is tested has characters to escape in a tag. */
export function readLine(raw: string): IrcLine {
  let rest = raw;
  const tags: Record<string, string> = {};
  if (rest.startsWith('@')) {
    const [list = ''] = rest.slice(1).split(' ', 1);
    rest = rest.slice(list.length + 2);
    for (const pair of list.split(';')) {
      const [key = '', ...value] = pair.split('=');
      tags[key] = value.join('=');
    }
  }
  const body = rest;
  let from = '';
  if (rest.startsWith(':')) {
    const [source = ''] = rest.split(' ', 1);
    from = source.slice(1).replace(/!.*/, '');
    rest = rest.slice(source.length + 1);
  }
  const colon = rest.indexOf(' :');
  const params = (colon === -1 ? rest : rest.slice(0, colon)).split(' ').filter((word) => word !== '');
  if (colon !== -1) params.push(rest.slice(colon + 2));
  return { raw, body, tags, from, command: params.shift() ?? '', params };
}

interface Waiting {
  readonly pattern: RegExp;
  readonly found: (line: IrcLine) => void;
  readonly failed: (why: string) => void;
}

export class Irc {
  readonly nick: string;
  readonly socket: Socket;
  readonly lines: IrcLine[] = [];
  /** Called for each line, after those who wait for it. */
  onLine: (line: IrcLine) => void = () => {};
  readonly closed: Promise<void>;
  #ended = false;
  #rest: Buffer = Buffer.alloc(0);
  #waiting: Waiting[] = [];

  constructor(nick: string, socket: Socket) {
    this.nick = nick;
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => this.#received(bytes));
    socket.on('error', () => undefined); // told by `close`, which follows
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#ended = true;
        for (const { failed } of this.#waiting.splice(0)) failed('the connection ended');
        resolve();
      });
    });
  }

  /** A connection that has said nothing so far. */
  static open(t: TestContext, { host, port }: Endpoint, nick = '?'): Irc {
    const socket = connect(port, host);
    cleanup(t, () => socket.destroy());
    return new Irc(nick, socket);
  }

  /** Arrives with these capabilities and enters these rooms. */
  static async arrive(t: TestContext, at: Endpoint, nick: string, rooms: string[] = [], caps = ''): Promise<Irc> {
    const irc = Irc.open(t, at, nick);
    await irc.register(caps);
    for (const room of rooms) await irc.join(room);
    return irc;
  }

  async register(caps = ''): Promise<void> {
    if (caps === '') this.send(`NICK ${this.nick}`, `USER ${this.nick} 0 * :${this.nick}`);
    else
      this.send(
        'CAP LS 302',
        `NICK ${this.nick}`,
        `USER ${this.nick} 0 * :${this.nick}`,
        `CAP REQ :${caps}`,
        'CAP END',
      );
    await this.sees(/ (376|422) /);
  }

  async join(room: string): Promise<void> {
    this.send(`JOIN ${room}`);
    await this.sees(new RegExp(` 366 \\S+ ${room} `));
  }

  send(...lines: string[]): void {
    this.socket.write(lines.map((line) => `${line}\r\n`).join(''));
  }

  /** Resolves to the first line, also of those that have come already, that matches. */
  sees(pattern: RegExp, ms: number = PATIENCE_MS): Promise<IrcLine> {
    const known = this.lines.find(({ body }) => pattern.test(body));
    return known === undefined ? this.next(pattern, ms) : Promise.resolve(known);
  }

  /** Resolves to the first line to come that matches. */
  next(pattern: RegExp, ms: number = PATIENCE_MS): Promise<IrcLine> {
    return new Promise((resolve, reject) => {
      const failed = (why: string): void => {
        clearTimeout(late);
        const last = this.lines.slice(-15).map(({ raw }) => `  ${raw}`);
        reject(new Error(`${this.nick} did not see ${String(pattern)}: ${why}. Its last lines:\n${last.join('\n')}`));
      };
      const late = setTimeout(() => {
        this.#waiting = this.#waiting.filter((each) => each !== waiting);
        failed(`not within ${ms} ms`);
      }, ms);
      const found = (line: IrcLine): void => {
        clearTimeout(late);
        resolve(line);
      };
      const waiting = { pattern, found, failed };
      if (this.#ended) failed('the connection had ended');
      else this.#waiting.push(waiting);
    });
  }

  /** Says lines and resolves when the server has answered all of them: to what came meanwhile. */
  async ask(...lines: string[]): Promise<readonly IrcLine[]> {
    const start = this.lines.length;
    const token = `t${start}-${lines.length}`;
    const pong = this.next(new RegExp(` PONG .*${token}$`));
    this.send(...lines, `PING ${token}`);
    await pong;
    return this.lines.slice(start);
  }

  leave(): void {
    this.socket.destroy();
  }

  #received(bytes: Buffer): void {
    let held = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    for (let end = held.indexOf('\r\n'); end !== -1; end = held.indexOf('\r\n')) {
      this.#heard(readLine(held.toString('utf8', 0, end)));
      held = held.subarray(end + 2);
    }
    this.#rest = held;
  }

  #heard(line: IrcLine): void {
    if (line.command === 'PING') this.send(`PONG :${line.params[0] ?? ''}`);
    this.lines.push(line);
    const found = this.#waiting.filter(({ pattern }) => pattern.test(line.body));
    if (found.length > 0) this.#waiting = this.#waiting.filter((each) => !found.includes(each));
    for (const each of found) each.found(line);
    this.onLine(line);
  }
}

/** A message as it was seen: live, or in history. */
export interface Seen {
  readonly msgid: string;
  readonly time: string;
  readonly from: string;
  readonly target: string;
  readonly text: string;
}

export function seen({ tags, from, params }: IrcLine): Seen {
  return {
    msgid: tags['msgid'] ?? '',
    time: tags['time'] ?? '',
    from,
    target: params[0] ?? '',
    text: params[1] ?? '',
  };
}

/** What CHATHISTORY needs to be read page by page. */
export const HISTORY_CAPS = 'message-tags server-time batch draft/chathistory';

/** All that was said in a room, oldest first, read in pages from the newest back. */
export async function historyBackwards(irc: Irc, room: string, page = 100): Promise<Seen[]> {
  const all: Seen[] = [];
  for (;;) {
    const from = all[0];
    const lines = await irc.ask(
      from === undefined
        ? `CHATHISTORY LATEST ${room} * ${page}`
        : `CHATHISTORY BEFORE ${room} msgid=${from.msgid} ${page}`,
    );
    const rows = rowsOf(lines);
    all.unshift(...rows);
    if (rows.length < page) return all;
  }
}

/** The same from the oldest on; pages are found by time instead of by id. */
export async function historyForwards(irc: Irc, room: string, page = 100): Promise<Seen[]> {
  const all: Seen[] = [];
  for (;;) {
    const after = all.at(-1)?.time ?? '1970-01-01T00:00:00.000Z';
    const rows = rowsOf(await irc.ask(`CHATHISTORY AFTER ${room} timestamp=${after} ${page}`));
    all.push(...rows);
    if (rows.length < page) return all;
  }
}

/** The messages of the batches among these lines; live messages have no batch. */
function rowsOf(lines: readonly IrcLine[]): Seen[] {
  const fail = lines.find(({ command }) => command === 'FAIL');
  if (fail !== undefined) throw new Error(`History was refused: ${fail.raw}`);
  return lines
    .filter(({ command, tags }) => (command === 'PRIVMSG' || command === 'NOTICE') && tags['batch'] !== undefined)
    .map(seen);
}
