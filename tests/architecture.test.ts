/**
 * The rules of the house that a compiler does not see: who may import whom, and that the core touches nothing.
 * ARCHITECTURE.md explains them; this keeps it true.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

const ROOT = resolve(import.meta.dirname, '..');

/** Each part, and what it may import besides itself. The first row whose path fits counts. */
const MAY_IMPORT: readonly (readonly [part: string, from: readonly string[]])[] = [
  ['src/core/base', []],
  ['src/core/wire', ['src/core/base']],
  ['src/core/ports.ts', ['src/core/hub/entry.ts', 'src/core/wire']],
  ['src/core/hub', ['src/core/base', 'src/core/wire', 'src/core/ports.ts']],
  ['src/core/client', ['src/core/base', 'src/core/wire', 'src/core/ports.ts']],
  ['src/node/address.ts', []],
  ['src/node/log', ['src/core']],
  ['src/node/identity', ['src/core']],
  ['src/node/accounts', ['src/core']],
  ['src/node/transport', ['src/core', 'src/node/address.ts', 'src/node/identity']],
  ['src/node/server', ['src/core', 'src/node/address.ts', 'src/node/identity']],
  ['src/ui/shared', ['src/core']],
  ['src/ui/tui', ['src/core', 'src/ui/shared']],
  ['src/ui/web', ['src/core', 'src/ui/shared']],
  ['src/cli', ['src', 'package.json']],
];

/** Packages that only one part may use, so that the rest of the house can do without them. */
const CORE_WORDS =
  /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|setTimeout|setInterval|setImmediate|process\.|crypto\.|async |await |Promise<)/;

interface Source {
  readonly path: string;
  readonly text: string;
}

function sources(folder: string): Source[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.test.ts'))
    .map((name) => ({ path: join(folder, name), text: readFileSync(join(ROOT, folder, name), 'utf8') }));
}

/** Every import that breaks a rule, as `a.ts → b.ts`. */
function brokenImports(all: readonly Source[]): string[] {
  const broken: string[] = [];
  for (const { path, text } of all) {
    const row = MAY_IMPORT.find(([part]) => path === part || path.startsWith(`${part}/`));
    if (row === undefined) {
      broken.push(`${path} is in no part of the house`);
      continue;
    }
    const [part, from] = row;
    for (const [, fixed, lazy] of text.matchAll(
      /^(?:import |(?:import|export|\}).* from )'([^']+)';$|\bimport\('([^']+)'\)/gm,
    )) {
      const target = fixed ?? lazy ?? '';
      if (!target.startsWith('.')) {
        if (path.startsWith('src/core/') || path.startsWith('src/ui/shared/')) broken.push(`${path} → ${target}`);
        continue;
      }
      const to = relative(ROOT, resolve(ROOT, dirname(path), target));
      const allowed = [part, ...from].some((one) => to === one || to.startsWith(`${one}/`));
      if (!allowed) broken.push(`${path} → ${to}`);
    }
  }
  return broken;
}

/** Lines of the core that reach for a clock, for chance, for the machine, or that wait. */
function impure(all: readonly Source[]): string[] {
  const found: string[] = [];
  for (const { path, text } of all) {
    if (!path.startsWith('src/core/') || path === 'src/core/ports.ts') continue;
    for (const [index, line] of text.split('\n').entries()) {
      const code = line.replace(/\/\/.*$|^\s*\*.*$|^\s*\/\*.*$/g, '').replace(/'[^']*'|`[^`]*`/g, "''");
      if (CORE_WORDS.test(code)) found.push(`${path}:${index + 1} ${line.trim()}`);
    }
  }
  return found;
}

const all = sources('src');

test('imports go inward only', () => assert.deepEqual(brokenImports(all), []));

test('the core has no clock, no chance, no machine, and never waits', () => assert.deepEqual(impure(all), []));

test('these rules notice a violation', () => {
  const planted: Source[] = [
    { path: 'src/core/hub/x.ts', text: "import { Client } from '../client/client.ts';" },
    { path: 'src/core/wire/x.ts', text: "import net from 'node:net';" },
    { path: 'src/node/server/x.ts', text: "import { listenTcp } from '../transport/tcp.ts';" },
    { path: 'src/other/x.ts', text: '' },
  ];
  assert.equal(brokenImports(planted).length, planted.length);
  assert.equal(impure([{ path: 'src/core/hub/x.ts', text: 'const at = Date.now();\nawait at;' }]).length, 2);
});
