import type { Retention } from '../../core/ports.ts';

/** `forever`, `90d`, `12h`, `10000 messages`. */
export function parseRetention(value: string): Retention | undefined {
  if (value === 'forever') return { kind: 'forever' };
  const found = /^(\d{1,9}) ?(d|h|days|hours|messages)$/.exec(value);
  const amount = Number(found?.[1]);
  if (found === null || amount === 0) return undefined;
  if (found[2] === 'messages') return { kind: 'rows', rows: amount };
  return { kind: 'age', ageMs: amount * (found[2]?.startsWith('d') === true ? 86_400_000 : 3_600_000) };
}
