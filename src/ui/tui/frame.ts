/** The whole screen as rows: a pure function of what the face and the client know. */
import type { ClientView, RoomView } from '../../core/client/view.ts';
import { headerRow, questionRow, sidebarRows, statusRow } from './bars.ts';
import type { Face } from './face.ts';
import { inputView } from './input-view.ts';
import { layoutOf, type Layout } from './layout.ts';
import { page } from './log.ts';
import { overlayRows } from './overlay.ts';
import { fitRow, MUTED, padRow, span, type Row } from './row.ts';
import { pad, widthOf } from './width.ts';
import { wrap } from './wrap.ts';

export interface Frame {
  /** As many as the terminal has, none wider than it. */
  readonly rows: readonly Row[];
  /** Where the cursor stands; undefined hides it. */
  readonly cursor: { readonly row: number; readonly column: number } | undefined;
}

export function frame(face: Face): Frame {
  const layout = layoutOf(face);
  const { room } = face;
  const shown = room === undefined ? { rows: [], newer: 0 } : page(room, face.window);
  const body = layout.logRows === 0 ? [] : bodyRows(face, layout, shown.rows);
  const question = questionRow(face);
  const input = inputView(face, layout.inputRows);
  const bottom = question === undefined ? input.rows : [question];
  const rows: Row[] = [];
  if (layout.bars) rows.push(headerRow(face));
  rows.push(...body);
  if (layout.bars) rows.push(statusRow(face, shown.newer));
  const top = rows.length;
  rows.push(...bottom);
  while (rows.length < face.rows) rows.push([]);
  const cursor =
    question === undefined && face.mode !== 'list' && face.mode !== 'choose'
      ? { row: top + input.cursor.row, column: input.cursor.column }
      : undefined;
  return { rows: rows.slice(0, face.rows).map((row) => fitRow(row, face.columns)), cursor };
}

function bodyRows(face: Face, { sidebarColumns, logColumns, logRows }: Layout, page: readonly Row[]): Row[] {
  const log =
    face.overlay === undefined ? logBody(face, page, logColumns, logRows) : listBody(face, logColumns, logRows);
  const over = popupRows(face, logColumns, Math.max(0, Math.min(8, logRows - 1)));
  const rows = [...log.slice(0, logRows - over.length), ...over];
  if (sidebarColumns === 0) return rows;
  return sidebarRows(face, sidebarColumns, logRows).map((side, index) => [...side, ...(rows[index] ?? [])]);
}

/** New messages stand at the bottom, next to the input; a room without any says what to do. */
function logBody(face: Face, page: readonly Row[], columns: number, height: number): Row[] {
  const rows = page.length === 0 ? emptyRows(face, columns) : page;
  return [...Array.from({ length: Math.max(0, height - rows.length) }, (): Row => []), ...rows].slice(-height);
}

function emptyRows({ room, view }: Face, columns: number): Row[] {
  return wrap([span(emptyText(room, view), MUTED)], columns - 2).map((row): Row => [span(' '), ...row]);
}

function emptyText(room: RoomView | undefined, view: ClientView): string {
  if (room === undefined || (room.kind === 'server' && view.rooms.length <= 1)) {
    return 'Nothing here yet. /join #general enters a room, /msg NICK TEXT talks to one person, F1 shows the rest.';
  }
  if (room.kind === 'server') return 'Nothing from the server yet.';
  if (room.kind === 'direct') return `Nothing said between you and ${room.name} yet.`;
  if (view.link.state === 'online' && !room.joined) return `You are not in ${room.name}. /join ${room.name} enters it.`;
  return room.joined && room.members.length <= 1
    ? 'You are the first one here. Say something.'
    : 'Nothing said here yet.';
}

function listBody(face: Face, columns: number, height: number): Row[] {
  const { overlay } = face;
  const all = overlay === undefined ? [] : overlayRows(face, overlay, columns - 1);
  const top = Math.max(0, Math.min(overlay?.top ?? 0, all.length - height));
  const rows = all.slice(top, top + height).map((row): Row => [span(' '), ...row]);
  while (rows.length < height) rows.push([]);
  return rows;
}

/** Over the end of the log: candidates with the usage of the command at hand, or the text that was pasted. */
function popupRows(face: Face, columns: number, max: number): Row[] {
  if (max <= 0) return [];
  if (face.paste !== undefined) {
    return face.paste
      .split('\n')
      .slice(0, max)
      .map((line) => padRow([span('┃ ', MUTED), span(line.replaceAll('\t', '  '))], columns));
  }
  const completion = face.popup ?? face.hint;
  if (completion === undefined) return [];
  const tried = face.popup?.tried;
  const room = completion.usage === '' ? max : max - 1;
  const { candidates } = completion;
  const top = Math.max(0, Math.min((tried ?? 0) - Math.floor(room / 2), candidates.length - room));
  const width = Math.max(0, ...candidates.map(({ label }) => widthOf(label)));
  const rows = candidates.slice(top, top + room).map((candidate, index): Row => {
    const chosen = index + top === tried;
    return padRow(
      [
        span(chosen ? '▸ ' : '  '),
        span(pad(candidate.label, width), chosen ? { role: 'chosen' } : { bold: true }),
        span(candidate.hint === '' ? '' : `  ${candidate.hint}`, MUTED),
      ],
      columns,
    );
  });
  if (completion.usage !== '')
    rows.push(padRow([span(completion.usage), span(`  ${completion.about}`, MUTED)], columns));
  return rows;
}
