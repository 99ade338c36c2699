/** The timeline of one room: a sliding window of real rows (see reader.ts for how the reader keeps their place). */
import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import type { RoomView } from '../../../core/client/view.ts';
import { focusComposer } from '../composer/focus.ts';
import { route } from '../navigation.ts';
import { Icon } from '../parts/icons.tsx';
import { Attended } from './attended.ts';
import { Reader } from './reader.ts';
import { RowNodes } from './row-nodes.tsx';
import { rowsOf } from './rows.ts';

export function Log({ room, own }: { room: RoomView; own: string }) {
  const [, redraw] = useReducer<number, void>((n) => n + 1, 0);
  const scroller = useRef<HTMLDivElement>(null);
  const kept = useRef<{ reader: Reader; attended: Attended; nodes: RowNodes }>(undefined);
  const { reader, attended, nodes } = (kept.current ??= {
    reader: new Reader(room, redraw),
    attended: new Attended(redraw),
    nodes: new RowNodes(),
  });
  reader.draw(room);

  useLayoutEffect(() => {
    if (scroller.current !== null) reader.drawn(scroller.current);
  });
  useEffect(() => (scroller.current === null ? undefined : reader.mount(scroller.current)), []);

  // A link to one message: shown once, as soon as it is loaded.
  const asked = route.value?.msgid;
  const shown = useRef<string>(undefined);
  useEffect(() => {
    if (asked !== undefined && shown.current !== asked && reader.show(asked)) shown.current = asked;
  }, [asked, room.version]);

  const rows = nodes.nodes(rowsOf(room.items, reader.window.span, room.dividerKey), {
    room,
    own,
    active: attended.active,
    roving: attended.roving ?? room.items.at(-1)?.key,
    newest: room.items.findLast((item) => item.kind === 'said' && item.own)?.key,
    show: (msgid) => reader.show(msgid),
  });
  return (
    <div class="log-frame">
      <section
        ref={scroller}
        class="log"
        aria-label={`Messages in ${room.name}`}
        tabIndex={-1}
        onScroll={reader.scrolled}
        onPointerOver={attended.pointed}
        onPointerLeave={attended.pointedAway}
        onFocusIn={attended.focusedIn}
        onFocusOut={attended.focusedOut}
        onKeyDown={attended.keyPressed}
      >
        <div class="log-rows">
          <Top room={room} atOldest={reader.window.atOldest} />
          {rows}
        </div>
      </section>
      {!reader.window.following && (
        <LatestPill
          unseen={reader.unseen}
          go={() => {
            reader.toNewest();
            focusComposer();
          }}
        />
      )}
    </div>
  );
}

function LatestPill({ unseen, go }: { unseen: number; go: () => void }) {
  return (
    <button type="button" class={`pill${unseen > 0 ? ' fresh' : ''}`} onClick={go}>
      <Icon name="down" size={16} />
      {unseen > 0 ? `${unseen} new` : 'Latest'}
      <span class="unseen"> messages. Go to the newest.</span>
    </button>
  );
}

/** What stands above the oldest row. Its height does not depend on whether something is loading. */
function Top({ room, atOldest }: { room: RoomView; atOldest: boolean }) {
  if (!atOldest || room.kind === 'server') return <div class="log-top" />;
  if (!room.beginningKnown) return <div class="log-top">{room.loadingOlder ? 'Loading earlier messages…' : ''}</div>;
  return (
    <div class="log-top">
      <h2>
        <bdi>{room.name}</bdi>
      </h2>
      <p>{beginning(room)}</p>
    </div>
  );
}

function beginning(room: RoomView): string {
  if (room.kind === 'direct') return `This is the beginning of your conversation with ${room.name}.`;
  const alone = room.joined && room.members.length <= 1;
  if (alone) return 'You are the first one here. Open the room’s name above for a link to share.';
  return 'This is the beginning of the room.';
}
