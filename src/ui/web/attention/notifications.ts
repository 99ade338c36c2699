/** Notifications: offered after the first mention, never before; shown while the page is not looked at. */
import type { ClientEffect } from '../../../core/client/events.ts';
import { visibleText, formatText } from '../../shared/format/format.ts';
import { focused } from '../environment.ts';
import { goTo } from '../navigation.ts';
import { notifying } from '../preferences.ts';
import { formatRoute, parseRoute } from '../route.ts';
import { view } from '../session.ts';

/** Longer texts are cut by every system. */
const BODY_LENGTH_MAX = 200;

export const canNotify = (): boolean => globalThis.isSecureContext && 'Notification' in globalThis;

/** Must run in a click: browsers refuse to ask otherwise. */
export function askForNotifications(): void {
  if (!canNotify()) return;
  Notification.requestPermission().then(
    (answer) => {
      notifying.value = answer === 'granted' ? 'on' : 'declined';
    },
    () => undefined,
  );
}

export function notify({ room, from, text }: Extract<ClientEffect, { kind: 'notify' }>): void {
  if (!canNotify()) return;
  if (notifying.value === 'unasked') notifying.value = 'offered';
  if (notifying.value !== 'on' || Notification.permission !== 'granted' || focused.value) return;
  const name = view.value?.rooms.find(({ id }) => id === room)?.name ?? room;
  const title = name === from ? from : `${from} in ${name}`;
  const hash = formatRoute({ room: name });
  const options = {
    body: visibleText(formatText(text)).slice(0, BODY_LENGTH_MAX),
    tag: room,
    icon: '/icon.svg',
    data: hash,
  };
  show(title, options, hash).catch(() => undefined);
}

/** Through the service worker where there is one (Android knows no other way), else from the page. */
async function show(title: string, options: NotificationOptions, hash: string): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration?.active) return registration.showNotification(title, options);
  const notification = new Notification(title, options);
  notification.addEventListener('click', () => {
    window.focus();
    const route = parseRoute(hash);
    if (route !== undefined) goTo(route);
    notification.close();
  });
}
