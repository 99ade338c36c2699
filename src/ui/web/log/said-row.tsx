/** One message: who, what, reactions, and (for our own) where it is on its way. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Delivery, SaidItem } from '../../../core/client/view.ts';
import type { Folded } from '../../../core/wire/casemap.ts';
import { startReply } from '../composer/replying.ts';
import { openOverlay } from '../navigation.ts';
import { Avatar, hueClass } from '../parts/avatar.tsx';
import { Formatted } from '../parts/formatted.tsx';
import { Icon } from '../parts/icons.tsx';
import { clockTime, wholeTime } from '../parts/time.ts';
import { act } from '../session.ts';
import { reactingTo } from './reacting.ts';

const QUICK = ['👍', '❤️', '😂'] as const;

interface Props {
  readonly room: Folded;
  readonly item: SaidItem;
  readonly lead: boolean;
  readonly own: string;
  readonly active: boolean;
  readonly roving: boolean;
  readonly newest: boolean;
  readonly show: (msgid: string) => void;
}

export function SaidRow({ room, item, lead, own, active, roving, newest, show }: Props) {
  const known = item.msgid !== undefined;
  /** An action names its person in its sentence: `ann waves`. */
  const named = lead && item.form !== 'action';
  const by = <bdi class={`said-by ${hueClass(item.from)}`}>{item.from}</bdi>;
  const reply = (): void => startReply(room, item);
  const more = (): void => {
    reactingTo.value = { room, key: item.key, from: item.from };
    openOverlay('react');
  };
  const keyPressed = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === 'r' && known) reply();
    else if (event.key === '+' && known) more();
    else if (event.key === 'y') copy(item.text);
    else return;
    event.preventDefault();
  };
  return (
    <article
      class={`said ${item.form} ${item.delivery.state}${named ? ' lead' : ''}${item.mentionsMe && !item.own ? ' mention' : ''}`}
      data-key={item.key}
      tabIndex={roving ? 0 : -1}
      aria-label={label(item)}
      onKeyDown={keyPressed}
    >
      {named && <Avatar nick={item.from} />}
      {named && by}
      {!named && item.form !== 'action' && <span class="unseen">{item.from}</span>}
      {item.replyTo !== undefined && (
        <button
          type="button"
          class="said-reply"
          tabIndex={active ? 0 : -1}
          onClick={() => item.replyTo && show(item.replyTo.msgid)}
        >
          <span class="unseen">In reply to </span>
          <bdi>{item.replyTo.from === '' ? 'A message' : item.replyTo.from}</bdi>
          <span>{item.replyTo.text === '' ? 'that is not loaded' : item.replyTo.text}</span>
        </button>
      )}
      <div class="said-text" dir="auto">
        {item.form === 'action' && <>{by} </>}
        <Formatted text={item.text} />
      </div>
      {item.reactions.size > 0 && <Reactions room={room} item={item} own={own} reachable={active} />}
      {item.own && <Mark room={room} item={item} newest={newest} />}
      <time class="said-at" dateTime={new Date(item.at).toISOString()} title={wholeTime(item.at)}>
        {clockTime(item.at)}
      </time>
      {active && (
        <div class="actions" role="group" aria-label={`Message of ${item.from}`}>
          {known &&
            QUICK.map((emoji) => (
              <button
                key={emoji}
                type="button"
                class="icon-button"
                aria-label={`React with ${emoji}`}
                onClick={() => act({ do: 'react', room, key: item.key, emoji })}
              >
                {emoji}
              </button>
            ))}
          {known && (
            <button type="button" class="icon-button" aria-label="React with another" title="React (+)" onClick={more}>
              <Icon name="smile" size={18} />
            </button>
          )}
          {known && (
            <button type="button" class="icon-button" aria-label="Reply" title="Reply (r)" onClick={reply}>
              <Icon name="reply" size={18} />
            </button>
          )}
          <button
            type="button"
            class="icon-button"
            aria-label="Copy text"
            title="Copy text (y)"
            onClick={() => copy(item.text)}
          >
            <Icon name="copy" size={18} />
          </button>
        </div>
      )}
    </article>
  );
}

/** What a screen reader says: who, what, reactions, and the time last. */
function label(item: SaidItem): string {
  const parts = [`${item.from}${item.form === 'action' ? ' ' : ': '}${item.text}`];
  if (item.replyTo !== undefined) parts.push(`in reply to ${item.replyTo.from}`);
  for (const [emoji, nicks] of item.reactions) parts.push(`${emoji} from ${nicks.join(', ')}`);
  if (item.own && item.delivery.state !== 'sent') parts.push(word(item.delivery));
  parts.push(clockTime(item.at));
  return parts.join(', ');
}

interface ReactionsProps {
  readonly room: Folded;
  readonly item: SaidItem;
  readonly own: string;
  readonly reachable: boolean;
}

function Reactions({ room, item, own, reachable }: ReactionsProps) {
  return (
    <ul class="reactions" aria-label="Reactions">
      {[...item.reactions].map(([emoji, nicks]) => (
        <li key={emoji}>
          <button
            type="button"
            class="reaction"
            tabIndex={reachable ? 0 : -1}
            aria-pressed={nicks.includes(own)}
            title={nicks.join(', ')}
            onClick={() => act({ do: 'react', room, key: item.key, emoji })}
          >
            <span>{emoji}</span>
            <small>{nicks.length}</small>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** A mark is told by a sign and a word. The tick of what was just sent fades, except for the newest own message. */
function Mark({ room, item, newest }: { room: Folded; item: SaidItem; newest: boolean }) {
  const { delivery } = item;
  const wasPending = useRef(delivery.state !== 'sent');
  const [, draw] = useState(0);
  useEffect(() => {
    if (delivery.state !== 'sent') wasPending.current = true;
    draw((n) => n + 1);
  }, [delivery.state]);
  switch (delivery.state) {
    case 'queued':
      return (
        <span class="mark queued" title="Kept here; sent when its turn comes">
          ◌ queued
        </span>
      );
    case 'sending':
      return <span class="mark sending">… sending</span>;
    case 'sent':
      if (!newest && !wasPending.current) return null;
      return (
        <span class={`mark sent${newest ? ' newest' : ''}`} title="Stored by the server">
          <span aria-hidden="true">✓</span>
          <span class="unseen">sent</span>
        </span>
      );
    case 'failed':
      return (
        <div class="mark-failed">
          <span>! Not sent: {delivery.reason}</span>
          <button type="button" class="link-button" onClick={() => act({ do: 'retry', room, key: item.key })}>
            Retry
          </button>
          <button type="button" class="link-button" onClick={() => act({ do: 'discard', room, key: item.key })}>
            Discard
          </button>
        </div>
      );
  }
}

function word(delivery: Delivery): string {
  return delivery.state === 'failed' ? `not sent: ${delivery.reason}` : delivery.state;
}

/** The clipboard exists only with https; elsewhere the text is selected by hand. */
function copy(text: string): void {
  const clipboard = navigator.clipboard as Clipboard | undefined;
  clipboard?.writeText(text).catch(() => undefined);
}
