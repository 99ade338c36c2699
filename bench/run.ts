/**
 * `npm run bench [-- --quick] [-- --rounds N] [-- name…]`
 *
 * Runs the named parts, or all, one after the other; prints their tables and keeps everything that was
 * measured in .cache/bench. What is measured and why is in README.md beside this file.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchConnections } from './connections.ts';
import { benchFanout } from './fanout.ts';
import { BENCH_CACHE } from './generator.ts';
import { describeMachine, machineLines } from './machine.ts';
import { runProgram } from './program.ts';
import type { BenchOptions, Section } from './section.ts';
import { benchStart } from './start.ts';

const PARTS: Readonly<Record<string, (options: BenchOptions) => Promise<Section>>> = {
  wire: (options) => script('wire', options),
  hub: (options) => script('hub', options),
  'fan-out': benchFanout,
  history: (options) => script('history', options),
  start: benchStart,
  connections: benchConnections,
};

/** Has no short form, so `--quick` leaves it out unless it is named. */
const SLOW = 'wire';

/** A part that is a program of its own: its output is its result. */
async function script(name: string, options: BenchOptions): Promise<Section> {
  options.progress(name);
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const { text, code } = await runProgram(process.execPath, [file, ...(options.quick ? ['--quick'] : [])]);
  if (code !== 0) throw new Error(`bench/${name}.ts ended with ${code}`);
  return { name, lines: text.trimEnd().split('\n'), figures: text };
}

function readArguments(): { names: string[]; quick: boolean; rounds?: number } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, rounds: { type: 'string' } },
  });
  const unknown = positionals.find((name) => PARTS[name] === undefined);
  if (unknown !== undefined)
    throw new Error(`There is no part "${unknown}"; there are ${Object.keys(PARTS).join(', ')}.`);
  const names =
    positionals.length > 0 ? positionals : Object.keys(PARTS).filter((name) => !values.quick || name !== SLOW);
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(rounds >= 1)) throw new Error('--rounds wants a number of at least 1.');
  return { names, quick: values.quick, ...(rounds === undefined ? {} : { rounds }) };
}

/** One line that replaces itself on a terminal, and nothing elsewhere. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

async function main(): Promise<void> {
  const { names, quick, rounds } = readArguments();
  const options: BenchOptions = { quick, progress, ...(rounds === undefined ? {} : { rounds }) };
  const machine = describeMachine();
  console.log(machineLines(machine).join('\n'));
  const sections: Section[] = [];
  for (const name of names) {
    const section = await PARTS[name]?.(options).catch((error: unknown) => failed(name, error));
    if (section === undefined) continue;
    progress('');
    console.log(`\n## ${section.name}\n\n${section.lines.join('\n')}`);
    sections.push(section);
  }
  mkdirSync(BENCH_CACHE, { recursive: true });
  const file = join(BENCH_CACHE, `results-${machine.date.replaceAll(':', '-')}.json`);
  writeFileSync(
    file,
    JSON.stringify({ machine, quick, sections: sections.map(({ name, figures }) => ({ name, figures })) }, null, 2),
  );
  console.log(`\nEverything that was measured is in ${file}.`);
}

/** One part that cannot run does not take the others with it. */
function failed(name: string, error: unknown): Section {
  process.exitCode = 1;
  return { name, lines: [`Could not run: ${error instanceof Error ? error.message : String(error)}`], figures: null };
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
