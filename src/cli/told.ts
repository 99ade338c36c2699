import { ParleyError } from '../core/base/errors.ts';

/**
 * Runs a verb. When the world refuses, tells the person in one sentence, and the process will end with 1; true then.
 * Our own mistakes go on up.
 */
export async function told(run: () => Promise<void>): Promise<boolean> {
  try {
    await run();
    return false;
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error;
    process.stderr.write(`parley: ${error.message}\n`);
    process.exitCode = 1;
    return true;
  }
}
