import { createHmac } from 'node:crypto';
import { isLoopback } from '../address.ts';
import { network } from './gate.ts';

const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789'; // no l, o, 0, 1: people read these out

/**
 * The host that others see: always the same for one address (IPv6: network), so that a ban holds, and without the
 * key no way back to the address. Eight letters are 40 bits, enough that two people hardly ever share one.
 */
export function cloak(address: string, key: Uint8Array): string {
  if (address === '' || isLoopback(address)) return 'localhost';
  const digest = createHmac('sha256', key).update(network(address)).digest();
  let name = '';
  for (let i = 0; i < 8; i++) name += LETTERS[(digest[i] ?? 0) % LETTERS.length];
  return `${name}.user.parley`;
}
