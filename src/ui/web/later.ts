/** Loads the part of the page that is not needed to read and write, once. The service worker keeps it as well. */
import { signal } from '@preact/signals';

export type Later = typeof import('./screens/later.ts');

export const later = signal<Later | 'failed' | undefined>(undefined);

let loading: Promise<void> | undefined;

export function loadLater(): Promise<void> {
  loading ??= import('./screens/later.ts').then(
    (part) => {
      later.value = part;
    },
    () => {
      later.value = 'failed';
      loading = undefined; // the link may be back next time
    },
  );
  return loading;
}

/** The part, if it is here. */
export function loadedLater(): Later | undefined {
  return typeof later.value === 'object' ? later.value : undefined;
}
