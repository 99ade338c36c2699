/** The real server as its own process. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { end, endAfter } from './cleanup.ts';
import { within } from './wait.ts';

export const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
export const PARLEY = fileURLToPath(new URL('../../../bin/parley.js', import.meta.url));

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface RunningServer {
  readonly irc: Endpoint;
  /** Where flags opened a door with TLS. */
  readonly ircTls: Endpoint;
  /** The page's address; empty without a web door. */
  readonly url: string;
  readonly child: ChildProcess;
  /** What it wrote to standard error. */
  complaints(): string;
  /** Sends the signal and resolves when the process is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface ServeOptions {
  /** A data directory; without one nothing is kept. */
  readonly data?: string;
  /** Fixed ports, so that clients find the next server on the same data. */
  readonly ircPort?: number;
  readonly webPort?: number | 'none';
  readonly flags?: readonly string[];
}

/** Resolves when every port is open. */
export async function startServer(t: TestContext, options: ServeOptions = {}): Promise<RunningServer> {
  const { data, ircPort = 0, webPort = 'none', flags = [] } = options;
  const args = [PARLEY, 'serve', '--json', ...(data === undefined ? ['--memory'] : ['--data', data]), ...flags];
  args.push('--irc', `127.0.0.1:${ircPort}`, '--web', webPort === 'none' ? 'none' : `127.0.0.1:${webPort}`);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  endAfter(t, child);
  let complaints = '';
  child.stderr.on('data', (data: Buffer) => (complaints += data.toString()));
  const opened = await within(
    'the server listens',
    firstEvent(child, () => complaints),
    () => complaints,
  );
  const [web] = opened.web;
  return {
    irc: endpoint(opened.irc[0] ?? ''),
    ircTls: endpoint(opened.ircTls[0] ?? ''),
    url: web === undefined ? '' : `http://${web}/`,
    child,
    complaints: () => complaints,
    stop: (signal = 'SIGTERM') => end(child, signal),
  };
}

interface Opened {
  readonly irc: readonly string[];
  readonly ircTls: readonly string[];
  readonly web: readonly string[];
}

function firstEvent(child: ChildProcess, complaints: () => string): Promise<Opened> {
  return new Promise((resolve, reject) => {
    // `close`, and not `exit`: what it complained about has been read then.
    child.once('close', (code, signal) =>
      reject(new Error(`The server ended (${signal ?? code}) before it listened:\n${complaints()}`)),
    );
    if (child.stdout === null) return;
    createInterface(child.stdout).on('line', (line) => {
      const event = JSON.parse(line) as { event: string } & Opened;
      if (event.event === 'listening') resolve(event);
    });
  });
}

export function endpoint(text: string): Endpoint {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
