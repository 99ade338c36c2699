/** Programs that the bench starts: each on its core, each ended by the one who started it. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import { createInterface } from 'node:readline';

/** The server works on one core and the load on the other, so that neither takes time from the other. */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

export interface Program {
  readonly pid: number;
  /** As one would type it. */
  readonly command: string;
  /** The first line on standard output. */
  firstLine(): Promise<string>;
  stop(): Promise<void>;
}

const START_MS_MAX = 20_000;

/** Starts a program, bound to `core` if one is given. What it prints on standard error is shown if it dies early. */
export function startProgram(file: string, args: readonly string[], core?: number): Program {
  const line = core === undefined ? [file, ...args] : ['taskset', '-c', String(core), file, ...args];
  const child = spawn(line[0] ?? file, line.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  const complaints: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => {
    if (complaints.length < 20) complaints.push(chunk.toString().slice(0, 500));
  });
  const lines = createInterface({ input: child.stdout });
  const first = new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${file} said nothing`)), START_MS_MAX).unref();
    lines.once('line', (text) => {
      clearTimeout(late);
      resolve(text);
    });
    child.once('exit', () => reject(new Error(`${line.join(' ')} ended at once: ${complaints.join('').trim()}`)));
    child.once('error', reject);
  });
  first.catch(() => undefined); // who does not ask for a first line does not hear of it either
  return { pid: child.pid ?? 0, command: line.join(' '), firstLine: () => first, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const impatient = setTimeout(() => child.kill('SIGKILL'), 3000);
  await gone;
  clearTimeout(impatient);
}

/** Runs a program to its end: what it printed, and how it ended (0 is well). */
export async function runProgram(
  file: string,
  args: readonly string[],
  core?: number,
): Promise<{ text: string; code: number | null }> {
  const line = core === undefined ? [file, ...args] : ['taskset', '-c', String(core), file, ...args];
  const child = spawn(line[0] ?? file, line.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ text, code }));
  });
}

/** The first line that a program prints when asked for its version, or nothing when it is not installed. */
export function versionOf(file: string, argument = '--version'): string | undefined {
  const asked = spawnSync(file, [argument], { encoding: 'utf8' });
  if (asked.error || asked.status !== 0) return undefined;
  return `${asked.stdout}${asked.stderr}`.split('\n')[0]?.trim();
}

/** A port nobody uses. Programs that cannot choose one themselves get it in their configuration. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return address.port;
}

/** Waits until something listens there. */
export async function portOpen(port: number): Promise<void> {
  const giveUp = Date.now() + START_MS_MAX;
  while (Date.now() < giveUp) {
    const socket = connect(port, '127.0.0.1');
    const open = await Promise.race([
      once(socket, 'connect').then(
        () => true,
        () => false,
      ),
      once(socket, 'error').then(
        () => false,
        () => false,
      ),
    ]);
    socket.destroy();
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`nothing listens on port ${port}`);
}
