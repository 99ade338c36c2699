import type { Brand } from '../base/brand.ts';

/** A name as it is compared: maps of nicks and rooms are keyed by this, never by `string`. */
export type Folded = Brand<string, 'Folded'>;

/**
 * CASEMAPPING=ascii: A-Z and a-z are the same, everything else is itself.
 * https://modern.ircdocs.horse/#casemapping-parameter
 */
export function fold(name: string): Folded {
  const folded = hasUpper(name) ? name.replace(/[A-Z]+/g, (upper) => upper.toLowerCase()) : name;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place that makes this brand
  return folded as Folded;
}

/** Names are short, looked up with every line, and mostly in lower case already: a loop beats any pattern. */
function hasUpper(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code >= 0x41 && code <= 0x5a) return true;
  }
  return false;
}
