/** The list of rooms and conversations, and who we are. */
import type { ClientView, RoomView } from '../../../core/client/view.ts';
import { goTo, openOverlay, overlay } from '../navigation.ts';
import { bottomInView } from '../attention/reading.ts';
import { focused, secureContext } from '../environment.ts';
import { Avatar } from './avatar.tsx';
import { CloseButton } from './dialog.tsx';
import { Icon, Logo } from './icons.tsx';

export function Rooms({ view }: { view: ClientView }) {
  const rooms = view.rooms.filter((room) => room.kind === 'room');
  const direct = view.rooms.filter((room) => room.kind === 'direct');
  const server = view.rooms.find((room) => room.kind === 'server');
  const online = view.link.state === 'online';
  const row = (room: RoomView) => (
    <RoomButton key={room.id} room={room} current={room.id === view.current} online={online} />
  );
  return (
    <nav class="rooms" aria-label="Rooms and people">
      <div class="rooms-head">
        <Logo />
        <h2>
          <bdi>{view.network === '' ? 'Parley' : view.network}</bdi>
        </h2>
        <button
          type="button"
          class="icon-button"
          aria-label="Find a room, person or command"
          title="Find a room, person or command (Ctrl K)"
          onClick={() => openOverlay('palette')}
        >
          <Icon name="search" />
        </button>
        {overlay.value === 'rooms' && <CloseButton />}
      </div>
      <div class="rooms-list">
        <div class="group">
          <h3>Rooms</h3>
          <button
            type="button"
            class="icon-button"
            aria-label="Join or make a room"
            title="Join or make a room"
            onClick={() => openOverlay('join')}
          >
            <Icon name="plus" size={17} />
          </button>
        </div>
        <ul>{rooms.map(row)}</ul>
        {rooms.length === 0 && <p class="hint room">Nothing here yet. Join a room with +.</p>}
        {direct.length > 0 && (
          <>
            <div class="group">
              <h3>People</h3>
            </div>
            <ul>{direct.map(row)}</ul>
          </>
        )}
        {server !== undefined && (
          <>
            <div class="group">
              <h3>Server</h3>
            </div>
            <ul>{row(server)}</ul>
          </>
        )}
      </div>
      <div class="me">
        <Avatar nick={view.nick} />
        <div class="me-name">
          <bdi>{view.nick}</bdi>
          <small>{mood(view)}</small>
        </div>
        <button
          type="button"
          class="icon-button"
          aria-label="Settings"
          title="Settings"
          onClick={() => openOverlay('settings')}
        >
          <Icon name="settings" />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label="Help"
          title="Help (?)"
          onClick={() => openOverlay('help')}
        >
          <b aria-hidden="true">?</b>
        </button>
      </div>
    </nav>
  );
}

function RoomButton({ room, current, online }: { room: RoomView; current: boolean; online: boolean }) {
  /** Without a link nobody is anywhere: that is said once, above, and not for each room. */
  const absent = online && !room.joined && room.kind !== 'server';
  // What is being read right now counts as read a second later: a number that comes and goes would only disturb.
  const reading = focused.value && bottomInView.value === room.id;
  const unread = room.unread > 0 && !reading;
  const state = [
    room.failed > 0 ? `${room.failed} not sent` : '',
    unread && room.mentions > 0 ? `${room.mentions} for you` : '',
    unread ? `${room.unread} unread` : '',
    absent ? (room.kind === 'room' ? 'not joined' : 'not here') : '',
  ].filter((part) => part !== '');
  return (
    <li>
      <button
        type="button"
        class={`room${unread ? ' unread' : ''}${absent ? ' absent' : ''}`}
        aria-current={current ? 'page' : undefined}
        onClick={() => goTo({ room: room.kind === 'server' ? '' : room.name })}
      >
        {room.kind === 'direct' ? (
          <Avatar nick={room.name} small />
        ) : (
          <span class="room-sign" aria-hidden="true">
            {room.kind === 'room' ? '#' : '≡'}
          </span>
        )}
        <bdi class="room-name">{room.kind === 'room' ? room.name.replace(/^#/, '') : room.name}</bdi>
        {room.failed > 0 && (
          <span class="badge failed" aria-hidden="true">
            !
          </span>
        )}
        {unread && (
          <span class={`badge${room.mentions > 0 || room.kind === 'direct' ? ' mention' : ''}`} aria-hidden="true">
            {room.mentions > 0 && room.kind === 'room' ? `@${counted(room.mentions)}` : counted(room.unread)}
          </span>
        )}
        {state.length > 0 && <span class="unseen">, {state.join(', ')}</span>}
      </button>
    </li>
  );
}

export const counted = (n: number): string => (n > 99 ? '99+' : String(n));

function mood(view: ClientView): string {
  switch (view.link.state) {
    case 'online':
      return view.away !== undefined ? `away: ${view.away}` : secureContext ? 'online' : 'online, not encrypted';
    case 'connecting':
    case 'registering':
      return 'connecting';
    case 'offline':
    case 'refused':
      return 'not connected';
  }
}
