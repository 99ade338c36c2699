/** What a tab that is not looked at tells: unread counts in its title, and on the icon of an installed app. */
import { effect } from '@preact/signals';
import { view } from '../session.ts';

export function startTitle(): void {
  effect(() => {
    const now = view.value;
    const room = now?.rooms.find(({ id }) => id === now.current);
    let [unread, forUs] = [0, 0];
    for (const each of now?.rooms ?? []) {
      unread += each.unread;
      forUs += each.kind === 'direct' ? each.unread : each.mentions;
    }
    const count = forUs > 0 ? `(${forUs}) ` : unread > 0 ? '• ' : '';
    document.title = room === undefined ? 'Parley' : `${count}${room.name} · Parley`;
    badge(forUs);
  });
}

let badged = 0;

function badge(n: number): void {
  if (n === badged) return;
  badged = n;
  const app = navigator as { setAppBadge?: (n: number) => Promise<void> }; // absent without https, and in some browsers
  app.setAppBadge?.(n).catch(() => undefined);
}
