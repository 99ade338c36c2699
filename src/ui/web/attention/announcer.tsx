/**
 * Says new messages of the open room to screen readers: each once, and only what arrives live. The log itself is not a
 * live region, because it also changes when history loads or the reader scrolls.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Item, RoomView, SaidItem } from '../../../core/client/view.ts';
import { formatText, visibleText } from '../../shared/format/format.ts';

/** More at once is a number, not a reading. */
const READ_OUT_MAX = 3;
/** Screen readers read what is put in; what stays would be read again by those who walk the page. */
const STAYS_MS = 5_000;

export function Announcer({ room }: { room: RoomView }) {
  const last = useRef<{ readonly id: string; readonly key: string | undefined; readonly settled: boolean }>(undefined);
  const [lines, setLines] = useState<readonly string[]>([]);
  const newest = room.items.findLast(fromOthers)?.key;
  /** In the room, with its history: what comes from here on is live. */
  const settled = room.joined && !room.loadingOlder;

  useEffect(() => {
    const before = last.current;
    last.current = { id: room.id, key: newest, settled };
    if (before?.id !== room.id || !before.settled || newest === before.key) return;
    const fresh: string[] = [];
    // The list is changed in place: what came after `newest` has a turn of its own.
    for (let i = room.items.findLastIndex(({ key }) => key === newest); i >= 0; i--) {
      const item = room.items[i];
      if (item === undefined || item.key === before.key) break;
      if (fromOthers(item)) fresh.unshift(`${item.from}: ${visibleText(formatText(item.text))}`);
    }
    if (fresh.length > 0) setLines(fresh.length > READ_OUT_MAX ? [`${fresh.length} new messages`] : fresh);
  }, [room.id, newest, settled]);

  useEffect(() => {
    if (lines.length === 0) return undefined;
    const timer = setTimeout(() => setLines([]), STAYS_MS);
    return () => clearTimeout(timer);
  }, [lines]);

  return (
    <div class="unseen" role="log" aria-live="polite" aria-label="New messages">
      {lines.map((line, i) => (
        <p key={`${i} ${line}`}>{line}</p>
      ))}
    </div>
  );
}

function fromOthers(item: Item): item is SaidItem {
  return item.kind === 'said' && !item.own;
}
