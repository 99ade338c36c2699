/**
 * What people, rooms and masks may be called. All of it is peer input, so every check is a plain loop over characters
 * with a limit on their number; no peer's text is ever made into a regular expression.
 */
import { fold } from './casemap.ts';
import { utf8Length } from './utf8.ts';

/** A room's name stands in every line of the room; RFC 2812 §1.3 allows 50, other servers up to 200. */
export const ROOM_NAME_BYTES_MAX = 200;

/** RFC 2812 §2.3.1: letters, digits, `[ ] \ ` _ ^ { | } -`, and no digit or hyphen first. */
const NICK = /^[A-Za-z[\]\\`_^{|}][A-Za-z0-9[\]\\`_^{|}-]*$/;

/**
 * May a person be called this? ASCII only: two names that look alike but differ (Latin and Cyrillic `a`) would let one
 * person pass for another, and a name must be typable by everybody who wants to address it.
 */
export function isNick(text: string, lengthMax: number): boolean {
  return text.length <= lengthMax && NICK.test(text);
}

/**
 * What no room's name may hold: spaces and commas separate names on the wire, BEL is excluded by RFC 2812 §1.3, and
 * characters that show nothing or turn the direction of writing make two names look the same.
 */
const NOT_IN_ROOM_NAME = /[\s,\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;

/** May a room be called this? It begins with `#` and has something behind it; any script is welcome. */
export function isRoomName(text: string, lengthMax: number): boolean {
  return (
    text.length >= 2 &&
    text.length <= lengthMax &&
    text.startsWith('#') &&
    utf8Length(text) <= ROOM_NAME_BYTES_MAX &&
    !NOT_IN_ROOM_NAME.test(text)
  );
}

/**
 * A user name as others see it (`nick!user@host`), made from what a client said: only letters, digits and `-._` stay,
 * so that it cannot break a mask or a message source. Empty when nothing is left.
 */
export function cleanUserName(text: string, lengthMax: number): string {
  return text
    .slice(0, lengthMax * 4) // enough to find `lengthMax` good ones in any honest name
    .replace(/[^A-Za-z0-9._-]/g, '')
    .slice(0, lengthMax);
}

// --------------------------------------------------------------------------------------------------- Masks

export interface Hostmask {
  readonly nick: string;
  readonly user: string;
  readonly host: string;
}

/** Takes `nick!user@host` apart; what is missing is empty. A server's name comes back as the nick. */
export function parseHostmask(text: string): Hostmask {
  const at = text.lastIndexOf('@');
  const rest = at === -1 ? text : text.slice(0, at);
  const bang = rest.indexOf('!');
  return {
    nick: bang === -1 ? rest : rest.slice(0, bang),
    user: bang === -1 ? '' : rest.slice(bang + 1),
    host: at === -1 ? '' : text.slice(at + 1),
  };
}

/**
 * Fills a mask up to `nick!user@host`: `ann` means `ann!*@*`, `ann@host` means `*!ann@host`, and a name with a dot or
 * a colon, which no nick has, means a host. Runs of `*` become one.
 */
export function normalizeMask(mask: string): string {
  const bang = mask.indexOf('!');
  const at = mask.indexOf('@', bang + 1);
  let nick = bang === -1 ? '' : mask.slice(0, bang);
  let user = mask.slice(bang + 1, at === -1 ? mask.length : at);
  let host = at === -1 ? '' : mask.slice(at + 1);
  if (bang === -1 && at === -1) {
    if (/[.:]/.test(mask)) [user, host] = ['', mask];
    else [nick, user] = [mask, ''];
  }
  return `${nick || '*'}!${user || '*'}@${host || '*'}`.replace(/\*{2,}/g, '*');
}

/**
 * Does the text match the mask, in which `*` stands for any characters and `?` for one? Upper and lower case are the
 * same (`fold`). Only the last `*` is ever tried again, because an earlier one that took more could not help; so the
 * work is at most the product of the two lengths, whatever a peer writes.
 */
export function matchMask(mask: string, text: string): boolean {
  const pattern = fold(mask);
  const name = fold(text);
  let p = 0;
  let n = 0;
  let star = -1;
  let starTook = 0;
  while (n < name.length) {
    if (pattern[p] === '*') {
      star = p++;
      starTook = n;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) {
      p++;
      n++;
    } else if (star !== -1) {
      p = star + 1;
      n = ++starTook;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
