/** `parley serve`. The store opens on a thread of its own while the code for the rest is loaded. */
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { readSettings, type ServeFlags } from './serve-settings.ts';
import { openStore } from './serve-store.ts';
import { told } from './told.ts';

export async function serve(flags: ServeFlags): Promise<void> {
  // The terminal or the script that started us may be gone; the server goes on.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  shareCompiledCode();
  let failed: boolean;
  try {
    failed = await told(async () => {
      const settings = await readSettings(flags, process.env, Date.now());
      const [store, { run }] = await Promise.all([openStore(settings), import('./serve-run.ts')]);
      await run(flags, settings, store);
    });
  } catch (error) {
    failed = true; // a mistake of ours
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  }
  // Half of the doors may be open, or the store's thread, which would keep the process alive.
  if (failed) process.exit(1);
}

/** Threads do not take over the launcher's cache of compiled code, but look here; the storage thread starts twice as fast. */
function shareCompiledCode(): void {
  const directory = getCompileCacheDir();
  if (directory !== undefined) process.env['NODE_COMPILE_CACHE'] ??= dirname(directory);
}
