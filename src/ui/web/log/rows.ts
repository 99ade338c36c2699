/** Turns items of a timeline into the rows that are drawn: day separators, the divider, condensed comings and goings. */
import type { GapItem, HappenedItem, Item, SaidItem } from '../../../core/client/view.ts';

export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly at: number }
  | { readonly kind: 'new'; readonly key: string }
  /** `lead` rows show who speaks; those behind one belong to the same breath. */
  | { readonly kind: 'said'; readonly key: string; readonly item: SaidItem; readonly lead: boolean }
  | { readonly kind: 'happened'; readonly key: string; readonly items: readonly HappenedItem[] }
  | { readonly kind: 'gap'; readonly key: string; readonly item: GapItem };

/** Messages of one person closer than this stand under one name. */
const BREATH_MS = 5 * 60_000;

const COMING_AND_GOING: ReadonlySet<HappenedItem['what']> = new Set(['join', 'part', 'quit', 'nick', 'away']);

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The rows of `items[start..end)`. The item before `start` only decides whether a day begins and who is speaking. */
export function rowsOf(items: readonly Item[], { start, end }: Span, dividerKey: string | undefined): Row[] {
  const rows: Row[] = [];
  let condensed: HappenedItem[] | undefined;
  for (let i = start; i < end; i++) {
    const item = items[i];
    if (item === undefined) break;
    const before = items[i - 1];
    if (before === undefined || dayOf(before.at) !== dayOf(item.at)) {
      rows.push({ kind: 'day', key: `day ${item.key}`, at: item.at });
      condensed = undefined;
    }
    if (item.key === dividerKey) {
      rows.push({ kind: 'new', key: 'new' });
      condensed = undefined;
    }
    if (item.kind === 'happened') {
      const joins = COMING_AND_GOING.has(item.what);
      if (joins && condensed !== undefined) {
        condensed.push(item);
        continue;
      }
      const own = [item];
      condensed = joins ? own : undefined;
      rows.push({ kind: 'happened', key: item.key, items: own });
      continue;
    }
    condensed = undefined;
    if (item.kind === 'gap') rows.push({ kind: 'gap', key: item.key, item });
    else rows.push({ kind: 'said', key: item.key, item, lead: leads(before, item) || rows.at(-1)?.kind !== 'said' });
  }
  return rows;
}

function leads(before: Item | undefined, item: SaidItem): boolean {
  return (
    before?.kind !== 'said' ||
    before.from !== item.from ||
    before.form !== item.form ||
    item.form === 'action' ||
    item.replyTo !== undefined ||
    item.at - before.at > BREATH_MS
  );
}

/** Local calendar day as a number that differs between days. */
function dayOf(at: number): number {
  const date = new Date(at);
  return date.getFullYear() * 10_000 + date.getMonth() * 100 + date.getDate();
}

/** Names written out in a condensed row; the rest is counted. */
const NAMES_MAX = 3;

/** `ann, joe and 3 others joined · kit left`. One event alone keeps its own sentence. */
export function condense(items: readonly HappenedItem[]): string {
  const [only] = items;
  if (items.length === 1 && only !== undefined) return only.text;
  const groups = new Map<string, Set<string>>();
  for (const item of items) {
    if (item.what === 'nick' || item.what === 'away') {
      groups.set(item.text, new Set());
      continue;
    }
    const verb = item.what === 'join' ? 'joined' : 'left';
    const names = groups.get(verb) ?? new Set();
    groups.set(verb, names.add(item.who));
  }
  return [...groups].map(([verb, names]) => (names.size === 0 ? verb : `${list([...names])} ${verb}`)).join(' · ');
}

function list(names: readonly string[]): string {
  const shown = names.length > NAMES_MAX + 1 ? names.slice(0, NAMES_MAX) : names;
  const others = names.length - shown.length;
  if (others > 0) return `${shown.join(', ')} and ${others} others`;
  return shown.length > 1 ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}` : (shown[0] ?? '');
}
