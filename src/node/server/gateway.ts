/**
 * WEBIRC (https://ircv3.net/specs/extensions/webirc): a trusted gateway says first whom it brings, so that limits and bans
 * mean that person and not the gateway. The hub never sees the line.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Link, Outgoing, Peer } from '../../core/ports.ts';
import type { Received } from '../../core/wire/line-reader.ts';
import { parseMessage } from '../../core/wire/message.ts';
import { isInNetwork, parseNetwork } from '../../core/wire/network.ts';

export interface Gateway {
  /** An address or a network from which it connects. */
  readonly address: string;
  readonly password: string;
}

/** The gateways that may speak from there. */
export function gatewaysAt(gateways: readonly Gateway[], address: string): readonly Gateway[] {
  const from = parseNetwork(address);
  if (from === undefined) return [];
  return gateways.filter((gateway) => {
    const network = parseNetwork(gateway.address);
    return network !== undefined && isInNetwork(network, from);
  });
}

/** Waits for the first line; then hands over the link as that of whoever is behind it, or refuses it with a reason. */
export function afterWebirc(link: Link, gateways: readonly Gateway[], take: (link: Link) => void): void {
  link.onLines = ([first, ...rest]) => {
    const parsed = typeof first === 'string' ? parseMessage(first) : undefined;
    if (first === undefined) return;
    if (parsed?.ok !== true || parsed.message.command !== 'WEBIRC') {
      // The gateway itself, or what is not told apart from it.
      take(link);
      link.onLines([first, ...rest]);
      return;
    }
    // WEBIRC <password> <gateway> <host> <address> [:<options>]
    const [password = '', , , address = '', options = ''] = parsed.message.params;
    // An IPv6 address that begins with a colon has a 0 in front (the specification's own way out).
    const network = parseNetwork(address.replace(/^0::/, '::'));
    if (network === undefined || address.includes('/') || !gateways.some((each) => same(each.password, password))) {
      link.onLines = () => {};
      link.send({ text: 'ERROR :This gateway is not trusted here\r\n' });
      link.close('Gateway refused');
      return;
    }
    const secure = link.peer.secure && options.split(' ').includes('secure');
    const brought = new BroughtLink(link, { ...link.peer, address: address.replace(/^0::/, '::'), secure });
    take(brought);
    if (rest.length > 0) brought.onLines(rest);
  };
}

function same(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}

/** A gateway's link, seen as that of who is behind it. */
class BroughtLink implements Link {
  readonly peer: Peer;
  readonly #link: Link;

  constructor(link: Link, peer: Peer) {
    this.#link = link;
    this.peer = peer;
  }

  get onLines(): (lines: readonly Received[]) => void {
    return this.#link.onLines;
  }
  set onLines(handler: (lines: readonly Received[]) => void) {
    this.#link.onLines = handler;
  }
  get onClosed(): (reason: string) => void {
    return this.#link.onClosed;
  }
  set onClosed(handler: (reason: string) => void) {
    this.#link.onClosed = handler;
  }
  set onEnded(handler: () => void) {
    this.#link.onEnded = handler;
  }
  get queuedBytes(): number {
    return this.#link.queuedBytes;
  }
  send(lines: Outgoing): void {
    this.#link.send(lines);
  }
  pause(): void {
    this.#link.pause();
  }
  resume(): void {
    this.#link.resume();
  }
  close(reason: string): void {
    this.#link.close(reason);
  }
}
