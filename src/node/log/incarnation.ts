import { randomInt } from 'node:crypto';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Ten of 36 letters are 51 bits: two stores that share one by chance are not to be expected. */
const INCARNATION_LENGTH = 10;

/** A fresh name for a store, part of the ids of all its messages. */
export function newIncarnation(): string {
  return Array.from({ length: INCARNATION_LENGTH }, () => LETTERS.charAt(randomInt(LETTERS.length))).join('');
}
