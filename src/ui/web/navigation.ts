/**
 * Where the person is: a room (in the address, so that links and Back work) and perhaps something laid over it
 * (in the history entry, so that Back closes it on a phone).
 */
import { signal } from '@preact/signals';
import { password } from './preferences.ts';
import { formatRoute, parseInvitation, parseRoute, type Route } from './route.ts';

export type Overlay = 'rooms' | 'members' | 'room' | 'join' | 'settings' | 'help' | 'palette' | 'react';

export const overlay = signal<Overlay | undefined>(undefined);

/** What the address asks for; undefined when it names no room. */
export const route = signal<Route | undefined>(undefined);

export function startNavigation(): void {
  read();
  addEventListener('popstate', read);
}

/** Goes to a room. What was laid over the last one is gone, and Back leads to that room. */
export function goTo(next: Route): void {
  const hash = formatRoute(next);
  if (overlay.value !== undefined || route.value === undefined) history.replaceState(null, '', hash);
  else if (hash !== location.hash) history.pushState(null, '', hash);
  overlay.value = undefined;
  route.value = next;
}

export function openOverlay(name: Overlay): void {
  if (overlay.value === name) return;
  if (overlay.value === undefined) history.pushState({ overlay: name }, '', location.hash);
  overlay.value = name;
}

export function closeOverlay(): void {
  if (overlay.value === undefined) return;
  overlay.value = undefined;
  if (isOverlaid(history.state)) history.back();
}

function read(): void {
  const invitation = parseInvitation(location.hash);
  if (invitation !== undefined) {
    password.value = invitation.key;
    // The key is a secret: it leaves the address bar, and with it the history and any screenshot.
    const room = invitation.room === undefined ? '' : formatRoute({ room: invitation.room });
    history.replaceState(null, '', `${location.pathname}${room}`);
  }
  if (isOverlaid(history.state) && overlay.value === undefined) history.replaceState(null, '', location.hash);
  else overlay.value = undefined;
  const next = parseRoute(location.hash);
  if (next === undefined || formatRoute(next) !== (route.value && formatRoute(route.value))) route.value = next;
}

function isOverlaid(state: unknown): boolean {
  return typeof state === 'object' && state !== null && 'overlay' in state;
}
