import { useState } from 'preact/hooks';
import type { RoomView } from '../../../core/client/view.ts';
import { closeOverlay, openOverlay } from '../navigation.ts';
import { Dialog } from '../parts/dialog.tsx';
import { fieldOf } from '../parts/form.ts';
import { Formatted } from '../parts/formatted.tsx';
import { peopleIn } from '../parts/members.tsx';
import { password } from '../preferences.ts';
import { formatRoute } from '../route.ts';
import { act } from '../session.ts';

export function RoomInfo({ room }: { room: RoomView }) {
  const command = (text: string): void => act({ do: 'enter', room: room.id, text });
  return (
    <Dialog title={room.kind === 'server' ? 'Server notices' : room.name}>
      {room.kind === 'room' && (
        <>
          <p>{room.topic === '' ? <span class="hint">No topic yet.</span> : <Formatted text={room.topic} />}</p>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              command(`/topic ${fieldOf(event.currentTarget, 'topic')}`);
              closeOverlay();
            }}
          >
            <label class="label" for="topic">
              Topic
            </label>
            <div class="row">
              <input id="topic" name="topic" class="field" required defaultValue={room.topic} />
              <button type="submit" class="button">
                Set
              </button>
            </div>
          </form>
          <Share room={room} />
          <div class="row">
            <button type="button" class="button" onClick={() => openOverlay('members')}>
              {peopleIn(room)}
            </button>
            <button
              type="button"
              class="button danger"
              onClick={() => {
                command('/close');
                closeOverlay();
              }}
            >
              Leave the room
            </button>
          </div>
        </>
      )}
      {room.kind === 'direct' && (
        <>
          <p>
            {room.joined ? (
              <>
                Messages here reach <bdi>{room.name}</bdi> alone; the server keeps them for both of you.
              </>
            ) : (
              <>
                <bdi>{room.name}</bdi> is not here now.
              </>
            )}
          </p>
          <button
            type="button"
            class="button danger"
            onClick={() => {
              command('/close');
              closeOverlay();
            }}
          >
            Close the conversation
          </button>
        </>
      )}
      {room.kind === 'server' && <p>What the server says to you and nobody else.</p>}
    </Dialog>
  );
}

/** A link that brings somebody here: with the key of a server that asks for one. */
function Share({ room }: { room: RoomView }) {
  const [copied, setCopied] = useState(false);
  const key = password.value;
  const hash =
    key === ''
      ? formatRoute({ room: room.name })
      : `#k=${encodeURIComponent(key)}&r=${encodeURIComponent(room.name.slice(1))}`;
  const link = `${location.origin}/${hash}`;
  const clipboard = navigator.clipboard as Clipboard | undefined; // absent without https
  return (
    <div>
      <label class="label" for="share">
        Link to share
      </label>
      <div class="row">
        <input id="share" class="field" readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
        {clipboard !== undefined && (
          <button
            type="button"
            class="button"
            onClick={() => {
              clipboard.writeText(link).then(
                () => setCopied(true),
                () => setCopied(false),
              );
            }}
          >
            {copied ? 'Copied' : 'Copy'}
          </button>
        )}
      </div>
      {key !== '' && <p class="hint">It contains the invite key: whoever has it may come in.</p>}
    </div>
  );
}
