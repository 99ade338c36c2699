import { fold } from '../wire/casemap.ts';

/** What may stand in a nick: `ann` is not named by `anna`, nor by `ann-marie`. */
const IN_NICK = /[\p{L}\p{N}_[\]\\`^{|}-]/u;

/** Does the text name this nick as a word of its own? */
export function mentions(text: string, nick: string): boolean {
  if (nick === '') return false;
  const name = fold(nick);
  const hay = fold(text);
  for (let at = hay.indexOf(name); at !== -1; at = hay.indexOf(name, at + 1)) {
    if (!IN_NICK.test(hay.charAt(at - 1)) && !IN_NICK.test(hay.charAt(at + name.length))) return true;
  }
  return false;
}
