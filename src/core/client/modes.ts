import type { Engine } from './engine.ts';
import type { Room } from './room.ts';

/** Changes of one MODE that are looked at: a line has room for some hundred. */
const CHANGES_MAX = 100;

/** Applies `+ov ann bob` to the ranks of members. Other modes are told in the timeline and not kept. */
export function changeModes(engine: Engine, room: Room, params: readonly string[]): void {
  const { facts } = engine;
  const [letters = '', ...rest] = params;
  const [lists = '', always = '', whenSet = ''] = facts.modeKinds;
  let adding = true;
  let next = 0;
  for (const letter of letters.slice(0, CHANGES_MAX)) {
    if (letter === '+' || letter === '-') adding = letter === '+';
    else if (facts.prefixModes.includes(letter)) setRank(engine, room, rest[next++] ?? '', letter, adding);
    else if (lists.includes(letter) || always.includes(letter) || (adding && whenSet.includes(letter))) {
      const param = rest[next++];
      if (letter === 'k') room.key = adding ? (param ?? '') : '';
    }
  }
}

function setRank(engine: Engine, room: Room, nick: string, letter: string, adding: boolean): void {
  const { facts } = engine;
  const folded = facts.fold(nick);
  const member = room.people.get(folded);
  const symbol = facts.prefixSymbols.charAt(facts.prefixModes.indexOf(letter));
  if (member === undefined || symbol === '' || member.prefix.includes(symbol) === adding) return;
  const held = adding ? member.prefix + symbol : member.prefix.replace(symbol, '');
  const prefix = [...facts.prefixSymbols].filter((rank) => held.includes(rank)).join('');
  room.people.set(folded, { ...member, prefix });
}
