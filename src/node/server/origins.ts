import { isLoopback } from '../address.ts';

/**
 * Whether a page may talk to a web door. Browsers let any page open a WebSocket to this computer, so a server that is
 * open to this computer only must not take its own address for a proof: it listens to pages of this computer and to
 * those that the configuration names (behind a proxy, say). Looking at the page's own name also stops a foreign name
 * that was made to point here. A server that others can reach asks everybody the same, so pages do not matter: no
 * cookie or other credential of a browser is ever used.
 */
export function mayUse(origin: string, doorHost: string, allowed: readonly string[]): boolean {
  if (!isLoopback(doorHost) || allowed.includes(origin)) return true;
  return URL.canParse(origin) && isLoopback(new URL(origin).hostname.replace(/^\[|\]$/g, ''));
}
