/** Who is in the room. A press opens a conversation with them. */
import { useMemo, useState } from 'preact/hooks';
import type { MemberView, RoomView } from '../../../core/client/view.ts';
import { fold } from '../../../core/wire/casemap.ts';
import { goTo, overlay } from '../navigation.ts';
import { Avatar } from './avatar.tsx';
import { CloseButton } from './dialog.tsx';

/** More would only cost time: nobody reads past this, and the filter finds the rest. */
const SHOWN_MAX = 200;

export function Members({ room, own }: { room: RoomView; own: string }) {
  const [filter, setFilter] = useState('');
  const wanted = fold(filter.trim());
  const found = useMemo(
    () => (wanted === '' ? room.members : room.members.filter((member) => fold(member.nick).includes(wanted))),
    [room.members, room.version, wanted],
  );
  return (
    <aside class="members" aria-label="Members">
      <div class="members-head">
        <h2>{peopleIn(room)}</h2>
        {overlay.value === 'members' && <CloseButton />}
      </div>
      {room.members.length > 20 && (
        <input
          class="field"
          type="search"
          aria-label="Find a member"
          placeholder="Find"
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
      )}
      <ul class="members-list">
        {found.slice(0, SHOWN_MAX).map((member) => (
          <Member key={member.nick} member={member} own={fold(member.nick) === fold(own)} />
        ))}
        {found.length > SHOWN_MAX && <li class="hint member">and {found.length - SHOWN_MAX} more</li>}
      </ul>
    </aside>
  );
}

export function peopleIn(room: RoomView): string {
  const n = room.members.length;
  return n === 0 ? 'People' : n === 1 ? '1 person' : `${n} people`;
}

function Member({ member, own }: { member: MemberView; own: boolean }) {
  const role = member.prefix.startsWith('@') ? 'op' : member.prefix.startsWith('+') ? 'voice' : '';
  const notes = [own ? 'you' : '', role, member.away ? 'away' : ''].filter((note) => note !== '').join(', ');
  return (
    <li>
      <button
        type="button"
        class={`member${member.away ? ' away' : ''}`}
        title={own ? undefined : `Write to ${member.nick}`}
        disabled={own}
        onClick={() => goTo({ room: member.nick })}
      >
        <Avatar nick={member.nick} small />
        <bdi>{member.nick}</bdi>
        {notes !== '' && <small>{notes}</small>}
      </button>
    </li>
  );
}
