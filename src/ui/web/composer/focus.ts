/** Puts the caret where the person writes, from wherever they are. */
export function focusComposer(): void {
  document.querySelector<HTMLElement>('.composer textarea')?.focus();
}
