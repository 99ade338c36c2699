/** The input as rows, and where the terminal's cursor stands in it. */
import type { Face } from './face.ts';
import { MUTED, span, type Row } from './row.ts';
import { clustersOf, fit, widthOf } from './width.ts';

export interface InputView {
  readonly rows: readonly Row[];
  readonly cursor: { readonly row: number; readonly column: number };
}

/** The text broken at the edge; a long text scrolls so that the cursor stays in view. */
export function inputView(face: Face, height: number): InputView {
  const secret = face.mode === 'password';
  const { text, cursor } = secret ? face.password : face.input;
  const prompt = fit(promptOf(face), Math.max(2, face.columns - 6));
  const start = widthOf(prompt);
  const columns = Math.max(1, face.columns - start - 1);
  const lines: string[] = [''];
  let at = { row: 0, column: 0 };
  let offset = 0;
  let width = 0;
  for (const cluster of clustersOf(text)) {
    if (cluster.text !== '\n' && width + cluster.width > columns) {
      lines.push('');
      width = 0;
    }
    if (offset === cursor) at = { row: lines.length - 1, column: width };
    if (cluster.text === '\n') {
      lines.push('');
      width = 0;
    } else {
      lines[lines.length - 1] += secret ? '*'.repeat(cluster.width) : cluster.text;
      width += cluster.width;
    }
    offset += cluster.text.length;
  }
  if (offset <= cursor) at = { row: lines.length - 1, column: width };
  const top = Math.max(0, Math.min(at.row - Math.floor(height / 2), lines.length - height));
  const rows = lines
    .slice(top, top + height)
    .map((line, index): Row => [span(index + top === 0 ? prompt : ' '.repeat(start), MUTED), span(line)]);
  return { rows, cursor: { row: at.row - top, column: at.column + start } };
}

/** How many rows the whole input would take. */
export function inputRows(face: Face): number {
  return inputView(face, Number.MAX_SAFE_INTEGER).rows.length;
}

function promptOf({ mode, replyTo, view }: Face): string {
  if (mode === 'password') return 'Password: ';
  return replyTo === undefined ? '> ' : `↳ ${fit(replyTo.own ? view.nick : replyTo.from, 12)} > `;
}
