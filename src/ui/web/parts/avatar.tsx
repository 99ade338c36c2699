import { fold } from '../../../core/wire/casemap.ts';

const HUES = 10;

/** The same name has the same hue everywhere (FNV-1a, with its high bits folded into the low ones). */
export function hueClass(nick: string): string {
  let hash = 0x811c9dc5;
  for (const letter of fold(nick)) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return `hue-${((hash ^ (hash >>> 15)) >>> 0) % HUES}`;
}

export function Avatar({ nick, small = false }: { nick: string; small?: boolean }) {
  const [initial = '?'] = nick.replace(/^[^\p{L}\p{N}]+/u, '') || nick;
  return (
    <span class={`avatar ${hueClass(nick)}${small ? ' small' : ''}`} aria-hidden="true">
      {initial.toUpperCase()}
    </span>
  );
}
