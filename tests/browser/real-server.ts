/** The real server as its own process, and a plain IRC client to talk to it without a browser. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../bin/parley.js', import.meta.url));

/** A test that fails does not stop its server: nothing may stay behind. */
const running = new Set<ChildProcess>();
after(() => {
  for (const child of running) child.kill('SIGKILL');
});

export interface RealServer {
  readonly url: string;
  /** Of every web door, in the order in which they were named. */
  readonly urls: readonly string[];
  readonly irc: string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** `--memory` unless flags name a data directory. Port 0 lets the system choose. */
export async function startServer(flags: readonly string[] = ['--memory'], irc = 0, web = 0): Promise<RealServer> {
  const child = spawn(
    process.execPath,
    [LAUNCHER, 'serve', '--irc', `127.0.0.1:${irc}`, '--web', `127.0.0.1:${web}`, '--json', ...flags],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  running.add(child);
  child.on('exit', () => running.delete(child));
  let complaints = '';
  child.stderr.on('data', (data) => (complaints += String(data)));
  const opened = await firstEvent(child, () => complaints);
  return {
    url: `http://${opened.web[0] ?? ''}/`,
    urls: opened.web.map((address) => `http://${address}/`),
    irc: opened.irc[0] ?? '',
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await once(child, 'exit');
    },
  };
}

interface Opened {
  readonly irc: readonly string[];
  readonly web: readonly string[];
}

async function firstEvent(child: ChildProcess, complaints: () => string): Promise<Opened> {
  if (child.stdout === null) throw new Error('The server has no output.');
  for await (const line of createInterface(child.stdout)) {
    const event: unknown = JSON.parse(line);
    if (typeof event === 'object' && event !== null && 'event' in event && event.event === 'listening') {
      child.stdout.resume();
      return event as unknown as Opened;
    }
  }
  throw new Error(`The server ended before it listened: ${complaints()}`);
}

/** Nothing waits this long unless it fails. */
const PATIENCE_MS = 20_000;

/** Somebody with any IRC client. */
export class IrcGuest {
  readonly nick: string;
  readonly lines: string[] = [];
  readonly #socket: Socket;
  #waiting: { readonly pattern: RegExp; readonly found: (line: string) => void }[] = [];

  private constructor(nick: string, socket: Socket) {
    this.nick = nick;
    this.#socket = socket;
    createInterface(socket).on('line', (line) => this.#received(line));
    socket.on('error', () => undefined);
  }

  static async join(server: RealServer, nick: string, room: string, caps = ''): Promise<IrcGuest> {
    const colon = server.irc.lastIndexOf(':');
    const socket = createConnection(Number(server.irc.slice(colon + 1)), server.irc.slice(0, colon));
    const guest = new IrcGuest(nick, socket);
    if (caps !== '') guest.send(`CAP REQ :${caps}`, 'CAP END');
    guest.send(`NICK ${nick}`, `USER ${nick} 0 * :${nick}`);
    await guest.sees(/ (376|422) /);
    guest.send(`JOIN ${room}`);
    await guest.sees(/ 366 /);
    return guest;
  }

  send(...lines: string[]): void {
    this.#socket.write(lines.map((line) => `${line}\r\n`).join(''));
  }

  /** Waits for a line, or finds one that has come already. */
  sees(pattern: RegExp): Promise<string> {
    const known = this.lines.find((line) => pattern.test(line));
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((found, failed) => {
      const patience = setTimeout(() => failed(new Error(`${this.nick} did not see ${String(pattern)}`)), PATIENCE_MS);
      this.#waiting.push({
        pattern,
        found: (line) => {
          clearTimeout(patience);
          found(line);
        },
      });
    });
  }

  leave(): void {
    this.#socket.destroy();
  }

  #received(line: string): void {
    if (line.startsWith('PING ')) this.send(line.replace('PING', 'PONG'));
    this.lines.push(line);
    for (const wait of this.#waiting) if (wait.pattern.test(line)) wait.found(line);
    this.#waiting = this.#waiting.filter(({ pattern }) => !pattern.test(line));
  }
}
