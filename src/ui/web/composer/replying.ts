import { signal } from '@preact/signals';
import type { SaidItem } from '../../../core/client/view.ts';
import type { Folded } from '../../../core/wire/casemap.ts';
import { focusComposer } from './focus.ts';

/** What the next message of each room answers. */
export const replies = signal<ReadonlyMap<Folded, SaidItem>>(new Map());

export function startReply(room: Folded, item: SaidItem): void {
  replies.value = new Map(replies.value).set(room, item);
  focusComposer();
}

export function endReply(room: Folded): void {
  if (!replies.value.has(room)) return;
  const rest = new Map(replies.value);
  rest.delete(room);
  replies.value = rest;
}
