/**
 * Keeps the shell (page, script, styles, icon) so that a second visit works without a network. Rules:
 *
 * - One version is one cache, filled whole or not at all. A page is served from one version, never from two: a new
 *   version waits until the person asks for it, then every open page reloads.
 * - Only the shell's own files are answered from here. Everything else (WebSocket, uploads, metrics) goes to the
 *   network untouched and is never kept.
 *
 * The build writes the two names below; see vite.config.ts.
 */
declare const __SHELL_FILES__: readonly string[];
declare const __SHELL_VERSION__: string;

/** The part of ServiceWorkerGlobalScope that is used here; TypeScript's own types for it exclude those of a page. */
interface Scope {
  readonly location: Location;
  readonly clients: {
    claim(): Promise<void>;
    matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly Page[]>;
    openWindow(url: string): Promise<unknown>;
  };
  skipWaiting(): Promise<void>;
  addEventListener<E>(type: string, listener: (event: E) => void): void;
}
interface Page {
  readonly url: string;
  focus(): Promise<unknown>;
  postMessage(message: unknown): void;
}
interface Waitable {
  waitUntil(work: Promise<unknown>): void;
}

const scope = globalThis as unknown as Scope;
const CACHE = `shell-${__SHELL_VERSION__}`;
const FILES = new Set(__SHELL_FILES__);

scope.addEventListener<Waitable>('install', (event) => event.waitUntil(install()));

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  // `reload` passes by the HTTP cache: a page kept there from the last version would make this one a mixture.
  await cache.addAll([...FILES].map((path) => new Request(path, { cache: 'reload' })));
}

scope.addEventListener<Waitable>('activate', (event) => event.waitUntil(activate()));

async function activate(): Promise<void> {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
  await scope.clients.claim();
}

scope.addEventListener<Waitable & { request: Request; respondWith(answer: Promise<Response>): void }>(
  'fetch',
  (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== 'GET' || url.origin !== scope.location.origin || !FILES.has(url.pathname)) return;
    event.respondWith(kept(url.pathname, request));
  },
);

async function kept(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(request);
}

scope.addEventListener<Waitable & { data: unknown }>('message', (event) => {
  if (event.data === 'take-over') event.waitUntil(scope.skipWaiting());
});

scope.addEventListener<Waitable & { notification: Notification }>('notificationclick', (event) => {
  event.notification.close();
  const hash = typeof event.notification.data === 'string' ? event.notification.data : '';
  event.waitUntil(show(hash));
});

/** Brings an open page to the room, or opens one. */
async function show(hash: string): Promise<void> {
  const [page] = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (page === undefined) return void (await scope.clients.openWindow(`/${hash}`));
  await page.focus();
  page.postMessage({ kind: 'show', hash });
}
