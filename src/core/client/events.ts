/** What the client engine hears and what it orders. One shell (src/ui/shared/shell.ts) turns the world into these. */
import type { Received } from '../wire/line-reader.ts';
import type { Folded } from '../wire/casemap.ts';

export interface ClientSettings {
  readonly nick: string;
  readonly realname: string;
  /** Server password or invite key; sent as PASS. */
  readonly password?: string;
  /** Rooms to be in. Joined on every connection; `join` and `part` by the person change the kept list. */
  readonly rooms: readonly string[];
}

/** What survives a restart, as the shell kept it: values by key, written by `keep` effects. */
export type Kept = ReadonlyMap<string, string>;

export type ClientEvent =
  | { readonly kind: 'started'; readonly at: number; readonly kept: Kept }
  | { readonly kind: 'opened'; readonly at: number; readonly secure: boolean }
  | { readonly kind: 'lines'; readonly at: number; readonly lines: readonly Received[] }
  | { readonly kind: 'closed'; readonly at: number; readonly reason: string }
  /** The shell could keep everything up to this keep number: only then may an own message be sent. */
  | { readonly kind: 'kept'; readonly at: number; readonly n: number }
  /** The shell's store fails, with a sentence for people. Messages are sent all the same: chat goes on unkept. */
  | { readonly kind: 'unkept'; readonly at: number; readonly n: number; readonly why: string }
  | { readonly kind: 'acted'; readonly at: number; readonly action: Action }
  /** The network came back or the machine woke up: try now instead of waiting. */
  | { readonly kind: 'nudged'; readonly at: number }
  | { readonly kind: 'woke'; readonly at: number };

/** What the person does in a face. */
export type Action =
  /** A line from the composer: a message to `room`, or a command when it begins with `/` (`//` says a slash). */
  | { readonly do: 'enter'; readonly room: Folded; readonly text: string; readonly replyTo?: string }
  | { readonly do: 'open'; readonly room: Folded }
  /** The newest item of the room has been in view, window focused, for a second. */
  | { readonly do: 'read'; readonly room: Folded }
  | { readonly do: 'older'; readonly room: Folded }
  | { readonly do: 'fill-gap'; readonly room: Folded; readonly key: string }
  | { readonly do: 'retry'; readonly room: Folded; readonly key: string }
  | { readonly do: 'discard'; readonly room: Folded; readonly key: string }
  | { readonly do: 'react'; readonly room: Folded; readonly key: string; readonly emoji: string }
  | { readonly do: 'typing'; readonly room: Folded; readonly state: 'active' | 'paused' | 'done' }
  | { readonly do: 'connect' }
  | { readonly do: 'set-nick'; readonly nick: string }
  | { readonly do: 'set-password'; readonly password: string };

export type ClientEffect =
  /** Open a link: `opened` or `closed` follows. Nothing of an earlier link may be handed in any more. */
  | { readonly kind: 'dial' }
  /** End the link and forget it: its `closed` is not waited for and must not be handed in. */
  | { readonly kind: 'hangup'; readonly reason: string }
  /** Whole lines, each ended by `\r\n`. */
  | { readonly kind: 'send'; readonly text: string }
  /** Keep (or with null forget) a value; `n` comes back in `kept` when it is safe. */
  | { readonly kind: 'keep'; readonly n: number; readonly key: string; readonly value: string | null }
  /** Somebody named us, or wrote to us alone, in a room that is not in view. */
  | { readonly kind: 'notify'; readonly room: Folded; readonly from: string; readonly text: string }
  /** The person asked to leave the program (`/quit`), after the goodbye was sent. */
  | { readonly kind: 'quit' };
