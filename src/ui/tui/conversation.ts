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

/** Under which key the store keeps the room that was open last; the engine's own keys begin differently. */
const ROOM_KEY = 'face:room';

/** What the store says of the room that was open last. */
export function lastRoomOf(kept: ReadonlyMap<string, string>): string | undefined {
  return kept.get(ROOM_KEY);
}

export interface ConversationOptions {
  readonly settings: ClientSettings;
  readonly store: ClientStore;
  /** The room that was open when the program ended. */
  readonly lastRoom: string | undefined;
  readonly dial: () => Promise<Link>;
}

export function startConversation({ settings, store, dial, lastRoom }: ConversationOptions): Conversation {
  let secure = false;
  let current: Folded | undefined;
  const onChange = (view: ClientView): void => {
    const before = current;
    current = view.current;
    if (before === undefined) openFirst(view);
    else if (before !== current) void store.put(new Map([[ROOM_KEY, current]])).catch(() => {});
    conversation.onChanged();
  };
  /** Before there is a link, the server's page is in view; what was open last has more to read. */
  const openFirst = (view: ClientView): void => {
    const rooms = view.rooms.filter(({ kind }) => kind !== 'server');
    const room = rooms.find(({ id }) => id === lastRoom) ?? rooms[0];
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
    onChanged: () => {},
    onNotified: () => {},
    onRemark: () => {},
    onEnd: () => {},
    close: () => shell.stop(),
  };
  return conversation;
}
