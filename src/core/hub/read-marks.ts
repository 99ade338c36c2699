import type { Folded } from '../wire/casemap.ts';
import type { AccountId } from './accounts.ts';
import type { Person } from './person.ts';

/** Targets of which one person's mark is kept; past it the one set longest ago is forgotten. */
const TARGETS_MAX = 1_000;

/** The times up to which one person has read, by folded room name or nick. */
type Marks = Map<Folded, number>;

/**
 * Up to where people have read, for their other devices (IRCv3 read-marker). Marks belong to an account, and last; or
 * to the stay of somebody without one, and end with it.
 */
export class ReadMarks {
  private readonly accounts = new Map<AccountId, Marks>();
  private readonly stays = new WeakMap<Person, Marks>();

  get(person: Person, target: Folded): number | undefined {
    return this.of(person)?.get(target);
  }

  /** Returns the target whose mark was forgotten for this one. */
  set(person: Person, target: Folded, at: number): Folded | undefined {
    const marks = this.of(person) ?? new Map<Folded, number>();
    if (person.accountId === '') this.stays.set(person, marks);
    else this.accounts.set(person.accountId, marks);
    return put(marks, target, at);
  }

  /** Takes in a record that `recordKey` named. */
  restore(key: string, value: string): void {
    const space = key.indexOf(' ');
    const account = key.slice(0, space);
    const marks = this.accounts.get(account) ?? new Map<Folded, number>();
    this.accounts.set(account, marks);
    put(marks, key.slice(space + 1) as Folded, Number(value));
  }

  private of(person: Person): Marks | undefined {
    return person.accountId === '' ? this.stays.get(person) : this.accounts.get(person.accountId);
  }
}

export function recordKey(account: AccountId, target: Folded): string {
  return `${account} ${target}`;
}

function put(marks: Marks, target: Folded, at: number): Folded | undefined {
  marks.delete(target);
  marks.set(target, at);
  if (marks.size <= TARGETS_MAX) return undefined;
  const [oldest] = marks.keys();
  if (oldest !== undefined) marks.delete(oldest);
  return oldest;
}
