/** How long a person waits: from the start of the process to the answer, or to the open port. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, spread, table, targetTable } from './figures.ts';
import { runProgram, startProgram } from './program.ts';
import type { BenchOptions, Section } from './section.ts';
import { PARLEY } from './servers.ts';

const VERSION_MS_TARGET = 60;
const SERVE_MS_TARGET = 300;

export async function benchStart(options: BenchOptions): Promise<Section> {
  const rounds = options.rounds ?? (options.quick ? 5 : 15);
  const node: number[] = [];
  const version: number[] = [];
  const serveMemory: number[] = [];
  const serveFresh: number[] = [];
  const serveAgain: number[] = [];
  const data = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  try {
    for (let round = 0; round <= rounds; round++) {
      options.progress(`start, round ${round} of ${rounds}`);
      const dir = join(data, String(round));
      const taken = {
        node: await untilExit(['-e', '0']),
        version: await untilExit([PARLEY, '--version']),
        serveMemory: await untilListening(['--memory']),
        serveFresh: await untilListening(['--data', dir]),
        serveAgain: await untilListening(['--data', dir]),
      };
      if (round === 0) continue; // fills the caches of the disk and of the compiler
      node.push(taken.node);
      version.push(taken.version);
      serveMemory.push(taken.serveMemory);
      serveFresh.push(taken.serveFresh);
      serveAgain.push(taken.serveAgain);
    }
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
  const ms = (value: number): string => `${value.toFixed(0)} ms`;
  const target = (what: string, values: number[], bound: number) => ({
    what,
    figure: spread(values, ms),
    bound: `below ${bound} ms`,
    met: median(values) < bound,
  });
  const lines = [
    ...table(
      ['from the start of the process to', 'median (lowest to highest)'],
      [
        ['the end of `node -e 0`: the floor', spread(node, ms)],
        ['the end of `parley --version`', spread(version, ms)],
        ['the open port, `parley serve --memory`', spread(serveMemory, ms)],
        ['the open port, `parley serve`, no data yet', spread(serveFresh, ms)],
        ['the open port, `parley serve`, again', spread(serveAgain, ms)],
      ],
    ),
    '',
    ...targetTable([
      target('parley --version', version, VERSION_MS_TARGET),
      target('parley serve, again', serveAgain, SERVE_MS_TARGET),
      target('parley serve, no data yet', serveFresh, SERVE_MS_TARGET),
    ]),
    '',
    `${rounds} rounds after one that fills the caches, both cores.`,
  ];
  return { name: 'start', lines, figures: { node, version, serveMemory, serveFresh, serveAgain } };
}

async function untilExit(args: readonly string[]): Promise<number> {
  const from = performance.now();
  const { code } = await runProgram(process.execPath, args);
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}`);
  return performance.now() - from;
}

/** The first line of `--json` says that every port is open. */
async function untilListening(place: readonly string[]): Promise<number> {
  const from = performance.now();
  const args = [PARLEY, 'serve', '--irc', '127.0.0.1:0', '--web', '127.0.0.1:0', '--json', ...place];
  const program = startProgram(process.execPath, args);
  await program.firstLine();
  const taken = performance.now() - from;
  await program.stop();
  return taken;
}
