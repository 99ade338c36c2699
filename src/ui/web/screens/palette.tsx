/** One box for rooms, people and commands. */
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { COMMANDS } from '../../../core/client/commands.ts';
import type { ClientView } from '../../../core/client/view.ts';
import { fold } from '../../../core/wire/casemap.ts';
import { insertIntoComposer } from '../composer/composer.tsx';
import { closeOverlay, goTo } from '../navigation.ts';
import { Dialog } from '../parts/dialog.tsx';

const SHOWN_MAX = 12;

interface Choice {
  readonly key: string;
  readonly label: string;
  readonly hint: string;
  readonly go: () => void;
}

export function Palette({ view }: { view: ClientView }) {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const choices = found(view, text);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const keyPressed = (event: KeyboardEvent): void => {
    const n = Math.max(1, choices.length);
    if (event.key === 'ArrowDown') setChosen((chosen + 1) % n);
    else if (event.key === 'ArrowUp') setChosen((chosen + n - 1) % n);
    else if (event.key === 'Enter' && !event.isComposing) choices[chosen]?.go();
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Find a room, person or command" class="palette" bare>
      <input
        class="palette-input"
        role="combobox"
        aria-label="Find a room, person or command"
        placeholder="Room, person or command"
        aria-expanded={choices.length > 0}
        aria-controls={id}
        aria-activedescendant={choices.length > 0 ? `${id}-${chosen}` : undefined}
        aria-autocomplete="list"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        autofocus
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={keyPressed}
      />
      <div ref={list} class="palette-list" id={id} role="listbox" aria-label="Found">
        {choices.map((choice, i) => (
          <div
            key={choice.key}
            id={`${id}-${i}`}
            class="option"
            role="option"
            aria-selected={i === chosen}
            onClick={choice.go}
            onPointerMove={() => setChosen(i)}
          >
            <bdi>{choice.label}</bdi>
            <small>{choice.hint}</small>
          </div>
        ))}
      </div>
      {choices.length === 0 && <p class="usage">Nothing by that name.</p>}
    </Dialog>
  );
}

/** Unread first; then what begins with the text, then what contains it. */
function found(view: ClientView, text: string): Choice[] {
  const wanted = fold(text.trim());
  const choices = new Map<string, Choice & { rank: number }>();
  const offer = (choice: Choice, weight: number): void => {
    const name = fold(choice.label.replace(/^[#/]/, ''));
    const bare = wanted.replace(/^[#/@]/, '');
    if (wanted.startsWith('#') && !choice.label.startsWith('#')) return;
    if (wanted.startsWith('/') && !choice.label.startsWith('/')) return;
    if (!name.includes(bare) || choices.has(choice.key)) return;
    choices.set(choice.key, { ...choice, rank: weight + (name.startsWith(bare) ? 0 : 10) });
  };
  for (const room of view.rooms) {
    const hint = room.unread > 0 ? `${room.unread} unread` : room.id === view.current ? 'open now' : room.topic;
    const go = (): void => goTo({ room: room.kind === 'server' ? '' : room.name });
    const weight = (room.unread > 0 ? 0 : 1) + (room.id === view.current ? 2 : 0) + (room.kind === 'server' ? 3 : 0);
    offer({ key: `r ${room.id}`, label: room.name, hint, go }, weight);
  }
  const members = view.rooms.find((room) => room.id === view.current)?.members ?? [];
  for (const { nick } of wanted === '' ? [] : members) {
    if (fold(nick) === fold(view.nick)) continue;
    offer({ key: `r ${fold(nick)}`, label: nick, hint: 'write to this person', go: () => goTo({ room: nick }) }, 5);
  }
  for (const { name, summary } of COMMANDS) {
    const go = (): void => {
      closeOverlay();
      setTimeout(() => insertIntoComposer(`/${name} `)); // once the dialog has given the focus back
    };
    offer({ key: `/ ${name}`, label: `/${name}`, hint: summary, go }, 7);
  }
  if (/^#[^\s,]+$/.test(wanted)) {
    offer(
      { key: `r ${wanted}`, label: text.trim(), hint: 'join or make this room', go: () => goTo({ room: text.trim() }) },
      9,
    );
  }
  return [...choices.values()].sort((a, b) => a.rank - b.rank).slice(0, SHOWN_MAX);
}
