/**
 * `node bench/profile.ts SHAPE [--memory] [--top N]`: where Parley spends its time under one of the loads of fanout.ts.
 *
 * Prints the functions with the most time of their own, for each of the server's threads. The profiles stay in
 * .cache/bench/profiles, for a viewer. A profiled server is slower: the shares count, not the rates.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SHAPES, type Shape } from './fanout.ts';
import { short, table } from './figures.ts';
import { BENCH_CACHE, measure } from './generator.ts';
import { parley } from './servers.ts';

/** The part of V8's format that is read here. */
interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly children?: readonly number[];
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PROFILES = join(BENCH_CACHE, 'profiles');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { memory: { type: 'boolean', default: false }, top: { type: 'string', default: '25' } },
});
const shapes: Readonly<Record<string, Shape>> = SHAPES;
const shape = shapes[positionals[0] ?? ''];
if (shape === undefined) {
  console.error(`Name one of these loads: ${Object.keys(SHAPES).join(', ')}.`);
  process.exit(2);
}

rmSync(PROFILES, { recursive: true, force: true });
mkdirSync(PROFILES, { recursive: true });
const nodeFlags = ['--cpu-prof', '--cpu-prof-interval', '500', '--cpu-prof-dir', PROFILES];
const server = parley('Parley', { memory: values.memory, webSocket: shape === SHAPES.web, nodeFlags });
const outcome = await measure(server, { ...shape.load, warm: 2, measure: 5 });
if (!outcome.ok) {
  console.error(outcome.fault);
  process.exit(1);
}
console.log(`${shape.name}: ${short(outcome.deliveriesPerSecond)} deliveries/s while being profiled`);
for (const name of readdirSync(PROFILES).sort()) report(name, Number(values.top));

function report(name: string, top: number): void {
  const profile: CpuProfile = JSON.parse(readFileSync(join(PROFILES, name), 'utf8'));
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)),
  );
  const own = new Map<string, number>();
  const whole = new Map<string, number>();
  let busy = 0;
  for (const [index, id] of profile.samples.entries()) {
    const node = byId.get(id);
    if (node === undefined || node.callFrame.functionName === '(idle)') continue;
    const us = profile.timeDeltas[index] ?? 0;
    busy += us;
    add(own, placeOf(node), us);
    const stack = new Set<string>();
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = byId.get(at);
      if (frame !== undefined) stack.add(placeOf(frame));
    }
    for (const place of stack) add(whole, place, us);
  }
  console.log(`\n${name}: busy for ${(busy / 1e6).toFixed(1)} s\n`);
  const share = (us: number | undefined): string => ((100 * (us ?? 0)) / busy).toFixed(1);
  const order = [...whole.keys()].sort((a, b) => (own.get(b) ?? 0) - (own.get(a) ?? 0)).slice(0, top);
  console.log(
    table(
      ['function', 'own %', 'with all it calls %'],
      order.map((place) => [place, share(own.get(place)), share(whole.get(place))]),
    ).join('\n'),
  );
}

function add(sums: Map<string, number>, key: string, us: number): void {
  sums.set(key, (sums.get(key) ?? 0) + us);
}

function placeOf({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  const file = url.startsWith('file:') ? relative(ROOT, fileURLToPath(url)) : url;
  const name = functionName || '(anonymous)';
  return file === '' ? name : `${name}  ${file}:${lineNumber + 1}`;
}
