import type { Folded } from '../wire/casemap.ts';
import type { MemberView } from './view.ts';

/** People shown of one room. Parley's own rooms hold 20,000; a server that names more is not believed. */
export const MEMBERS_MAX = 50_000;

interface Member extends MemberView {
  readonly folded: Folded;
}

/**
 * Who is in a room, sorted by rank and name. `sorted` is one array for ever, changed in place: a join into a room of
 * 20,000 costs one binary search and one move of memory, not a sort.
 */
export class Members {
  readonly sorted: Member[] = [];
  private readonly byNick = new Map<Folded, Member>();
  /** Rank symbols, highest first. */
  private symbols = '@+';

  get size(): number {
    return this.byNick.size;
  }

  has(nick: Folded): boolean {
    return this.byNick.has(nick);
  }

  get(nick: Folded): MemberView | undefined {
    return this.byNick.get(nick);
  }

  /** The ranks this server knows. The order of the present members is made anew when it changes. */
  rank(symbols: string): void {
    if (symbols === this.symbols) return;
    this.symbols = symbols;
    this.sorted.sort((a, b) => this.compare(a, b));
  }

  set(folded: Folded, member: MemberView): void {
    const before = this.byNick.get(folded);
    if (before === undefined && this.size >= MEMBERS_MAX) return;
    const { nick, prefix, away } = member;
    const next: Member = { nick, prefix, away, folded };
    this.byNick.set(folded, next);
    if (before !== undefined) {
      const at = this.place(before);
      if (this.compare(before, next) === 0) {
        this.sorted[at] = next;
        return;
      }
      this.sorted.splice(at, 1);
    }
    this.sorted.splice(this.place(next), 0, next);
  }

  delete(nick: Folded): boolean {
    const member = this.byNick.get(nick);
    if (member === undefined) return false;
    this.byNick.delete(nick);
    this.sorted.splice(this.place(member), 1);
    return true;
  }

  /** All at once, as NAMES lists them. */
  replace(members: ReadonlyMap<Folded, MemberView>): void {
    this.clear();
    for (const [folded, { nick, prefix, away }] of members) {
      if (this.size >= MEMBERS_MAX) break;
      const member: Member = { nick, prefix, away, folded };
      this.byNick.set(folded, member);
      this.sorted.push(member);
    }
    this.sorted.sort((a, b) => this.compare(a, b));
  }

  clear(): void {
    this.byNick.clear();
    this.sorted.length = 0;
  }

  /** Where the member stands, or would stand. */
  private place(member: Member): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compare(this.sorted[middle]!, member) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private compare(a: Member, b: Member): number {
    const rank = this.rankOf(a) - this.rankOf(b);
    if (rank !== 0) return rank;
    return a.folded < b.folded ? -1 : a.folded > b.folded ? 1 : 0;
  }

  private rankOf(member: Member): number {
    const rank = member.prefix === '' ? -1 : this.symbols.indexOf(member.prefix.charAt(0));
    return rank === -1 ? this.symbols.length : rank;
  }
}
