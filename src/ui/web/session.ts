/**
 * The one session of this page: the shared client shell with this browser's link and store under it, what it shows as
 * signals, and the address bar that follows it. It starts once the person has a nick.
 */
import { effect, signal } from '@preact/signals';
import type { Action, ClientEffect } from '../../core/client/events.ts';
import type { ClientView, RoomView } from '../../core/client/view.ts';
import { fold, type Folded } from '../../core/wire/casemap.ts';
import { startClient, type ClientShell } from '../shared/shell.ts';
import { openStore } from './database.ts';
import { chance } from './environment.ts';
import { goTo, route } from './navigation.ts';
import { nick, password } from './preferences.ts';
import { holdPage } from './one-page.ts';
import { dialOrigin } from './websocket-link.ts';

/** Where somebody comes in who was not invited to another room. */
export const FIRST_ROOM = '#lobby';

/** What is drawn: a new object for every picture, at most one a frame. Undefined until the store has been read. */
export const view = signal<ClientView | undefined>(undefined);
/** `elsewhere`: another page of this browser has the session. `left`: the person said /quit. */
export const phase = signal<'here' | 'elsewhere' | 'left'>('here');

type Notice = Extract<ClientEffect, { kind: 'notify' }>;

let shell: ClientShell | undefined;
let onNotify: (notice: Notice) => void = () => undefined;
/** A room that the address asks for and that is not open yet. `from` is where we were when it was asked for. */
let pending: { readonly id: Folded; readonly name: string; from: Folded | undefined } | undefined;
let drawing = false;
let lastNick: string | undefined;

export function prepareSession(notify: (notice: Notice) => void): void {
  onNotify = notify;
  addEventListener('online', () => shell?.nudge());
  addEventListener('pageshow', (event) => event.persisted && shell?.nudge());
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && shell?.nudge());
  effect(() => {
    const asked = route.value;
    if (asked !== undefined) visit(asked.room);
  });
}

/** Begins, or takes the session over from another page. */
export async function startHere(wanted: string): Promise<void> {
  nick.value = wanted;
  if (shell !== undefined) return;
  phase.value = 'here';
  await holdPage(stopHere);
  const store = await openStore('parley');
  const asked = route.value?.room ?? '';
  shell = startClient({
    settings: {
      nick: nick.value,
      realname: nick.value,
      ...(password.value === '' ? {} : { password: password.value }),
      rooms: asked.startsWith('#') ? [asked] : store.isNew ? [FIRST_ROOM] : [],
    },
    dial: () => dialOrigin(),
    store,
    now: Date.now,
    setTimer: (ms, fire) => {
      const timer = setTimeout(fire, ms);
      return () => clearTimeout(timer);
    },
    chance,
    onChange: changed,
    onNotify,
    onQuit: () => void stopHere().then(() => (phase.value = 'left')),
  });
}

/** Another page takes over, or the person leaves: says goodbye and waits until everything is kept. */
async function stopHere(): Promise<void> {
  const stopping = shell;
  shell = undefined;
  phase.value = 'elsewhere';
  await stopping?.stop();
  view.value = undefined;
}

/** What the person did. It is drawn at once: an answer to a hand must not wait for a frame. */
export function act(action: Action): void {
  if (shell === undefined) return;
  shell.act(action);
  if (drawing) draw();
}

export function changeNick(wanted: string): void {
  nick.value = wanted;
  act({ do: 'set-nick', nick: wanted });
}

export function changePassword(given: string): void {
  password.value = given;
  act({ do: 'set-password', password: given });
}

/** At most this long between a change and its picture where there are no frames: a hidden page still has a title. */
const HIDDEN_MS = 200;

function changed(): void {
  if (drawing) return;
  drawing = true;
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, HIDDEN_MS);
  function once(): void {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    if (drawing) draw();
  }
}

function draw(): void {
  drawing = false;
  if (shell === undefined) return;
  const now = shell.view;
  reachPending(now);
  followRoom(now);
  followNick(now);
  view.value = { ...now, rooms: now.rooms.map(snapshot) };
}

/**
 * The engine changes its rooms in place; what is drawn must be another object exactly when something is different.
 * Items and members stay shared: they are read in the same turn.
 */
function snapshot(room: RoomView): RoomView {
  const last = snapshots.get(room);
  if (last?.version === room.version && last.id === room.id) return last;
  const next = { ...room };
  snapshots.set(room, next);
  return next;
}

const snapshots = new WeakMap<RoomView, RoomView>();

// ------------------------------------------------------------------------------------------------ The address

function visit(name: string): void {
  if (shell === undefined) return;
  const now = shell.view;
  const room = now.rooms.find((each) => nameOf(each) === name) ?? now.rooms.find(({ id }) => id === fold(name));
  pending = undefined;
  if (room !== undefined) {
    if (room.id !== now.current) act({ do: 'open', room: room.id });
  } else if (name.startsWith('#')) {
    pending = { id: fold(name), name, from: undefined };
    reachPending(now);
  } else act({ do: 'enter', room: now.current, text: `/query ${name}` });
}

/** Joins the room that the address asks for as soon as there is a server, and shows it when it is there. */
function reachPending(now: ClientView): void {
  if (pending === undefined || shell === undefined) return;
  const { id, name, from } = pending;
  if (now.rooms.some((room) => room.id === id)) {
    pending = undefined;
    if (now.current !== id) shell.act({ do: 'open', room: id });
  } else if (from === undefined) {
    if (now.link.state !== 'online') return;
    pending.from = now.current;
    shell.act({ do: 'enter', room: now.current, text: `/join ${name}` });
  } else if (from !== now.current) pending = undefined; // refused, and the person went on
}

/** Commands change rooms too: the address follows, so that links and Back are right. */
function followRoom(now: ClientView): void {
  if (pending !== undefined) return;
  const room = now.rooms.find(({ id }) => id === now.current);
  if (room === undefined || (now.rooms.length === 1 && now.link.state === 'connecting')) return;
  const asked = route.value?.room;
  if (asked !== undefined && (asked === nameOf(room) || fold(asked) === room.id)) return;
  goTo({ room: nameOf(room) });
}

export const nameOf = (room: RoomView): string => (room.kind === 'server' ? '' : room.name);

/** A name that the person took with /nick is theirs next time as well; one that the server made up is not. */
function followNick(now: ClientView): void {
  if (now.link.state !== 'online') {
    lastNick = undefined;
    return;
  }
  if (lastNick !== undefined && lastNick !== now.nick) nick.value = now.nick;
  lastNick = now.nick;
}
