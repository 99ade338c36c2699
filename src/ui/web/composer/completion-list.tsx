/** What could stand at the caret, and how the command at hand is used. */
import { useEffect, useRef } from 'preact/hooks';
import type { Completion } from '../../../core/client/completion.ts';

interface Props {
  readonly id: string;
  readonly popup: Completion;
  readonly chosen: number;
  readonly choose: (index: number) => void;
  readonly hover: (index: number) => void;
}

export function CompletionList({ id, popup, chosen, choose, hover }: Props) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <div class="completions">
      {popup.usage !== '' && (
        <p class="usage">
          <code>{popup.usage}</code> {popup.about}
        </p>
      )}
      <div ref={list} id={id} role="listbox" aria-label="Completions">
        {popup.candidates.map((option, i) => (
          <div
            key={option.label}
            id={`${id}-${i}`}
            role="option"
            class="option"
            aria-selected={i === chosen}
            onPointerDown={(event) => {
              event.preventDefault(); // the focus stays in the text
              choose(i);
            }}
            onPointerMove={() => hover(i)}
          >
            <bdi>{option.label}</bdi>
            <small>{option.hint}</small>
          </div>
        ))}
      </div>
    </div>
  );
}
