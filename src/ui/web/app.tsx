/** The page: which screen, which columns, what lies over them, and the keys that work everywhere. */
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ClientView, RoomView } from '../../core/client/view.ts';
import { Announcer } from './attention/announcer.tsx';
import { Composer } from './composer/composer.tsx';
import { focusComposer } from './composer/focus.ts';
import { narrow, wide } from './environment.ts';
import { later, loadLater, type Later } from './later.ts';
import { Log } from './log/log.tsx';
import { goTo, closeOverlay, openOverlay, overlay, route } from './navigation.ts';
import { Banners } from './parts/banners.tsx';
import { Dialog } from './parts/dialog.tsx';
import { Icon } from './parts/icons.tsx';
import { LinkQuality } from './parts/link-quality.tsx';
import { Members } from './parts/members.tsx';
import { Rooms } from './parts/rooms.tsx';
import { nick } from './preferences.ts';
import type { Screen } from './screens/over.tsx';
import { Welcome } from './screens/welcome.tsx';
import { act, changeNick, changePassword, FIRST_ROOM, phase, startHere, view } from './session.ts';

export function App() {
  const now = view.value;
  if (nick.value === '')
    return <Welcome room={route.value?.room || FIRST_ROOM} onNick={(wanted) => void startHere(wanted)} />;
  if (phase.value !== 'here') {
    return <Instead draw={({ Elsewhere }) => <Elsewhere left={phase.value === 'left'} onHere={startAgain} />} />;
  }
  if (now === undefined) return <p class="unseen">Opening…</p>;
  if (now.link.state === 'refused' && (now.link.fix !== 'none' || isEmpty(now))) {
    const answers = { onNick: changeNick, onPassword: changePassword, onRetry: () => act({ do: 'connect' }) };
    const { reason, fix } = now.link;
    return <Instead draw={({ Refused }) => <Refused reason={reason} fix={fix} {...answers} />} />;
  }
  return <Main view={now} />;
}

const startAgain = (): void => void startHere(nick.value);

/** A page in place of the conversation, from the part that is loaded on demand. */
function Instead({ draw }: { draw: (part: Later) => ComponentChildren }) {
  useEffect(() => void loadLater(), []);
  const part = later.value;
  return <>{typeof part === 'object' ? draw(part) : <p class="unseen">Opening…</p>}</>;
}

function Main({ view }: { view: ClientView }) {
  const room = view.rooms.find(({ id }) => id === view.current) ?? view.rooms[0];
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => globalKey(event, view);
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  });
  if (room === undefined) return null;
  const withMembers = wide.value && room.kind === 'room';
  return (
    <div class={withMembers ? 'app' : 'app lone'}>
      <button type="button" class="button skip" onClick={focusComposer}>
        Skip to writing
      </button>
      {!narrow.value && <Rooms view={view} />}
      <main class="talk" aria-label={room.name}>
        <Head room={room} view={view} />
        <Banners view={view} />
        <Log key={`log ${room.id}`} room={room} own={view.nick} />
        <div class="foot">
          <p class="typing" aria-live="off">
            {typingText(room.typing)}
          </p>
          <Composer key={`composer ${room.id}`} room={room} view={view} />
        </div>
      </main>
      {withMembers && <Members room={room} own={view.nick} />}
      <Announcer room={room} />
      <Over room={room} view={view} />
    </div>
  );
}

function Head({ room, view }: { room: RoomView; view: ClientView }) {
  const elsewhere = view.rooms.some((other) => other.id !== room.id && (other.unread > 0 || other.failed > 0));
  return (
    <header class="head">
      {narrow.value && (
        <button
          type="button"
          class="icon-button with-badge"
          aria-label={elsewhere ? 'Rooms, with unread messages' : 'Rooms'}
          onClick={() => openOverlay('rooms')}
        >
          <Icon name="menu" size={22} />
          {elsewhere && <span class="dot" />}
        </button>
      )}
      <button type="button" class="head-title" title="About this room" onClick={() => openOverlay('room')}>
        <h1>
          <bdi>{room.name}</bdi>
        </h1>
        {room.topic !== '' && <span class="topic">{room.topic}</span>}
      </button>
      <LinkQuality link={view.link} brief={narrow.value} />
      {room.kind === 'room' && !wide.value && (
        <button
          type="button"
          class="icon-button"
          aria-label={`Members: ${room.members.length}`}
          onClick={() => openOverlay('members')}
        >
          <Icon name="people" />
          <span class="count" aria-hidden="true">
            {room.members.length}
          </span>
        </button>
      )}
    </header>
  );
}

/** What lies over the page, one at a time. */
function Over({ room, view }: { room: RoomView; view: ClientView }) {
  switch (overlay.value) {
    case undefined:
      return null;
    case 'rooms':
      return (
        <Dialog title="Rooms" class="drawer" bare>
          <Rooms view={view} />
        </Dialog>
      );
    case 'members':
      return (
        <Dialog title="Members" class="drawer end" bare>
          <Members room={room} own={view.nick} />
        </Dialog>
      );
    default:
      return <Loaded screen={overlay.value} room={room} view={view} />;
  }
}

/** A screen of the part that is loaded on demand. */
function Loaded(props: { screen: Screen; room: RoomView; view: ClientView }) {
  const part = later.value;
  useEffect(() => void loadLater(), []);
  if (part === undefined) return null;
  if (part !== 'failed') return <part.OverScreen {...props} />;
  return (
    <Dialog title="Not loaded">
      <p>The server did not hand out this part of the page. Try again when the link is back, or reload the page.</p>
    </Dialog>
  );
}

/** Keys that work wherever the focus is. */
function globalKey(event: KeyboardEvent, view: ClientView): void {
  const inText = event.target instanceof HTMLElement && event.target.closest('input, textarea, select') !== null;
  const command = event.ctrlKey || event.metaKey;
  if (command) void loadLater(); // the palette should be there when its letter is pressed
  if (command && !event.altKey && event.key.toLowerCase() === 'k') {
    if (overlay.value === 'palette') closeOverlay();
    else openOverlay('palette');
  } else if (command && event.key === '/') openOverlay('help');
  else if (overlay.value !== undefined || event.defaultPrevented) return;
  else if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
    step(view, event.key === 'ArrowDown' ? 1 : -1, event.shiftKey);
  } else if (event.key === '?' && !inText) openOverlay('help');
  else if (event.key === 'Escape') {
    act({ do: 'read', room: view.current });
    focusComposer();
  } else return;
  event.preventDefault();
}

/** To the next room in the list, or the next with something unread. */
function step(view: ClientView, by: 1 | -1, unread: boolean): void {
  const rooms = view.rooms.filter(
    (room) => room.id === view.current || (unread ? room.unread > 0 : room.kind !== 'server'),
  );
  const at = rooms.findIndex(({ id }) => id === view.current);
  const next = rooms[(at + by + rooms.length) % rooms.length];
  if (next !== undefined) goTo({ room: next.kind === 'server' ? '' : next.name });
}

/** Past this many, who they are does not matter. */
const TYPISTS_SHOWN = 3;

function typingText(nicks: readonly string[]): string {
  if (nicks.length === 0) return '';
  if (nicks.length > TYPISTS_SHOWN) return `${nicks.length} people are typing…`;
  if (nicks.length === 1) return `${nicks[0] ?? ''} is typing…`;
  return `${nicks.slice(0, -1).join(', ')} and ${nicks.at(-1) ?? ''} are typing…`;
}

/** Nothing has been said or kept here: there is no conversation to show behind a refusal. */
function isEmpty(view: ClientView): boolean {
  return view.unsent === 0 && view.rooms.every((room) => room.kind === 'server' || room.items.length === 0);
}
