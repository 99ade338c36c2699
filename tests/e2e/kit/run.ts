/** A program that runs to its end. */
import { spawn } from 'node:child_process';
import type { TestContext } from 'node:test';
import { endAfter } from './cleanup.ts';
import { PATIENCE_MS, within } from './wait.ts';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly ms?: number;
}

export async function run(
  t: TestContext,
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const { input = '', cwd, env = process.env, ms = PATIENCE_MS } = options;
  const child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  endAfter(t, child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  child.stdin.on('error', () => undefined); // it may end before it has read everything
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
  const code = await within(`${program} ${args.join(' ')} ends`, ended, () => `${stdout}\n${stderr}`, ms);
  return { code, stdout, stderr };
}
