/** Clients that come back by themselves whenever the server does: observers, and senders with an outbox. */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Run } from './audit.ts';
import { Irc, seen, type IrcLine, type Seen } from './irc.ts';
import type { Endpoint } from './server.ts';

const SEND_ID = '+parley.chat/send-id';
const CAPS = 'message-tags echo-message server-time batch labeled-response draft/chathistory parley.chat/send-id';

/** Between two tries to connect while nobody listens. */
const RETRY_MS = 15;

/** In a room whenever there is a server. */
export class Visitor {
  readonly nick: string;
  /** Called for every line, in every room and stay. */
  onAnyLine: () => void = () => {};
  /** Refusals that nothing explains. */
  readonly troubles: string[] = [];
  readonly #at: Endpoint;
  readonly #rooms: readonly string[];
  #irc: Irc | undefined;
  #leaving = false;

  constructor(at: Endpoint, nick: string, rooms: readonly string[]) {
    this.#at = at;
    this.nick = nick;
    this.#rooms = rooms;
  }

  start(): void {
    void this.#visit();
  }

  leave(): void {
    this.#leaving = true;
    this.#irc?.leave();
  }

  /** Resolves when the connection of this moment, if there is one, has ended and all that it brought was read. */
  async disconnected(): Promise<void> {
    await this.#irc?.closed;
  }

  protected say(line: string): void {
    this.#irc?.send(line);
  }

  /** In all rooms, on a new connection. */
  protected joined(): void {}

  protected heard(_line: IrcLine): void {}

  /** The connection is gone. */
  protected lost(): void {}

  async #visit(): Promise<void> {
    while (!this.#leaving) {
      const { host, port } = this.#at;
      const irc = new Irc(this.nick, connect(port, host));
      this.#irc = irc;
      irc.onLine = (line) => {
        this.onAnyLine();
        this.#hear(line);
      };
      irc.send(`CAP REQ :${CAPS}`, `NICK ${this.nick}`, `USER ${this.nick} 0 * :${this.nick}`, 'CAP END');
      irc.send(`JOIN ${this.#rooms.join(',')}`);
      await irc.closed;
      this.lost();
      if (!this.#leaving) await sleep(RETRY_MS);
    }
  }

  #hear(line: IrcLine): void {
    const { command, params } = line;
    if (command === '366' && params[1] === this.#rooms.at(-1)) this.joined();
    this.heard(line);
    // 401, nobody with that nick, is what senders deal with; 422 is no refusal.
    if (/^([45]\d\d|FAIL|ERROR)$/.test(command) && command !== '401' && command !== '422') this.troubles.push(line.raw);
  }
}

/** Writes down what it sees: one run for each stay in a room. */
export class Observer extends Visitor {
  readonly runs = new Map<string, Run[]>();
  #current = new Map<string, Seen[]>();

  protected override heard(line: IrcLine): void {
    if (line.command !== 'PRIVMSG') return;
    const message = seen(line);
    let run = this.#current.get(message.target);
    if (run === undefined) {
      run = [];
      this.#current.set(message.target, run);
      const known = this.runs.get(message.target);
      if (known === undefined) this.runs.set(message.target, [{ observer: this.nick, seen: run }]);
      else known.push({ observer: this.nick, seen: run });
    }
    run.push(message);
  }

  protected override lost(): void {
    this.#current = new Map();
  }
}

interface Message {
  readonly sendId: string;
  readonly target: string;
  readonly text: string;
}

/** Messages that are on their way at once. */
const WINDOW = 8;

/**
 * Says one thing after the other to the targets in turn. What has no echo yet is sent again, under the same send id, on
 * the next connection.
 */
export class Sender extends Visitor {
  /** Texts by target, in the order in which they were written. */
  readonly sent = new Map<string, string[]>();
  /** Echoes, with the send id that they carried. */
  readonly echoed: (Seen & { readonly sendId: string })[] = [];
  /** Messages of others to this nick alone. */
  readonly received: Seen[] = [];
  /** Messages that were sent more than once. */
  resent = 0;
  /** Called when everything that was said is acknowledged, after `finish`. */
  onDone: () => void = () => {};
  readonly #targets: readonly string[];
  readonly #outbox = new Map<string, Message>();
  #count = 0;
  #present = false;
  #finishing = false;

  constructor(at: Endpoint, nick: string, rooms: readonly string[], peers: readonly string[]) {
    super(at, nick, rooms);
    this.#targets = [...rooms, ...peers];
  }

  /** Says nothing new from here on. */
  finish(): void {
    this.#finishing = true;
    this.#fill();
  }

  protected override joined(): void {
    this.#present = true;
    this.resent += this.#outbox.size;
    for (const message of this.#outbox.values()) this.#send(message);
    this.#fill();
  }

  protected override lost(): void {
    this.#present = false;
  }

  protected override heard(line: IrcLine): void {
    const { command, tags, from, params } = line;
    const sendId = tags[SEND_ID];
    if (command === 'PRIVMSG' && from === this.nick && sendId !== undefined) {
      this.echoed.push({ ...seen(line), sendId });
      this.#outbox.delete(sendId);
      this.#fill();
    } else if (command === 'PRIVMSG' && params[0] === this.nick) {
      this.received.push(seen(line));
    } else if (command === '401') {
      // The other one is not back yet. A refused message leaves no trace of its id, so it is sent again under it.
      const message = this.#outbox.get(tags['label'] ?? '');
      if (message === undefined) this.troubles.push(line.raw);
      else this.#send(message);
    }
  }

  #fill(): void {
    if (!this.#present) return;
    while (!this.#finishing && this.#outbox.size < WINDOW) this.#write();
    if (this.#finishing && this.#outbox.size === 0) this.onDone();
  }

  #write(): void {
    const count = this.#count++;
    const target = this.#targets[count % this.#targets.length] ?? '';
    const message = {
      sendId: randomBytes(16).toString('base64url'),
      target,
      text: `${this.nick} ${count} — ${'ü'.repeat(count % 40)}.`,
    };
    this.#outbox.set(message.sendId, message);
    const texts = this.sent.get(target);
    if (texts === undefined) this.sent.set(target, [message.text]);
    else texts.push(message.text);
    this.#send(message);
  }

  #send({ sendId, target, text }: Message): void {
    this.say(`@label=${sendId};${SEND_ID}=${sendId} PRIVMSG ${target} :${text}`);
  }
}
