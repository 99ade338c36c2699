import { useState } from 'preact/hooks';
import { emojiNamed } from '../../../core/client/emoji.ts';
import { reactingTo } from '../log/reacting.ts';
import { closeOverlay } from '../navigation.ts';
import { Dialog } from '../parts/dialog.tsx';
import { act } from '../session.ts';

/** A screen of choices; the search finds the rest. */
const SHOWN_MAX = 48;

export function React() {
  const [text, setText] = useState('');
  const message = reactingTo.value;
  if (message === undefined) return null;
  const found = emojiNamed(text.trim(), SHOWN_MAX);
  const react = (emoji: string): void => {
    act({ do: 'react', room: message.room, key: message.key, emoji });
    closeOverlay();
  };
  return (
    <Dialog title={`React to ${message.from}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const first = found[0]?.glyph ?? text.trim();
          if (first !== '') react(first);
        }}
      >
        <input
          class="field"
          aria-label="Find an emoji by name, or write any"
          placeholder="Name, or any emoji"
          autocomplete="off"
          autocapitalize="none"
          autofocus
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </form>
      <div class="emoji-grid" role="group" aria-label="Emoji">
        {found.map(({ name, glyph }) => (
          <button
            key={name}
            type="button"
            aria-label={name.replaceAll('_', ' ')}
            title={`:${name}:`}
            onClick={() => react(glyph)}
          >
            {glyph}
          </button>
        ))}
      </div>
      {found.length === 0 && <p class="hint">No name has that in it. Enter reacts with what you wrote.</p>}
    </Dialog>
  );
}
