import type { GapItem, HappenedItem } from '../../../core/client/view.ts';
import { condense } from './rows.ts';

export function HappenedRow({ id, items, roving }: { id: string; items: readonly HappenedItem[]; roving: boolean }) {
  const text = condense(items);
  return (
    <article
      class={`happened${items[0]?.what === 'error' ? ' wrong' : ''}`}
      data-key={id}
      tabIndex={roving ? 0 : -1}
      aria-label={text}
    >
      {text}
    </article>
  );
}

/** Messages that are not loaded: never a silent hole. */
export function GapRow({ item, load }: { item: GapItem; load: () => void }) {
  return (
    <div class="gap" data-key={item.key}>
      {item.loading ? 'Loading messages…' : 'Some messages are not loaded. '}
      {!item.loading && (
        <button type="button" class="link-button" onClick={load}>
          Load them
        </button>
      )}
    </div>
  );
}
