/** The read marker moves when the newest message has been in view, in a focused window, for a second. */
import { effect, signal } from '@preact/signals';
import type { Folded } from '../../../core/wire/casemap.ts';
import { focused } from '../environment.ts';
import { act, view } from '../session.ts';

/** The room whose newest message is in view; set by the log that is shown. */
export const bottomInView = signal<Folded | undefined>(undefined);

const READ_MS = 1_000;

export function startReading(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let watching = '';
  effect(() => {
    const room = view.value?.rooms.find(({ id }) => id === view.value?.current);
    const newest = room?.items.at(-1)?.key;
    const inView =
      focused.value && room !== undefined && bottomInView.value === room.id && newest !== undefined && room.unread > 0;
    const watched = inView ? `${room.id} ${newest}` : '';
    if (watched === watching) return;
    watching = watched;
    clearTimeout(timer);
    if (inView) timer = setTimeout(() => act({ do: 'read', room: room.id }), READ_MS);
  });
}
