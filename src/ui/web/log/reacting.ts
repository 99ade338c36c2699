import { signal } from '@preact/signals';
import type { Folded } from '../../../core/wire/casemap.ts';

/** The message that the emoji picker is open for. */
export const reactingTo = signal<{ readonly room: Folded; readonly key: string; readonly from: string } | undefined>(
  undefined,
);
