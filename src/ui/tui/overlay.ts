/** Lists that stand over the log: the help, made from the registries of keys and commands, and who is in the room. */
import type { Face, Overlay } from './face.ts';
import { BINDINGS, keyLabel, type Mode } from './keymap.ts';
import { MUTED, span, type Row } from './row.ts';
import { pad, widthOf } from './width.ts';
import { wrap } from './wrap.ts';

export function overlayRows(face: Face, overlay: Overlay, columns: number): Row[] {
  return overlay.what === 'help' ? helpRows(face, columns) : memberRows(face, columns);
}

function helpRows({ knowledge }: Face, columns: number): Row[] {
  return [
    heading('Keys (Esc closes this, PgUp and PgDn turn it)'),
    ...table(keysOf('talk'), columns),
    heading('Keys for a chosen message (Up chooses)'),
    ...table(keysOf('choose'), columns),
    heading('Commands (a line that begins with // says a slash)'),
    ...table(
      knowledge.commands.map(({ usage, help }) => [usage, help]),
      columns,
    ),
    heading('Writing'),
    ...table(
      [
        ['**bold**  *italic*', '__underline__  ~~strike~~  ||spoiler||'],
        ['`code`  ```code```', '> quote at the start of a line'],
      ],
      columns,
    ),
  ];
}

function keysOf(mode: Mode): [string, string][] {
  const rows: [string, string][] = BINDINGS.filter((binding) => binding.mode === mode && binding.help !== '').map(
    ({ keys, help }) => [keys.map(keyLabel).join(', '), help],
  );
  if (mode === 'talk') rows.push(['Alt-1 … Alt-9', 'room by its place in the list']);
  return rows;
}

function heading(text: string): Row {
  return [span(text, { bold: true, underline: true })];
}

/** Two columns; on a narrow screen the second goes below the first. */
function table(lines: readonly (readonly [string, string])[], columns: number): Row[] {
  const first = Math.min(Math.max(0, ...lines.map(([left]) => widthOf(left))), Math.floor(columns / 2)) + 2;
  const rows: Row[] = [];
  for (const [left, right] of lines) {
    const beside = wrap([span(right)], columns - first);
    if (widthOf(left) + 2 <= first && columns >= 40) {
      rows.push(
        ...beside.map((row, index): Row => [
          span(index === 0 ? pad(left, first) : ' '.repeat(first), { bold: true }),
          ...row,
        ]),
      );
    } else {
      rows.push(...wrap([span(left, { bold: true })], columns));
      rows.push(...wrap([span(right)], columns - 2).map((row): Row => [span('  '), ...row]));
    }
  }
  return rows;
}

function memberRows({ room }: Face, columns: number): Row[] {
  if (room === undefined || room.members.length === 0) return [heading('Nobody is listed here.')];
  const rows: Row[] = [heading(`${room.members.length} people in ${room.name} (Esc closes this)`)];
  for (const { nick, prefix, away } of room.members) {
    rows.push(
      ...wrap([span(pad(prefix, 2), { bold: true }), span(nick, { nick }), span(away ? '  away' : '', MUTED)], columns),
    );
  }
  return rows;
}
