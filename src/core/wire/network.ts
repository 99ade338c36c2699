/** Networks as people write them: `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`. Text in, text compared; no name is looked up. */

export interface Network {
  readonly family: 4 | 6;
  /** The address as a number, of which the first `length` bits count. */
  readonly value: bigint;
  readonly length: number;
}

const BITS = { 4: 32, 6: 128 } as const;

/** Reads an address or a network; undefined for anything else. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', suffix, more] = text.split('/');
  const family = address.includes(':') ? 6 : 4;
  const value = family === 6 ? readSix(address) : readFour(address);
  const length = suffix === undefined ? BITS[family] : /^\d{1,3}$/.test(suffix) ? Number(suffix) : Infinity;
  if (value === undefined || more !== undefined || length > BITS[family]) return undefined;
  return { family, value, length };
}

export function isInNetwork({ family, value, length }: Network, address: Network): boolean {
  const rest = BigInt(BITS[family] - length);
  return address.family === family && address.value >> rest === value >> rest;
}

/** The one way to write it: without the bits that do not count. */
export function formatNetwork({ family, value, length }: Network): string {
  const rest = BigInt(BITS[family] - length);
  const masked = (value >> rest) << rest;
  const part = family === 4 ? 8n : 16n;
  const words: string[] = [];
  for (let shift = BigInt(BITS[family]) - part; shift >= 0n; shift -= part)
    words.push(((masked >> shift) & ((1n << part) - 1n)).toString(family === 4 ? 10 : 16));
  const address = family === 4 ? words.join('.') : words.join(':').replace(/(^|:)0(:0)+(:|$)/, '::');
  return length === BITS[family] ? address : `${address}/${length}`;
}

function readFour(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function readSix(text: string): bigint | undefined {
  const [head = '', tail, more] = text.split('::');
  const groups = (half: string): string[] => (half === '' ? [] : half.split(':'));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const missing = 8 - before.length - after.length;
  if (more !== undefined || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const all = [...before, ...Array.from({ length: missing }, () => '0'), ...after];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return all.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}
