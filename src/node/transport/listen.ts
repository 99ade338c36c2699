/** Opens the ports behind an address as people write it: `localhost` and `*` stand for IPv4 and IPv6 together. */
import { ParleyError } from '../../core/base/errors.ts';
import type { Address } from '../address.ts';
import type { Door } from './door.ts';

/** The second of a pair may be missing: many machines have no IPv6. */
const PAIRS: Readonly<Record<string, readonly [string, string]>> = {
  localhost: ['127.0.0.1', '::1'],
  '*': ['0.0.0.0', '::'],
};

export async function openDoors<D extends Door>(
  address: Address,
  listen: (address: Address) => Promise<D>,
): Promise<D[]> {
  const pair = PAIRS[address.host];
  if (pair === undefined) return [await listen(address)];
  const [first, second] = pair;
  const door = await listen({ host: first, port: address.port });
  try {
    // A port that the system chose serves both.
    return [door, await listen({ host: second, port: door.address.port })];
  } catch (error) {
    if (error instanceof ParleyError && error.code === 'listen/no-such-address') return [door];
    if (error instanceof ParleyError && address.port === 0) return [door];
    door.close();
    throw error;
  }
}
