/** Waiting for a condition, with a message that helps when it does not come true. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Generous: two cores may be shared with others. Nothing waits this long unless it fails. */
export const PATIENCE_MS = 20_000;

const LOOK_MS = 25;

/** Looks again and again until `look` gives something; for what cannot tell by itself, as files and screens. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  shown: () => string = () => '',
  ms: number = PATIENCE_MS,
): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`Not within ${ms} ms: ${what}\n${shown()}`);
    await sleep(LOOK_MS);
  }
}

/** A promise that fails after a time, saying what was waited for. */
export async function within<T>(
  what: string,
  promise: Promise<T>,
  shown: () => string = () => '',
  ms: number = PATIENCE_MS,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Not within ${ms} ms: ${what}\n${shown()}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
