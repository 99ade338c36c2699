/**
 * Masks on a room's lists. Besides `nick!user@host` they may be, as RPL_ISUPPORT tells (EXTBAN):
 *
 * - `a:NAME` who is logged in to that account (https://ircv3.net/specs/extensions/account-extban),
 * - `c:#ROOM` who is in that room,
 * - `m:MASK` who may come in but not speak.
 *
 * A `~` or `$` in front, which other servers want, is accepted.
 */
import { fold } from '../../wire/casemap.ts';
import { matchMask, normalizeMask } from '../../wire/names.ts';
import type { Person } from '../person.ts';
import type { ListEntry, ListLetter, Room } from '../room.ts';

export const EXTBANS = 'acm';

/** The one way to write this mask. */
export function normalizeBan(mask: string): string {
  const extended = /^[~$]?([acm]):(.+)$/s.exec(mask);
  if (extended === null) return normalizeMask(mask);
  const [, kind = '', rest = ''] = extended;
  return `${kind}:${kind === 'm' ? normalizeBan(rest) : rest}`;
}

export function isListed(room: Room, letter: ListLetter, person: Person): boolean {
  return room.lists[letter].some(({ mask }) => matches(mask, person));
}

/** May not come in, and not speak. */
export function isBanned(room: Room, person: Person): boolean {
  return room.lists.b.length > 0 && isListed(room, 'b', person) && !isListed(room, 'e', person);
}

/** May not speak. */
export function isMuted(room: Room, person: Person): boolean {
  return room.lists.b.length > 0 && mutes(room.lists.b, person) && !excepts(room, person);
}

function excepts(room: Room, person: Person): boolean {
  return mutes(room.lists.e, person) || isListed(room, 'e', person);
}

function mutes(list: readonly ListEntry[], person: Person): boolean {
  return list.some(({ mask }) => mask.startsWith('m:') && matches(mask.slice(2), person));
}

function matches(mask: string, person: Person): boolean {
  if (mask.charCodeAt(1) !== COLON) return matchMask(mask, person.prefix);
  switch (mask[0]) {
    case 'a':
      return person.account !== '' && matchMask(mask.slice(2), person.account);
    case 'c': {
      const folded = fold(mask.slice(2));
      for (const room of person.rooms.keys()) if (room.folded === folded) return true;
      return false;
    }
    case 'm':
      return false; // a mute is no ban
    default:
      return matchMask(mask, person.prefix);
  }
}

const COLON = 0x3a;
