import { ParleyError } from '../core/base/errors.ts';

/** Runs a verb; when the world refuses, tells the person in one sentence and ends with 1. Our own mistakes go on up. */
export async function told(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error;
    process.stderr.write(`parley: ${error.message}\n`);
    process.exitCode = 1;
  }
}
