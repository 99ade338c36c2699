/** Registers the service worker, and tells when a newer version of the shell is ready. */
import { signal } from '@preact/signals';

/** Called to change to the version that is ready; undefined while there is none. */
export const newVersion = signal<(() => void) | undefined>(undefined);

/** Service workers exist only where nobody in between can change what is sent: https, or this machine itself. */
export function registerWorker(onShow: (hash: string) => void): void {
  if (!('serviceWorker' in navigator)) return;
  const container = navigator.serviceWorker;
  let controlled = container.controller !== null;
  container.addEventListener('controllerchange', () => {
    // The first worker takes a page of its own version under its wing; a later one is another version.
    if (controlled) location.reload();
    controlled = true;
  });
  container.addEventListener('message', (event: MessageEvent<unknown>) => {
    const hash = shownHash(event.data);
    if (hash !== undefined) onShow(hash);
  });
  container.register(scriptUrl('/sw.js')).then(watch, () => undefined); // without it the page works, only not offline
}

function watch(registration: ServiceWorkerRegistration): void {
  const offer = (worker: ServiceWorker | null): void => {
    if (worker === null || navigator.serviceWorker.controller === null) return;
    newVersion.value = () => worker.postMessage('take-over');
  };
  offer(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed') offer(worker);
    });
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') registration.update().catch(() => undefined);
  });
}

function shownHash(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('hash' in data)) return undefined;
  return typeof data.hash === 'string' ? data.hash : undefined;
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

/** With `require-trusted-types-for 'script'` the worker's address must come from a policy; this one knows one address. */
function scriptUrl(path: '/sw.js'): string {
  const trusted = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  if (trusted === undefined) return path;
  return trusted.createPolicy('parley', { createScriptURL: () => path }).createScriptURL(path);
}
