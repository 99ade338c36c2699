/** A server, people with terminals, and a plain IRC connection to make things happen. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Pane } from './tui-pane.ts';

export const PARLEY = fileURLToPath(new URL('../../bin/parley.js', import.meta.url));

export interface Server {
  readonly address: string;
  readonly process: ChildProcess;
}

/** A folder that is gone after the test. */
export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'parley-tui-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A real `parley serve`, listening when this resolves. */
export async function serve(t: TestContext, ...args: string[]): Promise<Server> {
  const flags = args.includes('--irc') ? args : ['--irc', '127.0.0.1:0', ...args];
  const config = join(folder(t), 'parley.toml');
  // Guests make hundreds of messages; nobody waits for the flood control here.
  writeFileSync(config, '[limits]\nfloodControl = false\n');
  const server = spawn(process.execPath, [PARLEY, 'serve', '--web', 'none', '--json', '--config', config, ...flags], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => server.kill('SIGKILL'));
  for await (const line of createInterface({ input: server.stdout })) {
    const said = JSON.parse(line) as { event?: string; irc?: string[]; ircTls?: string[] };
    if (said.event === 'listening') return { address: said.irc?.[0] ?? said.ircTls?.[0] ?? '', process: server };
  }
  throw new Error('The server ended before it listened.');
}

/** Where this person's chat keeps its things; UTC, so that the clock on the screen is the same everywhere. */
export function homeOf(path: string): Record<string, string> {
  return {
    XDG_STATE_HOME: join(path, 'state'),
    XDG_CONFIG_HOME: join(path, 'config'),
    TZ: 'UTC',
    LANG: 'C.UTF-8',
    HOME: path,
  };
}

/** Resolves when some value of this person's store is this text. */
export async function kept(home: string, text: string): Promise<void> {
  const folder = join(homeOf(home)['XDG_STATE_HOME'] ?? '', 'parley', 'chat');
  for (let looks = 0; looks < 300; looks += 1) {
    const found = readdirSync(folder)
      .filter((name) => name.endsWith('.db'))
      .some((name) => {
        const db = new DatabaseSync(join(folder, name), { readOnly: true });
        const row = db.prepare('SELECT 1 FROM kept WHERE value = ?').get(text);
        db.close();
        return row !== undefined;
      });
    if (found) return;
    await sleep(50);
  }
  throw new Error(`Never stored: ${text}`);
}

/** A pane with a shell in it, closed after the test. */
export function pane(t: TestContext, home: string, columns = 100, rows = 30): Pane {
  const made = new Pane(home, columns, rows, homeOf(home));
  t.after(() => made.close());
  return made;
}

export function chatCommand(...args: string[]): string {
  return [process.execPath, PARLEY, 'chat', ...args]
    .map((part) => (/^[\w./:@=-]+$/.test(part) ? part : `'${part}'`))
    .join(' ');
}

/** Somebody with a bare IRC connection. */
export class Guest {
  readonly #socket: Socket;
  readonly #lines: string[] = [];
  #heard: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    createInterface({ input: socket }).on('line', (line) => {
      this.#lines.push(line);
      if (line.startsWith('PING ')) this.say(line.replace('PING', 'PONG'));
      this.#heard();
    });
  }

  static async arrive(t: TestContext, address: string, nick: string, room = '#lobby'): Promise<Guest> {
    const [host = '', port = ''] = address.split(':');
    const socket = connect(Number(port), host);
    t.after(() => socket.destroy());
    const guest = new Guest(socket);
    guest.say(`NICK ${nick}`, `USER ${nick} 0 * :${nick}`);
    await guest.hears(/ 001 /);
    guest.say(`JOIN ${room}`);
    await guest.hears(/ 366 /);
    return guest;
  }

  say(...lines: string[]): void {
    this.#socket.write(lines.map((line) => `${line}\r\n`).join(''));
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Resolves to the first line, also of the past, that matches. */
  async hears(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.#lines.find((line) => pattern.test(line));
      if (found !== undefined) return found;
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(
          () => reject(new Error(`Not heard: ${pattern.source}\n${this.#lines.slice(-20).join('\n')}`)),
          15_000,
        );
        this.#heard = () => {
          clearTimeout(late);
          resolve();
        };
      });
    }
  }
}
