/**
 * Rows onto a terminal. Only lines that differ from what was written are written again, all in one buffer, inside a
 * synchronized update (https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036) so that nothing is
 * seen half drawn. While the terminal has not taken a frame, none is made: it catches up with the newest in one.
 */
import type { Frame } from './frame.ts';
import { paint, type Depth } from './paint.ts';
import { rowWidth } from './row.ts';

/** Where frames go: `done` is called when the terminal has taken the text. At most one write is under way. */
export type Write = (text: string, done: () => void) => void;

export class Screen {
  /** Called when the terminal has taken a frame after frames were skipped. */
  onReady: () => void = () => {};
  #lines: (string | undefined)[] = [];
  #cursor = '';
  #columns = 0;
  #busy = false;
  #skipped = false;
  /** The bell, or something for the clipboard: goes with the next frame, never into the middle of one. */
  #aside = '';
  readonly #write: Write;
  readonly #depth: Depth;

  constructor(write: Write, depth: Depth) {
    this.#write = write;
    this.#depth = depth;
  }

  /** Whether the terminal has not taken the last frame yet. */
  get busy(): boolean {
    return this.#busy;
  }

  /** The terminal may show anything: the next frame is drawn whole. */
  forget(): void {
    this.#lines = [];
    this.#cursor = '';
  }

  /** Only the last of several is kept: nobody needs ten bells, or a clipboard that changes ten times. */
  put(aside: string): void {
    this.#aside = aside;
  }

  draw(frame: Frame, columns: number): void {
    if (this.#busy) {
      this.#skipped = true;
      return;
    }
    if (columns !== this.#columns) this.forget();
    this.#columns = columns;
    const difference = this.#difference(frame, columns);
    const text = this.#aside + (difference === '' ? '' : `\x1b[?2026h${difference}\x1b[?2026l`);
    this.#aside = '';
    if (text === '') return;
    this.#busy = true;
    this.#write(text, () => {
      this.#busy = false;
      if (!this.#skipped) return;
      this.#skipped = false;
      this.onReady();
    });
  }

  #difference({ rows, cursor }: Frame, columns: number): string {
    let text = '';
    for (const [index, row] of rows.entries()) {
      const line = paint(row, this.#depth);
      if (line === this.#lines[index]) continue;
      this.#lines[index] = line;
      // A full line has no rest, and erasing behind it would take its last character.
      text += `\x1b[${index + 1};1H${line}${rowWidth(row) < columns ? '\x1b[K' : ''}`;
    }
    this.#lines.length = rows.length;
    const place = cursor === undefined ? '\x1b[?25l' : `\x1b[${cursor.row + 1};${cursor.column + 1}H\x1b[?25h`;
    if (text === '' && place === this.#cursor) return '';
    this.#cursor = place;
    // The cursor does not wander over the screen while lines are written.
    return text === '' ? place : `\x1b[?25l${text}${place}`;
  }
}
