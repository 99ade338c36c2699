/** A configuration file for tests that load the server on purpose. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { folder } from './cleanup.ts';

/** Flags for a server without flood control, that gives history in pages of this size. */
export function unlimited(t: TestContext, page = 100): string[] {
  const path = join(folder(t), 'parley.toml');
  writeFileSync(path, `[limits]\nfloodControl = false\n\n[history]\nmaxPerRequest = ${page}\n`);
  return ['--config', path];
}
