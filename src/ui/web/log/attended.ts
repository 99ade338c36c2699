/**
 * Which row of the log has the attention of a hand: under the pointer, or in the focus. It shows its actions. One row
 * is reached by Tab (roving tabindex); arrows walk from row to row.
 */
export class Attended {
  /** Shows its actions. */
  active: string | undefined;
  /** Had the focus last. Undefined for the newest. */
  roving: string | undefined;
  readonly #redraw: () => void;

  constructor(redraw: () => void) {
    this.#redraw = redraw;
  }

  readonly pointed = (event: PointerEvent): void => {
    if (event.pointerType === 'touch') return; // a finger focuses instead: hovering would open what it scrolls over
    this.#activate(keyOf(event.target));
  };

  readonly pointedAway = (): void => this.#activate(keyOf(document.activeElement));

  readonly focusedIn = (event: FocusEvent): void => {
    const key = keyOf(event.target);
    if (key === undefined) return;
    this.roving = key;
    this.#activate(key);
  };

  readonly focusedOut = (event: FocusEvent): void => {
    if (keyOf(event.relatedTarget) === undefined) this.#activate(undefined);
  };

  /** The letters that act on a message are the row's own. */
  readonly keyPressed = (event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void => {
    const { target } = event;
    if (!(target instanceof HTMLElement) || target.dataset['key'] === undefined) return;
    const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-key]')];
    const next = neighbour(rows, rows.indexOf(target), event.key);
    if (next === undefined) return;
    next.focus();
    event.preventDefault();
  };

  #activate(key: string | undefined): void {
    if (key === this.active) return;
    this.active = key;
    this.#redraw();
  }
}

function neighbour(rows: readonly HTMLElement[], at: number, key: string): HTMLElement | undefined {
  switch (key) {
    case 'ArrowUp':
      return rows[at - 1];
    case 'ArrowDown':
      return rows[at + 1];
    case 'Home':
      return rows[0];
    case 'End':
      return rows.at(-1);
    default:
      return undefined;
  }
}

function keyOf(target: EventTarget | null): string | undefined {
  if (!(target instanceof Element)) return undefined;
  return target.closest<HTMLElement>('.log [data-key]')?.dataset['key'];
}
