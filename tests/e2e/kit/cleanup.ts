/** Ends what a test started: in reverse order, each waited for, on success and on failure alike. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

type Act = () => unknown;

const acts = new WeakMap<TestContext, Act[]>();

/** Runs `act` after the test; what was registered last runs first. */
export function cleanup(t: TestContext, act: Act): void {
  const known = acts.get(t);
  if (known !== undefined) {
    known.push(act);
    return;
  }
  const list = [act];
  acts.set(t, list);
  t.after(async () => {
    const faults: unknown[] = [];
    for (const each of list.toReversed()) {
      try {
        await each();
      } catch (error) {
        faults.push(error);
      }
    }
    if (faults.length > 0) throw new AggregateError(faults, 'Something could not be cleaned up.');
  });
}

/** An empty folder that is gone after the test. */
export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'parley-e2e-'));
  cleanup(t, () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}

/** Children that live. Also a test that is cut off leaves none of them behind. */
const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
// The runner's way to end a file that takes too long; without this the handler above would not run.
process.once('SIGTERM', () => process.exit(143));

/** Makes sure, by its pid, that a child does not outlive the test. */
export function endAfter(t: TestContext, child: ChildProcess): void {
  children.add(child);
  child.once('exit', () => children.delete(child));
  cleanup(t, () => end(child));
}

/** Resolves when the process is gone. */
export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}
