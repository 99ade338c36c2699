/**
 * Where things stand on a screen of any size: rooms at the left, the log beside them, a status line, the input below.
 * Small screens lose the list of rooms first, then the bars; the log and the input always have a row.
 */
import type { Face } from './face.ts';
import { inputRows } from './input-view.ts';

/** Below so many columns the list of rooms is hidden unless asked for; below the second there is none at all. */
const SIDEBAR_COLUMNS_MIN = 60;
const SINGLE_COLUMNS_MIN = 40;
/** Below so many rows only the log and the input are left. */
const BARS_ROWS_MIN = 10;

export interface Layout {
  readonly bars: boolean;
  /** Zero when there is none; its right edge is one column of line. */
  readonly sidebarColumns: number;
  readonly logColumns: number;
  readonly logRows: number;
  /** Rows of strips and popups between the log and the status line. */
  readonly inputRows: number;
}

export function layoutOf(face: Face): Layout {
  const { columns, rows } = face;
  const bars = rows >= BARS_ROWS_MIN;
  const sidebarColumns = bars ? sidebarOf(face) : 0;
  const input = Math.min(inputRows(face), Math.max(1, Math.floor(rows / 3)));
  return {
    bars,
    sidebarColumns,
    logColumns: Math.max(2, columns - sidebarColumns),
    logRows: Math.max(0, rows - input - (bars ? 2 : 0)),
    inputRows: input,
  };
}

function sidebarOf({ columns, sidebar }: Face): number {
  if (columns < SINGLE_COLUMNS_MIN || sidebar === 'hidden') return 0;
  if (columns < SIDEBAR_COLUMNS_MIN && sidebar !== 'shown') return 0;
  return Math.max(14, Math.min(24, Math.floor(columns / 5)));
}
