/**
 * Breaking text into rows that fit. Breaks fall behind spaces, else between wide letters (which have no spaces), else
 * anywhere. The spaces at a break are dropped; nothing else ever is.
 */
import { cells, type Row, type Span } from './row.ts';

interface Cell {
  readonly text: string;
  readonly width: number;
  readonly look: Span['look'];
}

/** At least one row, none wider than `columns` (two at least, so that a wide letter has a place). */
export function wrap(row: Row, columns: number): Row[] {
  const limit = Math.max(2, columns);
  const rows: Row[] = [];
  let line: Cell[] = [];
  let width = 0;
  /** How many cells of `line` stand before the last place where it may break, and their width. */
  let breakAt = 0;
  let breakWidth = 0;
  const end = (cellsOfRow: readonly Cell[]): void => void rows.push(join(cellsOfRow));
  for (const cell of cells(row)) {
    if (cell.text === '\n') {
      end(line);
      line = [];
      width = breakAt = breakWidth = 0;
      continue;
    }
    if (cell.text === ' ' && width >= limit) {
      // A space that does not fit is the break itself; the row it ends stays as it is.
      if (breakAt !== line.length || line.length > 0) end(withoutSpaces(line));
      line = [];
      width = breakAt = breakWidth = 0;
      continue;
    }
    if (width + cell.width > limit) {
      if (breakAt > 0 && cell.width < 2) {
        end(withoutSpaces(line.slice(0, breakAt)));
        line = line.slice(breakAt);
        width -= breakWidth;
      } else {
        end(withoutSpaces(line));
        line = [];
        width = 0;
      }
      breakAt = breakWidth = 0;
    }
    line.push(cell);
    width += cell.width;
    if (cell.text === ' ' || cell.width === 2) {
      breakAt = line.length;
      breakWidth = width;
    }
  }
  end(line);
  return rows;
}

function withoutSpaces(line: readonly Cell[]): readonly Cell[] {
  let end = line.length;
  while (end > 0 && line[end - 1]?.text === ' ') end -= 1;
  // A row of nothing but spaces is code or art: it stays.
  return end === 0 ? line : line.slice(0, end);
}

function join(line: readonly Cell[]): Row {
  const spans: Span[] = [];
  let text = '';
  let look: Span['look'] | undefined;
  for (const cell of line) {
    if (look !== undefined && cell.look !== look) {
      spans.push({ text, look });
      text = '';
    }
    look = cell.look;
    text += cell.text;
  }
  if (look !== undefined) spans.push({ text, look });
  return spans;
}
