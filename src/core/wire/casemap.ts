import type { Brand } from '../base/brand.ts';

/** A name as it is compared: maps of nicks and rooms are keyed by this, never by `string`. */
export type Folded = Brand<string, 'Folded'>;

/**
 * CASEMAPPING=ascii: A-Z and a-z are the same, everything else is itself.
 * https://modern.ircdocs.horse/#casemapping-parameter
 */
export function fold(name: string): Folded {
  return (/[A-Z]/.test(name) ? name.replace(/[A-Z]+/g, (upper) => upper.toLowerCase()) : name) as Folded;
}
