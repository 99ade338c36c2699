import type { Chance } from './client.ts';

/** Quick at first, because most breaks are short; never slower than half a minute, because people wait. */
const WAITS_MS = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000];

/**
 * How long to wait before try number `attempt` (the first is 1). Chance moves it by a quarter either way, so that a
 * restarted server does not meet all its clients in the same moment.
 */
export function backoffMs(attempt: number, chance: Chance): number {
  const base = WAITS_MS[Math.min(attempt, WAITS_MS.length) - 1] ?? 1_000;
  return Math.round(base * (0.75 + 0.5 * chance()));
}
