/** What this browser and this moment allow, as signals. */
import { signal, type ReadonlySignal } from '@preact/signals';

/** One column: the rooms are behind a button. */
export const narrow = media('(max-width: 599.98px)');
/** Room for a third column. */
export const wide = media('(min-width: 1000px)');

export const focused = signal(document.hasFocus() && document.visibilityState === 'visible');
for (const [target, type] of [
  [globalThis, 'focus'],
  [globalThis, 'blur'],
  [document, 'visibilitychange'],
] as const) {
  target.addEventListener(type, () => {
    focused.value = document.hasFocus() && document.visibilityState === 'visible';
  });
}

/**
 * Where the keyboard of a phone lies over the page instead of making it smaller (iOS), the page is made smaller by
 * hand, so that what is written stays in view. Somebody who has zoomed in sees a part on purpose.
 */
visualViewport?.addEventListener('resize', () => {
  if (visualViewport === null || visualViewport.scale !== 1) return;
  document.documentElement.style.setProperty('--height', `${visualViewport.height}px`);
  scrollTo(0, 0);
});

/** https, or this machine itself. Elsewhere there is no service worker, no notification and no `crypto.subtle`. */
export const secureContext = globalThis.isSecureContext;

/** Chance for the engine: 53 random bits as a number in [0, 1). `getRandomValues` exists without https too. */
export function chance(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
}

function media(query: string): ReadonlySignal<boolean> {
  const list = matchMedia(query);
  const matches = signal(list.matches);
  list.addEventListener('change', () => {
    matches.value = list.matches;
  });
  return matches;
}
