/** Medians, tables and marks: how the bench puts figures on paper. */

/** The middle one: a single disturbed round does not move it. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** `median (lowest to highest)`, so that the reader sees how much the rounds disagree. */
export function spread(values: readonly number[], format: (value: number) => string): string {
  if (values.length === 0) return 'no result';
  if (values.length === 1) return format(values[0] ?? Number.NaN);
  return `${format(median(values))} (${format(Math.min(...values))} to ${format(Math.max(...values))})`;
}

/** Three figures that count: 12.3 M, 845 k, 0.52. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const [scaled, unit] = value >= 1e6 ? [value / 1e6, ' M'] : value >= 1e4 ? [value / 1e3, ' k'] : [value, ''];
  return `${scaled >= 100 ? scaled.toFixed(0) : scaled >= 10 ? scaled.toFixed(1) : scaled.toFixed(2)}${unit}`;
}

/** A table in Markdown whose columns also line up in a terminal. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (column === 0 ? (cells[column] ?? '').padEnd(width) : (cells[column] ?? '').padStart(width))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)];
}

export interface Target {
  readonly what: string;
  /** The figure against its bound, both as a reader wants to see them. */
  readonly figure: string;
  readonly bound: string;
  /** Undefined: nothing to compare with in this run, or a run too disturbed to tell. */
  readonly met: boolean | undefined;
}

export function targetTable(targets: readonly Target[]): string[] {
  return table(
    ['target', 'measured', 'wanted', ''],
    targets.map((t) => [t.what, t.figure, t.bound, t.met === undefined ? 'unsure' : t.met ? 'pass' : 'FAIL']),
  );
}
