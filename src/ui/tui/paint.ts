/**
 * The only place that writes escape sequences for looks. Colours are those of the terminal's own palette wherever a
 * role is meant, so that a light theme stays legible; colour is never the only difference between two things.
 */
import type { Look, Role, Row } from './row.ts';
import { clustersOf } from './width.ts';

/** How many colours there are: none (NO_COLOR, or a terminal without), 8, 256, or any. */
export type Depth = 0 | 8 | 256 | 'any';

const RESET = '\x1b[0m';

/** The row as a terminal shows it: starts and ends with the default look. */
export function paint(row: Row, depth: Depth): string {
  let out = '';
  let column = 1;
  let set = '';
  for (const [index, { text, look }] of row.entries()) {
    const codes = sgr(look, depth);
    if (codes !== set) {
      out += codes === '' ? RESET : `${set === '' ? '' : RESET}\x1b[${codes}m`;
      set = codes;
    }
    const clusters = clustersOf(text);
    for (const [place, cluster] of clusters.entries()) {
      out += cluster.text === '\n' ? ' ' : cluster.text;
      column += cluster.width;
      // The terminal may think otherwise of this cluster's width: what follows is put where it belongs.
      const last = place === clusters.length - 1 && index === row.length - 1;
      if (!cluster.sure && !last) out += `\x1b[${column}G`;
    }
  }
  return set === '' ? out : out + RESET;
}

const ROLES: Readonly<Record<Role, { readonly colour: string; readonly style: string }>> = {
  muted: { colour: '', style: '2' },
  accent: { colour: '36', style: '1' },
  error: { colour: '31', style: '1' },
  warning: { colour: '33', style: '' },
  good: { colour: '32', style: '' },
  bar: { colour: '', style: '7' },
  chosen: { colour: '', style: '7' },
  code: { colour: '36', style: '' },
  link: { colour: '34', style: '4' },
  hidden: { colour: '', style: '7' },
};

function sgr(look: Look, depth: Depth): string {
  const codes: string[] = [];
  const role = look.role === undefined ? undefined : ROLES[look.role];
  if (role !== undefined && role.style !== '') codes.push(role.style);
  if (look.bold) codes.push('1');
  if (look.italic) codes.push('3');
  if (look.underline) codes.push('4');
  if (look.strike) codes.push('9');
  if (look.reverse) codes.push('7');
  if (depth !== 0) {
    if (role !== undefined && role.colour !== '') codes.push(role.colour);
    if (look.nick !== undefined) codes.push(nickColour(look.nick, depth));
    if (look.foreground !== undefined) codes.push(colour(look.foreground, depth, 30));
    if (look.background !== undefined) codes.push(colour(look.background, depth, 40));
  }
  return codes.join(';');
}

/** Six colours of the palette without black, white; and of 256 those that can be read on black and on white. */
const NICKS_8: readonly number[] = [31, 32, 33, 34, 35, 36];
const NICKS_256: readonly number[] = [31, 32, 35, 61, 64, 67, 70, 97, 99, 103, 130, 132, 136, 161, 166, 168, 172, 203];

function nickColour(nick: string, depth: Depth): string {
  let hash = 0;
  for (const char of nick) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  if (depth === 8) return String(NICKS_8[hash % NICKS_8.length]);
  return `38;5;${NICKS_256[hash % NICKS_256.length]}`;
}

/** The nearest colour the terminal has; `base` is 30 for the foreground and 40 for the background. */
function colour(hex: string, depth: Depth, base: number): string {
  const value = Number.parseInt(hex.slice(1), 16);
  const [red, green, blue] = [(value >> 16) & 255, (value >> 8) & 255, value & 255];
  if (depth === 'any') return `${base + 8};2;${red};${green};${blue}`;
  if (depth === 256) {
    const step = (part: number): number => Math.round((part / 255) * 5);
    return `${base + 8};5;${16 + 36 * step(red) + 6 * step(green) + step(blue)}`;
  }
  return String(base + (red > 127 ? 1 : 0) + (green > 127 ? 2 : 0) + (blue > 127 ? 4 : 0));
}
