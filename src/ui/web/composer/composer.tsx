/** Where a person writes. Enter sends, Shift-Enter begins a line; a draft is kept for each room. */
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Completion } from '../../../core/client/completion.ts';
import type { ClientView, RoomView } from '../../../core/client/view.ts';
import { loadedLater, loadLater } from '../later.ts';
import { overlay } from '../navigation.ts';
import { Icon } from '../parts/icons.tsx';
import { draftOf, keepDraft, sendTyping } from '../preferences.ts';
import { act } from '../session.ts';
import { endReply, replies } from './replying.ts';

/** A pause in typing after which the draft is kept. */
const DRAFT_MS = 300;
/** How often others are told that we go on typing (https://ircv3.net/specs/client-tags/typing). */
const TYPING_MS = 3_000;

export function Composer({ room, view }: { room: RoomView; view: ClientView }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => draftOf(room.id));
  const [popup, setPopup] = useState<Completion | undefined>(undefined);
  const [chosen, setChosen] = useState(0);
  /** Somebody who walks through the list wants one of it: then Enter takes it. */
  const [walked, setWalked] = useState(false);
  const typing = useRef(new Typing(room));
  const listId = useId();
  const replyTo = replies.value.get(room.id);

  /** Where the caret goes once the text that was put in is drawn. */
  const caretTo = useRef<number>(undefined);

  useLayoutEffect(() => {
    grow(area.current);
    if (caretTo.current !== undefined) area.current?.setSelectionRange(caretTo.current, caretTo.current);
    caretTo.current = undefined;
  }, [text]);
  useEffect(() => {
    const timer = setTimeout(() => keepDraft(room.id, text), DRAFT_MS);
    return () => clearTimeout(timer);
  }, [text]);
  // Before the first picture, so that no key is lost on who types at once.
  useLayoutEffect(() => {
    // With a finger, the keyboard would jump up and hide half of the room; and nobody wants it behind a dialog.
    if (matchMedia('(pointer: fine)').matches && overlay.value === undefined) area.current?.focus();
  }, []);
  const latest = useRef(text);
  latest.current = text;
  useEffect(() => {
    const keep = (): void => keepDraft(room.id, latest.current);
    addEventListener('pagehide', keep);
    return () => {
      removeEventListener('pagehide', keep);
      keep();
      typing.current.stop();
    };
  }, []);
  // A palette command or a link may ask for a text to be put here.
  useEffect(() => {
    const insert = (event: Event): void => {
      if (!(event instanceof CustomEvent) || typeof event.detail !== 'string') return;
      change(event.detail, event.detail.length);
      area.current?.focus();
    };
    document.addEventListener(INSERT, insert);
    return () => document.removeEventListener(INSERT, insert);
  });

  function change(next: string, caret: number): void {
    setText(next);
    typing.current.changed(next);
    if (!SIGNS.test(next.slice(0, caret))) return show(undefined);
    withCompletion(next, caret, show);
  }

  /** What could stand at the caret; a moment later when the part that knows is still on its way. */
  function withCompletion(now: string, caret: number, use: (found: Completion | undefined) => void): void {
    const part = loadedLater();
    if (part !== undefined) return use(part.complete(view, room.id, now, caret));
    void loadLater().then(() => {
      const unchanged = area.current?.value === now && area.current.selectionStart === caret;
      if (unchanged) use(loadedLater()?.complete(view, room.id, now, caret));
    });
  }

  function show(found: Completion | undefined): void {
    setPopup(found);
    setChosen(0);
    setWalked(false);
  }

  function send(): void {
    if (text.trim() === '') return;
    act({ do: 'enter', room: room.id, text, ...(replyTo?.msgid === undefined ? {} : { replyTo: replyTo.msgid }) });
    typing.current.sent();
    endReply(room.id);
    keepDraft(room.id, '');
    setText('');
    show(undefined);
  }

  function complete(from: Completion, index: number): void {
    const candidate = from.candidates[index];
    if (candidate === undefined) return;
    const caret = from.from + candidate.text.length;
    setText(text.slice(0, from.from) + candidate.text + text.slice(from.to));
    show(undefined);
    caretTo.current = caret;
  }

  /** Tab: takes the chosen one, or the only one, or shows what could stand here. */
  function tab(caret: number): void {
    if (popup !== undefined) return complete(popup, chosen);
    withCompletion(text, caret, (found) => {
      if (found?.candidates.length === 1) complete(found, 0);
      else if (found !== undefined) show(found);
    });
  }

  function keyPressed(event: KeyboardEvent & { readonly currentTarget: HTMLTextAreaElement }): void {
    if (event.isComposing) return; // an input method is choosing letters: its Enter is not ours
    const n = popup?.candidates.length ?? 0;
    if (n > 0 && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      setChosen((chosen + (event.key === 'ArrowDown' ? 1 : n - 1)) % n);
      setWalked(true);
    } else if (
      event.key === 'Tab' &&
      !event.shiftKey &&
      /\S$/.test(text.slice(0, event.currentTarget.selectionStart))
    ) {
      tab(event.currentTarget.selectionStart); // behind a space there is nothing to complete: the focus goes on
    } else if (popup !== undefined && event.key === 'Escape') show(undefined);
    else if (event.key === 'Enter' && n > 0 && popup !== undefined && (walked || isMeant(text, popup)))
      complete(popup, chosen);
    else if (event.key === 'Enter' && !event.shiftKey && !event.altKey) send();
    else if (event.key === 'Escape' && replyTo !== undefined) endReply(room.id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const part = loadedLater();
  const name = room.kind === 'server' ? 'the server: /commands only' : room.name;
  return (
    <div class="composer-place">
      {popup !== undefined && part !== undefined && (
        <part.CompletionList
          id={listId}
          popup={popup}
          chosen={chosen}
          choose={(i) => complete(popup, i)}
          hover={setChosen}
        />
      )}
      <form
        class="composer"
        onSubmit={(event) => {
          event.preventDefault();
          send();
          area.current?.focus();
        }}
      >
        {replyTo !== undefined && (
          <div class="replying">
            <Icon name="reply" size={16} />
            <span>
              Reply to <bdi>{replyTo.from}</bdi>: {replyTo.text}
            </span>
            <button type="button" class="icon-button" aria-label="Do not reply" onClick={() => endReply(room.id)}>
              <Icon name="close" size={16} />
            </button>
          </div>
        )}
        <textarea
          ref={area}
          rows={1}
          value={text}
          aria-label={`Message ${name}`}
          placeholder={`Message ${name}`}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls={popup === undefined ? undefined : listId}
          aria-activedescendant={
            popup === undefined || popup.candidates.length === 0 ? undefined : `${listId}-${chosen}`
          }
          autocapitalize="sentences"
          enterkeyhint="send"
          onInput={(event) => change(event.currentTarget.value, event.currentTarget.selectionStart)}
          onKeyDown={keyPressed}
          onBlur={() => show(undefined)}
        />
        <button type="submit" class={`icon-button send${text.trim() === '' ? '' : ' ready'}`} aria-label="Send">
          <Icon name="send" />
        </button>
      </form>
    </div>
  );
}

/** The list opens by itself in a command, and for a word with a sign; a plain word asks for it with Tab. */
const SIGNS = /^\/|(?:^|\s)[@#:]\S*$/;

/** Enter takes a candidate where the text could not be meant as it stands: half a command, `@an`, `:tad`. */
function isMeant(text: string, found: Completion): boolean {
  const word = text.slice(found.from, found.to);
  if (found.kind === 'command') return found.from === 0 && found.usage === '';
  return /^[@:]/.test(word);
}

const INSERT = 'parley-insert';

/** Puts a text into the composer of the open room, for the person to go on from. */
export function insertIntoComposer(text: string): void {
  document.dispatchEvent(new CustomEvent(INSERT, { detail: text }));
}

/** As high as its text, up to the limit in the style sheet. */
function grow(area: HTMLTextAreaElement | null): void {
  if (area === null) return;
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight}px`;
}

/** Tells others that we type, if the person wants that: at most every three seconds, and when it ends. */
class Typing {
  readonly #room: RoomView;
  #toldAt = -TYPING_MS;
  #told = false;

  constructor(room: RoomView) {
    this.#room = room;
  }

  changed(text: string): void {
    if (!sendTyping.value || this.#room.kind === 'server') return;
    if (text === '' || text.startsWith('/')) return this.stop();
    if (performance.now() - this.#toldAt < TYPING_MS) return;
    this.#toldAt = performance.now();
    this.#told = true;
    act({ do: 'typing', room: this.#room.id, state: 'active' });
  }

  /** The message itself says that typing is over. */
  sent(): void {
    this.#told = false;
    this.#toldAt = -TYPING_MS;
  }

  stop(): void {
    if (!this.#told) return;
    this.sent();
    act({ do: 'typing', room: this.#room.id, state: 'done' });
  }
}
