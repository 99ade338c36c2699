/** What a terminal can show, by what its environment says. */
import type { Depth } from './paint.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** https://no-color.org, and the usual variables. */
export function depthOf({ NO_COLOR, COLORTERM, TERM = '' }: Environment): Depth {
  if (NO_COLOR !== undefined && NO_COLOR !== '') return 0;
  if (/vt1\d\d|vt220|-m$|mono/.test(TERM)) return 0;
  if (COLORTERM === 'truecolor' || COLORTERM === '24bit' || TERM.endsWith('-direct')) return 'any';
  return TERM.includes('256') ? 256 : 8;
}

/** Whether lines are all that can be shown: no terminal, or one that cannot move its cursor. */
export function plainOnly(isTerminal: boolean, { TERM }: Environment): boolean {
  return !isTerminal || TERM === undefined || TERM === '' || TERM === 'dumb';
}
