/** What the faces of this folder need of the client. The shell of the client engine stands behind it, or a test. */
import { COMMANDS, usage } from '../../core/client/commands.ts';
import { complete } from '../../core/client/completion.ts';
import type { Action, ClientSettings } from '../../core/client/events.ts';
import type { Folded } from '../../core/wire/casemap.ts';
import type { ClientView } from '../../core/client/view.ts';
import type { Link } from '../../core/ports.ts';
import { startClient, type ClientStore } from '../shared/shell.ts';
import type { Knowledge } from './face.ts';

export interface Conversation {
  /** One object for ever; its fields change. */
  readonly view: ClientView;
  readonly knowledge: Knowledge;
  /** Whether the link cannot be read by others. */
  readonly secure: boolean;
  act(action: Action): void;
  /** The network came back, or the machine woke up. */
  nudge(): void;
  /** What was half typed when the program ended, by room. */
  readonly drafts: ReadonlyMap<Folded, string>;
  /** Keeps what is half typed; null forgets. */
  keepDrafts(drafts: ReadonlyMap<Folded, string | null>): void;
  /** Called after every change of the view. */
  onChanged: () => void;
  /** Somebody named us, or wrote to us alone, out of view. */
  onNotified: () => void;
  /** A sentence for the person that comes from no room. */
  onRemark: (text: string) => void;
  /** The program must end: the person said `/quit` (then there is no reason), or it must not go on. */
  onEnd: (why: string | undefined) => void;
  /** Says goodbye if there is a link, and keeps what is to be kept. */
  close(): Promise<void>;
}

const KNOWLEDGE: Knowledge = {
  complete,
  commands: COMMANDS.map((command) => ({ usage: usage(command), help: command.summary })),
};

/** Under which keys the store holds what only faces know; the engine's own keys begin differently. */
const ROOM_KEY = 'face:room';
const DRAFT_KEY = 'face:draft:';

/** What a face knew when the program ended. */
export interface Remembered {
  /** The room that was open. */
  readonly room: string | undefined;
  readonly drafts: ReadonlyMap<Folded, string>;
}

export function rememberedOf(kept: ReadonlyMap<string, string>): Remembered {
  const drafts = new Map<Folded, string>();
  for (const [key, text] of kept)
    if (key.startsWith(DRAFT_KEY)) drafts.set(key.slice(DRAFT_KEY.length) as Folded, text);
  return { room: kept.get(ROOM_KEY), drafts };
}

export interface ConversationOptions {
  readonly settings: ClientSettings;
  readonly store: ClientStore;
  readonly remembered: Remembered;
  readonly dial: () => Promise<Link>;
}

export function startConversation({ settings, store, dial, remembered }: ConversationOptions): Conversation {
  let secure = false;
  let current: Folded | undefined;
  /** The engine tells of a store that fails; these small things add nothing to it. */
  const keep = (values: ReadonlyMap<string, string | null>): void => void store.put(values).catch(() => {});
  const onChange = (view: ClientView): void => {
    const before = current;
    current = view.current;
    if (before === undefined) openFirst(view);
    else if (before !== current) keep(new Map([[ROOM_KEY, current]]));
    conversation.onChanged();
  };
  /** Before there is a link, the server's page is in view; what was open last has more to read. */
  const openFirst = (view: ClientView): void => {
    const rooms = view.rooms.filter(({ kind }) => kind !== 'server');
    const room = rooms.find(({ id }) => id === remembered.room) ?? rooms[0];
    if (room !== undefined && settings.rooms.length === 0) shell.act({ do: 'open', room: room.id });
  };
  const shell = startClient({
    settings,
    store,
    dial: async () => {
      const link = await dial();
      secure = link.peer.secure;
      return link;
    },
    now: Date.now,
    setTimer: (ms, fire) => {
      const timer = setTimeout(fire, ms);
      return () => clearTimeout(timer);
    },
    chance: Math.random,
    onChange,
    onNotify: () => conversation.onNotified(),
    onQuit: () => conversation.onEnd(undefined),
  });
  const conversation: Conversation = {
    view: shell.view,
    knowledge: KNOWLEDGE,
    get secure() {
      return secure;
    },
    act: (action) => shell.act(action),
    nudge: () => shell.nudge(),
    drafts: remembered.drafts,
    keepDrafts: (drafts) => keep(new Map(Array.from(drafts, ([room, text]) => [DRAFT_KEY + room, text]))),
    onChanged: () => {},
    onNotified: () => {},
    onRemark: () => {},
    onEnd: () => {},
    close: () => shell.stop(),
  };
  return conversation;
}
