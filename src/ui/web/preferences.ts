/**
 * What this browser remembers of a person apart from the conversation: who they are here, and how they like things.
 * Kept in localStorage, because the first picture needs it; where that is refused, it lasts as long as the page.
 */
import { effect, signal } from '@preact/signals';

const KEY = 'parley';

export type Theme = 'system' | 'light' | 'dark';
/** `unasked` becomes `offered` after the first mention; only a click on the offer asks the browser. */
export type Notifying = 'unasked' | 'offered' | 'declined' | 'on';

interface Kept {
  readonly nick?: string;
  readonly password?: string;
  readonly theme?: Theme;
  readonly sendTyping?: boolean;
  readonly notifying?: Notifying;
  readonly hidePlainHttp?: boolean;
  readonly drafts?: Readonly<Record<string, string>>;
}

const kept = read();

export const nick = signal(text(kept.nick));
export const password = signal(text(kept.password));
export const theme = signal<Theme>(kept.theme === 'light' || kept.theme === 'dark' ? kept.theme : 'system');
export const sendTyping = signal(kept.sendTyping === true);
export const notifying = signal<Notifying>(kept.notifying ?? 'unasked');
export const hidePlainHttp = signal(kept.hidePlainHttp === true);

/** A `Map`, because room names are chosen by others and an object has names of its own. */
const drafts = new Map<string, string>(
  Object.entries(kept.drafts ?? {}).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
);

export const draftOf = (room: string): string => drafts.get(room) ?? '';

export function keepDraft(room: string, draft: string): void {
  if (draftOf(room) === draft) return;
  if (draft === '') drafts.delete(room);
  else drafts.set(room, draft);
  write();
}

effect(() => {
  document.documentElement.dataset['theme'] = theme.value;
});
effect(write);

function write(): void {
  const value: Kept = {
    nick: nick.value,
    password: password.value,
    theme: theme.value,
    sendTyping: sendTyping.value,
    notifying: notifying.value,
    hidePlainHttp: hidePlainHttp.value,
    drafts: Object.fromEntries(drafts),
  };
  try {
    localStorage.setItem(KEY, JSON.stringify(value));
  } catch {
    // Refused or full: the page goes on with what it has in memory. See `storageTrouble` for what the person is told.
  }
}

function read(): Kept {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
