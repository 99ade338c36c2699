/** The load generator (load/load.c): builds it, runs it, reads its report. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram, LOAD_CORE, SERVER_CORE } from './program.ts';
import type { Running, Server } from './servers.ts';

const SOURCES = fileURLToPath(new URL('./load', import.meta.url));
export const BENCH_CACHE = fileURLToPath(new URL('../.cache/bench', import.meta.url));

/** What load.c prints; see there for what each figure means. */
export interface LoadReport {
  readonly clients: number;
  readonly registerSeconds: number;
  readonly joinSeconds: number;
  readonly quietSeconds: number;
  readonly joinLines: number;
  readonly linesIn: number;
  readonly bytesIn: number;
  readonly arrivalCpuSeconds: number;
  readonly rssBeforeKiB: number;
  readonly rssKiB: number;
  readonly seconds: number;
  readonly serverCpuSeconds: number;
  readonly serverMainCpuSeconds: number;
  readonly ownCpuSeconds: number;
  /** What everybody else used: of the two cores, if both programs are bound to one, else of all together. */
  readonly othersOnServerCoreSeconds?: number;
  readonly othersOnOwnCoreSeconds?: number;
  readonly othersSeconds?: number;
  readonly deliveriesPerSecond: number;
  readonly deliveriesPerCpuSecond: number;
  /** How many lines one read of the load brings: how well the server puts lines together. */
  readonly deliveriesPerRead: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  readonly doubled: number;
  readonly reordered: number;
  readonly damaged: number;
  readonly strays: number;
  readonly taggedLines: number;
  readonly caps: string;
}

/** A report counts only if the load ran to its end and every delivery was right. */
export type Outcome =
  | (LoadReport & { readonly ok: true })
  | (Partial<LoadReport> & { readonly ok: false; readonly fault: string });

/** The options of load.c by their names there. */
export type LoadOptions = Readonly<Record<string, string | number>>;

let built: { load: string; bare: string } | undefined;

/** Compiles what is older than its source. */
export async function buildGenerator(): Promise<{ load: string; bare: string }> {
  if (built !== undefined) return built;
  mkdirSync(BENCH_CACHE, { recursive: true });
  built = { load: compile('load'), bare: compile('bare') };
  return built;
}

function compile(name: string): string {
  const source = join(SOURCES, `${name}.c`);
  const target = join(BENCH_CACHE, name);
  const compiled = statSync(target, { throwIfNoEntry: false });
  if (compiled !== undefined && compiled.mtimeMs > statSync(source).mtimeMs) return target;
  const command = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-o', target, source];
  const run = spawnSync('cc', command, { encoding: 'utf8' });
  if (run.error)
    throw new Error('The load generator is written in C and there is no `cc`: `apt install gcc libc6-dev`.');
  if (run.status !== 0) throw new Error(`cc ${command.join(' ')} failed:\n${run.stderr}`);
  return target;
}

function loadArguments(server: Server, running: Running, options: LoadOptions, pinned: boolean): string[] {
  const all: LoadOptions = {
    port: running.port,
    pid: running.pid,
    together: server.together,
    ...(pinned ? { 'server-core': SERVER_CORE, 'own-core': LOAD_CORE } : {}),
    ...(server.webSocketPath === undefined ? {} : { ws: server.webSocketPath }),
    ...options,
  };
  return Object.entries(all).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

/**
 * Starts a server, runs the generator against it (on the load's core unless told otherwise), ends the server.
 * A server that cannot start is an outcome as well: the others are still worth measuring.
 */
export async function measure(server: Server, options: LoadOptions, pinned = true): Promise<Outcome> {
  const { load } = await buildGenerator();
  let running: Running | undefined;
  try {
    running = await server.start();
    const { text } = await runProgram(
      load,
      loadArguments(server, running, options, pinned),
      pinned ? LOAD_CORE : undefined,
    );
    const outcome: unknown = text.startsWith('{') ? JSON.parse(text) : undefined;
    if (!isOutcome(outcome)) return { ok: false, fault: 'the load generator printed no report' };
    if (options['caps'] !== undefined && outcome.caps === '')
      return { ok: false, fault: 'it offers no such capability' };
    return outcome;
  } catch (error) {
    return { ok: false, fault: error instanceof Error ? error.message : String(error) };
  } finally {
    await running?.stop();
  }
}

/** The generator is ours and built from the source beside us: one field tells a report from an accident. */
function isOutcome(value: unknown): value is Outcome {
  return typeof value === 'object' && value !== null && 'ok' in value;
}
