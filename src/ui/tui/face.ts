/**
 * What the terminal face knows beyond the conversation: where each room is scrolled to, what is half typed, what is
 * open over the log. `handle` takes one event and returns what must be done, in order; it touches neither terminal nor
 * network, and `frame.ts` draws what it holds.
 */
import type { Completion } from '../../core/client/completion.ts';
import type { Action } from '../../core/client/events.ts';
import type { ClientView, Item, RoomView, SaidItem } from '../../core/client/view.ts';
import type { Folded } from '../../core/wire/casemap.ts';
import type { Clock } from './clock.ts';
import { clear, edit, EMPTY_INPUT, insert, replaceRange, type InputLine } from './input-line.ts';
import { deedOf, type Deed, type Mode } from './keymap.ts';
import type { Key } from './keys.ts';
import { layoutOf } from './layout.ts';
import { overlayRows } from './overlay.ts';
import { page, reveal, scroll, type Anchor, type Window } from './log.ts';

interface CommandHelp {
  readonly usage: string;
  readonly help: string;
}

/** What the face asks of the client engine besides its view. */
export interface Knowledge {
  complete(view: ClientView, room: Folded, text: string, cursor: number): Completion | undefined;
  readonly commands: readonly CommandHelp[];
}

export type FaceEvent =
  | { readonly kind: 'pressed'; readonly key: Key; readonly at: number }
  | { readonly kind: 'resized'; readonly columns: number; readonly rows: number; readonly at: number }
  /** The view changed, or `wakeAt` has come. */
  | { readonly kind: 'changed'; readonly at: number };

export type FaceEffect =
  | { readonly kind: 'act'; readonly action: Action }
  | { readonly kind: 'redraw' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'quit' };

/** Candidates being tried, one after the other, in place of what was typed. */
export interface Popup extends Completion {
  /** Index of the candidate that stands in the line. */
  readonly tried: number;
}

/** A list over the log: help, members. */
export interface Overlay {
  readonly what: 'help' | 'members';
  readonly top: number;
}

/** The newest message must have been in view, with the terminal focused, for so long before it counts as read. */
const READ_MS = 1_000;
/** How long a remark stays in the status line. */
const REMARK_MS = 5_000;
/** A paste of one line is typing; of more, it is asked about. */
const PASTE_LINES_ASKED = 2;
const QUICK_REACTIONS: readonly string[] = ['👍', '❤️', '😂', '🎉', '😮', '😢'];

export class Face {
  columns: number;
  rows: number;
  now: number;
  focused = true;
  mode: Mode = 'talk';
  /** `auto` shows the list of rooms when there is room for it. */
  sidebar: 'auto' | 'shown' | 'hidden' = 'auto';
  popup: Popup | undefined;
  overlay: Overlay | undefined;
  /** Text that waits for the person to say what it is. */
  paste: string | undefined;
  /** Key of the chosen message, and of the one that will be answered or reacted to. */
  chosen: string | undefined;
  replyTo: SaidItem | undefined;
  reaction: InputLine = EMPTY_INPUT;
  password: InputLine = EMPTY_INPUT;
  remark: { readonly text: string; readonly until: number } | undefined;
  /** Whether the link cannot be read by others; set by whoever dials. */
  secure = false;
  readonly quickReactions = QUICK_REACTIONS;
  readonly view: ClientView;
  readonly knowledge: Knowledge;
  readonly clock: Clock;
  readonly #inputs = new Map<Folded, InputLine>();
  readonly #anchors = new Map<Folded, Anchor>();
  /** Since when the newest item of the room is in view; which was read last, and when. */
  #readingSince: number | undefined;
  #readKey = '';
  #readAt = 0;
  #current: Folded | undefined;
  #typing = false;
  #asked = false;

  constructor(view: ClientView, knowledge: Knowledge, clock: Clock, columns: number, rows: number, now: number) {
    this.view = view;
    this.knowledge = knowledge;
    this.clock = clock;
    this.columns = columns;
    this.rows = rows;
    this.now = now;
  }

  get room(): RoomView | undefined {
    return this.view.rooms.find(({ id }) => id === this.view.current) ?? this.view.rooms[0];
  }

  get input(): InputLine {
    return this.#inputs.get(this.view.current) ?? EMPTY_INPUT;
  }

  /** What a command line begun means, shown as it is typed. */
  get hint(): Completion | undefined {
    const { text, cursor } = this.input;
    if (this.mode !== 'talk' || !/^\/[^/]?/.test(text) || text.startsWith('//')) return undefined;
    return this.knowledge.complete(this.view, this.view.current, text, cursor);
  }

  /** What is half typed in each room; rooms without anything are left out. */
  get drafts(): ReadonlyMap<Folded, string> {
    const drafts = new Map<Folded, string>();
    for (const [room, { text, shown, own }] of this.#inputs) {
      const draft = shown === undefined ? text : own;
      if (draft !== '') drafts.set(room, draft);
    }
    return drafts;
  }

  restoreDrafts(drafts: ReadonlyMap<Folded, string>): void {
    for (const [room, text] of drafts) this.#inputs.set(room, insert(EMPTY_INPUT, text));
  }

  /** The window onto the current room's log. */
  get window(): Window {
    const layout = layoutOf(this);
    return {
      columns: layout.logColumns,
      height: layout.logRows,
      anchor: this.#anchors.get(this.view.current),
      chosen: this.mode === 'choose' || this.mode === 'react' ? this.chosen : undefined,
      now: this.now,
      clock: this.clock,
    };
  }

  /** When `changed` must come although nothing happened. */
  get wakeAt(): number | undefined {
    const times: number[] = [];
    const { link } = this.view;
    // Seconds that are counted down or up.
    if (link.state === 'offline') times.push(this.now + 1_000);
    if (this.remark !== undefined) times.push(this.remark.until);
    const readDue = this.#readDue();
    if (readDue !== undefined) times.push(readDue);
    const room = this.room;
    if (room !== undefined) {
      const { changesAt } = page(room, this.window);
      if (changesAt !== undefined) times.push(changesAt);
    }
    return times.length === 0 ? undefined : Math.min(...times);
  }

  handle(event: FaceEvent): FaceEffect[] {
    this.now = event.at;
    const effects: FaceEffect[] = [];
    if (event.kind === 'resized') {
      this.columns = event.columns;
      this.rows = event.rows;
    } else if (event.kind === 'pressed') {
      this.#press(event.key, effects);
    }
    this.#settle(effects);
    return effects;
  }

  say(text: string): void {
    this.remark = { text, until: this.now + REMARK_MS };
  }

  // ------------------------------------------------------------------------------------------------ After all

  /** What follows from the state, however it came about. */
  #settle(effects: FaceEffect[]): void {
    if (this.remark !== undefined && this.remark.until <= this.now) this.remark = undefined;
    if (this.#current !== this.view.current) {
      this.#current = this.view.current;
      this.#leaveChoice();
      this.popup = undefined;
      this.#typing = false;
      this.#readingSince = undefined;
    }
    this.#askPassword();
    const { room } = this;
    if (room === undefined) return;
    if (this.chosen !== undefined && !room.items.some(({ key }) => key === this.chosen)) this.#leaveChoice();
    // Whoever has come down to the newest follows it again.
    if (this.#anchors.has(room.id) && page(room, this.window).newer === 0) this.#anchors.delete(room.id);
    this.#noticeReading(room, effects);
  }

  /** A server that wants a password is asked about it once; Esc leaves the question. */
  #askPassword(): void {
    const { link } = this.view;
    const wanted = link.state === 'refused' && link.fix === 'password';
    if (wanted && !this.#asked) this.mode = 'password';
    if (!wanted && this.mode === 'password') this.mode = 'talk';
    this.#asked = wanted;
  }

  #inPassword(deed: Deed, effects: FaceEffect[]): void {
    if (deed !== 'send') {
      this.password = deed === 'delete-left' ? edit(this.password, deed) : EMPTY_INPUT;
      return;
    }
    effects.push({ kind: 'act', action: { do: 'set-password', password: this.password.text } });
    this.password = EMPTY_INPUT;
    this.mode = 'talk';
  }

  /** Whether the newest message of the room is before the reader's eyes. */
  get reading(): boolean {
    return this.focused && this.overlay === undefined && !this.#anchors.has(this.view.current);
  }

  #noticeReading(room: RoomView, effects: FaceEffect[]): void {
    if (!this.reading) this.#readingSince = undefined;
    else this.#readingSince ??= this.now;
    const due = this.#readDue();
    const newest = room.items.at(-1);
    if (newest === undefined || due === undefined || this.now < due) return;
    this.#readKey = `${room.id} ${newest.key}`;
    this.#readAt = this.now;
    effects.push({ kind: 'act', action: { do: 'read', room: room.id } });
  }

  /** When the newest item will have been read; in a busy room the mark moves once a second. */
  #readDue(): number | undefined {
    const { room } = this;
    const newest = room?.items.at(-1);
    if (room === undefined || newest === undefined || this.#readingSince === undefined) return undefined;
    if (this.#readKey === `${room.id} ${newest.key}`) return undefined;
    return Math.max(this.#readingSince, this.#readAt) + READ_MS;
  }

  // ------------------------------------------------------------------------------------------------ Keys

  #press(key: Key, effects: FaceEffect[]): void {
    switch (key.kind) {
      case 'focus':
        this.focused = key.focused;
        return;
      case 'paste':
        return this.#pasted(key.text, effects);
      case 'text':
        for (const char of this.mode === 'talk' ? [key.text] : key.text) this.#type(char, effects);
        return;
      case 'key': {
        const deed = deedOf(this.mode, key.name);
        if (deed !== undefined) this.#do(deed, effects);
        else if (/^alt-[1-9]$/.test(key.name)) this.#open(this.view.rooms[Number(key.name.slice(4)) - 1], effects);
        return;
      }
    }
  }

  #type(text: string, effects: FaceEffect[]): void {
    const deed = deedOf(this.mode, text);
    if (deed !== undefined && this.mode !== 'talk') return this.#do(deed, effects);
    if (this.mode === 'talk') this.#setInput(insert(this.input, text), effects);
    else if (this.mode === 'react') this.#typeReaction(text, effects);
    else if (this.mode === 'password') this.password = insert(this.password, text);
  }

  #typeReaction(text: string, effects: FaceEffect[]): void {
    const quick = this.reaction.text === '' ? QUICK_REACTIONS[Number(text) - 1] : undefined;
    if (quick === undefined) this.reaction = insert(this.reaction, text);
    else this.#react(quick, effects);
  }

  #react(emoji: string, effects: FaceEffect[]): void {
    const item = this.#chosenItem();
    if (item?.kind === 'said' && emoji !== '') {
      effects.push({ kind: 'act', action: { do: 'react', room: this.view.current, key: item.key, emoji } });
    }
    this.#leaveChoice();
  }

  #pasted(text: string, effects: FaceEffect[]): void {
    const trimmed = text.replace(/\n+$/, '');
    if (this.mode === 'password') this.password = insert(this.password, trimmed);
    if (this.mode !== 'talk' || trimmed === '') return;
    if (trimmed.split('\n').length >= PASTE_LINES_ASKED) {
      this.paste = trimmed;
      this.mode = 'paste';
      return;
    }
    this.#setInput(insert(this.input, trimmed), effects);
  }

  #do(deed: Deed, effects: FaceEffect[]): void {
    if (deed !== 'complete' && deed !== 'complete-back') this.popup = undefined;
    switch (deed) {
      case 'redraw':
        effects.push({ kind: 'redraw' });
        return;
      case 'suspend':
        effects.push({ kind: 'suspend' });
        return;
      case 'escape':
        return this.#escape();
      case 'interrupt':
        return this.#interrupt(effects);
      case 'help':
      case 'members':
        this.overlay = { what: deed, top: 0 };
        this.mode = 'list';
        return;
      default:
    }
    if (this.mode === 'list') this.#turnList(deed);
    else if (this.mode === 'choose') this.#withChosen(deed, effects);
    else if (this.mode === 'react') this.#inReaction(deed, effects);
    else if (this.mode === 'paste') this.#takePaste(deed, effects);
    else if (this.mode === 'password') this.#inPassword(deed, effects);
    else this.#talk(deed, effects);
  }

  #escape(): void {
    if (this.mode === 'talk') this.replyTo = undefined;
    this.#leaveChoice();
    this.overlay = undefined;
    this.paste = undefined;
    this.mode = 'talk';
  }

  #leaveChoice(): void {
    this.chosen = undefined;
    this.reaction = EMPTY_INPUT;
    if (this.mode === 'choose' || this.mode === 'react') this.mode = 'talk';
  }

  /** Ctrl-C: first the line goes, then it is asked, then it is obeyed. */
  #interrupt(effects: FaceEffect[]): void {
    if (this.mode === 'quit') {
      effects.push({ kind: 'quit' });
    } else if (this.input.text !== '') {
      this.#setInput({ ...clear(this.input, false), killed: this.input.text }, effects);
      this.say('Line cleared. Ctrl-Y brings it back.');
    } else {
      this.mode = 'quit';
    }
  }

  #turnList(deed: Deed): void {
    if (this.overlay === undefined) return;
    const { logColumns, logRows } = layoutOf(this);
    const page = Math.max(1, logRows - 1);
    const step: Partial<Record<Deed, number>> = { up: -1, down: 1, 'page-up': -page, 'page-down': page };
    const end = Math.max(0, overlayRows(this, this.overlay, logColumns - 1).length - logRows);
    this.overlay = { ...this.overlay, top: Math.max(0, Math.min(end, this.overlay.top + (step[deed] ?? 0))) };
  }

  #takePaste(deed: Deed, effects: FaceEffect[]): void {
    const text = this.paste ?? '';
    this.paste = undefined;
    this.mode = 'talk';
    this.#setInput(insert(this.input, deed === 'paste-code' ? `\`\`\`\n${text}\n\`\`\`` : text), effects);
    this.#send(effects);
  }

  // ------------------------------------------------------------------------------------------------ Talking

  #talk(deed: Deed, effects: FaceEffect[]): void {
    const { input } = this;
    const empty = input.text === '';
    switch (deed) {
      case 'send':
        return this.#send(effects);
      case 'newline':
        return this.#setInput(insert(input, '\n'), effects);
      case 'complete':
      case 'complete-back':
        return this.#complete(deed === 'complete' ? 1 : -1, effects);
      case 'up':
        return empty ? this.#choose(-1) : this.#upOrDown('older', effects);
      case 'down':
        return empty ? undefined : this.#upOrDown('newer', effects);
      case 'next-activity':
        return this.#nextActivity(effects);
      case 'room-before':
      case 'room-after':
        return this.#openNeighbour(deed === 'room-after' ? 1 : -1, effects);
      case 'first-unread':
        return this.#toFirstUnread();
      case 'page-up':
      case 'page-down':
        return this.#turnPage(deed === 'page-up' ? -1 : 1, effects);
      case 'newest':
        if (!empty) return this.#setInput(edit(input, 'line-end'), effects);
        this.#anchors.delete(this.view.current);
        return;
      case 'oldest':
        if (!empty) return this.#setInput(edit(input, 'line-start'), effects);
        return this.#toOldest(effects);
      case 'toggle-rooms':
        if (!empty) return this.#setInput(edit(input, 'word-left'), effects);
        this.sidebar = layoutOf(this).sidebarColumns > 0 ? 'hidden' : 'shown';
        return;
      case 'delete-or-quit':
        if (!empty) return this.#setInput(edit(input, 'delete-right'), effects);
        return this.#interrupt(effects);
      default:
        return this.#setInput(edit(input, deed as Parameters<typeof edit>[1]), effects);
    }
  }

  #setInput(input: InputLine, effects: FaceEffect[]): void {
    const changed = input.text !== this.input.text;
    this.#inputs.set(this.view.current, input);
    if (!changed) return;
    this.popup = undefined;
    const typing = input.text !== '' && !input.text.startsWith('/');
    if (typing || this.#typing) {
      effects.push({
        kind: 'act',
        action: { do: 'typing', room: this.view.current, state: typing ? 'active' : 'done' },
      });
    }
    this.#typing = typing;
  }

  #send(effects: FaceEffect[]): void {
    const { input, view, replyTo } = this;
    const text = input.text.trimEnd();
    if (text.trim() === '') return;
    // A sent message ends the typing by itself.
    this.#typing = false;
    this.#inputs.set(view.current, clear({ ...input, text }, true));
    if (/^\/help$/i.test(text)) return this.#do('help', effects);
    if (/^\/quit(\s|$)/i.test(text) && view.unsent > 0) {
      this.mode = 'quit';
      return;
    }
    this.#anchors.delete(view.current);
    this.replyTo = undefined;
    const reply = replyTo?.msgid === undefined ? {} : { replyTo: replyTo.msgid };
    effects.push({ kind: 'act', action: { do: 'enter', room: view.current, text, ...reply } });
  }

  #upOrDown(how: 'older' | 'newer', effects: FaceEffect[]): void {
    const { text, cursor } = this.input;
    // In a text of several lines the cursor moves until it is at the first or last.
    if (this.input.shown === undefined && text.includes('\n')) {
      const line = text.lastIndexOf('\n', cursor - 1);
      const next = text.indexOf('\n', cursor);
      if (how === 'older' && line !== -1) return this.#setInput({ ...this.input, cursor: line }, effects);
      if (how === 'newer' && next !== -1) return this.#setInput({ ...this.input, cursor: next + 1 }, effects);
    }
    this.#setInput(edit(this.input, how), effects);
  }

  #complete(step: 1 | -1, effects: FaceEffect[]): void {
    const { popup } = this;
    if (popup === undefined) {
      const { text, cursor } = this.input;
      const found = this.knowledge.complete(this.view, this.view.current, text, cursor);
      if (found === undefined || found.candidates.length === 0) return;
      this.#try({ ...found, tried: step === 1 ? 0 : found.candidates.length - 1 }, effects);
      return;
    }
    const count = popup.candidates.length;
    this.#try({ ...popup, tried: (popup.tried + step + count) % count }, effects);
  }

  #try(popup: Popup, effects: FaceEffect[]): void {
    const text = popup.candidates[popup.tried]?.text ?? '';
    this.#setInput(replaceRange(this.input, popup.from, popup.to, text), effects);
    // One candidate is an answer, not a choice.
    this.popup = popup.candidates.length === 1 ? undefined : { ...popup, to: popup.from + text.length };
  }

  // ------------------------------------------------------------------------------------------------ Rooms

  #open(room: RoomView | undefined, effects: FaceEffect[]): void {
    if (room !== undefined) effects.push({ kind: 'act', action: { do: 'open', room: room.id } });
  }

  #openNeighbour(step: 1 | -1, effects: FaceEffect[]): void {
    const { rooms, current } = this.view;
    const at = rooms.findIndex(({ id }) => id === current);
    this.#open(rooms[(at + step + rooms.length) % rooms.length], effects);
  }

  /** What names us first, then what is to us alone, then what could not be sent, then the rest. */
  #nextActivity(effects: FaceEffect[]): void {
    const urgency = (room: RoomView): number => {
      if (room.mentions > 0) return 4;
      if (room.kind === 'direct' && room.unread > 0) return 3;
      if (room.failed > 0) return 2;
      return room.unread > 0 ? 1 : 0;
    };
    const others = this.view.rooms.filter(({ id }) => id !== this.view.current);
    const most = Math.max(0, ...others.map(urgency));
    if (most === 0) return this.say('Nothing new anywhere.');
    this.#open(
      others.find((room) => urgency(room) === most),
      effects,
    );
  }

  // ------------------------------------------------------------------------------------------------ The log

  #toFirstUnread(): void {
    const { room } = this;
    const item = room?.items.find(({ key }) => key === room.dividerKey);
    if (room === undefined || item === undefined) return this.say('Nothing unread here.');
    this.#anchors.set(room.id, { key: item.key, row: 0, at: item.at });
  }

  #toOldest(effects: FaceEffect[]): void {
    const first = this.room?.items[0];
    if (this.room === undefined || first === undefined) return;
    this.#anchors.set(this.room.id, { key: first.key, row: 0, at: first.at });
    this.#askOlder(this.room, effects);
  }

  #turnPage(direction: 1 | -1, effects: FaceEffect[]): void {
    const { room, window } = this;
    if (room === undefined) return;
    this.#stand(room, scroll(room, window, direction * Math.max(1, window.height - 2)));
    // One page ahead of the reader, so that turning on finds the messages there.
    if (direction === -1 && this.#nearBeginning(room)) this.#askOlder(room, effects);
  }

  #stand(room: RoomView, anchor: Anchor | undefined): void {
    if (anchor === undefined) this.#anchors.delete(room.id);
    else this.#anchors.set(room.id, anchor);
  }

  #nearBeginning(room: RoomView): boolean {
    const { window } = this;
    const ahead = scroll(room, window, -2 * window.height);
    // No anchor at all: the whole room fits into the window.
    return ahead === undefined || ahead.key === room.items[0]?.key;
  }

  #askOlder(room: RoomView, effects: FaceEffect[]): void {
    if (!room.beginningKnown && !room.loadingOlder && room.kind !== 'server') {
      effects.push({ kind: 'act', action: { do: 'older', room: room.id } });
    }
  }

  // ------------------------------------------------------------------------------------------------ Choosing

  #choose(step: 1 | -1): void {
    const { room } = this;
    const items = (room?.items ?? []).filter((item) => item.kind !== 'happened');
    const at = items.findIndex(({ key }) => key === this.chosen);
    const next = at === -1 ? (step === -1 ? items.at(-1) : undefined) : items[at + step];
    if (room === undefined || next === undefined) {
      if (step === 1) this.#leaveChoice();
      return;
    }
    this.chosen = next.key;
    this.mode = 'choose';
    this.#stand(room, reveal(room, this.window, next.key));
  }

  #chosenItem(): Item | undefined {
    return this.room?.items.find(({ key }) => key === this.chosen);
  }

  #withChosen(deed: Deed, effects: FaceEffect[]): void {
    if (deed === 'up' || deed === 'down') return this.#choose(deed === 'up' ? -1 : 1);
    const item = this.#chosenItem();
    const room = this.view.current;
    if (item?.kind === 'gap') {
      if (deed === 'open-gap') effects.push({ kind: 'act', action: { do: 'fill-gap', room, key: item.key } });
      return;
    }
    if (item?.kind !== 'said') return;
    const failed = item.delivery.state === 'failed';
    switch (deed) {
      case 'reply':
        if (item.msgid === undefined) return this.say('Only a message that the server has can be answered.');
        this.replyTo = item;
        return this.#leaveChoice();
      case 'react':
        if (item.msgid === undefined) return this.say('Only a message that the server has can be reacted to.');
        this.mode = 'react';
        return;
      case 'copy':
        effects.push({ kind: 'copy', text: item.text });
        this.say('Copied, if the terminal allows it.');
        return this.#leaveChoice();
      case 'retry':
      case 'discard':
        if (!failed) return this.say('That is for messages that were not sent.');
        effects.push({ kind: 'act', action: { do: deed, room, key: item.key } });
        return this.#leaveChoice();
      default:
    }
  }

  #inReaction(deed: Deed, effects: FaceEffect[]): void {
    if (deed === 'send') this.#react(this.reaction.text.trim(), effects);
    else if (deed === 'delete-left') this.reaction = edit(this.reaction, 'delete-left');
  }
}
