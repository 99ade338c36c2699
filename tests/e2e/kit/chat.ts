/** Parley's terminal client as a program among programs: `parley chat --json`. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Readable, Writable } from 'node:stream';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { end, endAfter } from './cleanup.ts';
import { PARLEY, type Endpoint } from './server.ts';
import { until, within } from './wait.ts';

export interface ChatEvent {
  readonly type: string;
  /** The same in all events about one message. */
  readonly id?: string;
  readonly room?: string;
  readonly msgid?: string;
  readonly from?: string;
  readonly text?: string;
  readonly own?: boolean;
  readonly state?: string;
}

/** Where a person's programs keep their things. */
export function homeOf(path: string): Record<string, string> {
  return {
    HOME: path,
    XDG_CONFIG_HOME: join(path, 'config'),
    XDG_STATE_HOME: join(path, 'state'),
    XDG_DATA_HOME: join(path, 'data'),
    TZ: 'UTC',
    LANG: 'C.UTF-8',
  };
}

export class Chat {
  readonly events: ChatEvent[] = [];
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #home: string;
  #looked: () => void = () => {};
  #complaints = '';

  constructor(t: TestContext, { host, port }: Endpoint, nick: string, room: string, home: string) {
    this.#home = home;
    const args = [PARLEY, 'chat', `${host}:${port}`, '--nick', nick, '--room', room, '--json'];
    this.#child = spawn(process.execPath, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...homeOf(home) },
    });
    endAfter(t, this.#child);
    this.#child.stderr.on('data', (data: Buffer) => (this.#complaints += data.toString()));
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.events.push(JSON.parse(line) as ChatEvent);
      this.#looked();
    });
  }

  say(text: string): void {
    this.#child.stdin.write(`${text}\n`);
  }

  /** Resolves when this text is in the file in which the client keeps what waits. */
  async keeps(text: string): Promise<void> {
    const folder = join(this.#home, 'state', 'parley', 'chat');
    const files = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.db'));
    await until(`the client keeps "${text}"`, () => files().some((name) => holds(join(folder, name), text)));
  }

  /** Ends at once, as in a power cut. */
  async crash(): Promise<void> {
    await end(this.#child);
  }

  /** Resolves when these events, of all that came, are what is waited for. */
  async shows(what: string, enough: (events: readonly ChatEvent[]) => boolean, ms?: number): Promise<void> {
    const reached = new Promise<void>((resolve) => {
      this.#looked = () => {
        if (enough(this.events)) resolve();
      };
    });
    this.#looked();
    const shown = (): string =>
      [...this.events.slice(-20).map((event) => JSON.stringify(event)), this.#complaints].join('\n');
    await within(what, reached, shown, ms);
  }

  /** The texts of own messages of which the server has said that they are stored. */
  sentTexts(): string[] {
    const own = new Map(
      this.events.filter(({ type, own }) => type === 'message' && own).map((each) => [each.id, each]),
    );
    const sent = new Set<string>();
    for (const { type, id, text = '', state } of this.events) {
      if (state === 'sent' && (type === 'delivery' || own.has(id))) sent.add(text);
    }
    return [...sent];
  }
}

function holds(file: string, text: string): boolean {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return db.prepare('SELECT 1 FROM kept WHERE instr(value, ?)').get(JSON.stringify(text).slice(1, -1)) !== undefined;
  } finally {
    db.close();
  }
}
