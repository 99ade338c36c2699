/** The read marker moves when the newest message has been in view, in a focused window, for a second. */
import { effect, signal } from '@preact/signals';
import { focused } from '../environment.ts';
import { act, view } from '../session.ts';

/** Set by the log that is shown. */
export const bottomInView = signal(false);

const READ_MS = 1_000;

export function startReading(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let watching = '';
  effect(() => {
    const room = view.value?.rooms.find(({ id }) => id === view.value?.current);
    const newest = room?.items.at(-1)?.key;
    const inView = focused.value && bottomInView.value && room !== undefined && newest !== undefined && room.unread > 0;
    const watched = inView ? `${room.id} ${newest}` : '';
    if (watched === watching) return;
    watching = watched;
    clearTimeout(timer);
    if (inView) timer = setTimeout(() => act({ do: 'read', room: room.id }), READ_MS);
  });
}
