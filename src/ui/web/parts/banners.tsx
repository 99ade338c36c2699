/** What the person should know right now about the link and this browser, each in a sentence with its way forward. */
import type { ComponentChildren } from 'preact';
import type { ClientView, LinkState } from '../../../core/client/view.ts';
import { useRef } from 'preact/hooks';
import { askForNotifications } from '../attention/notifications.ts';
import { secureContext } from '../environment.ts';
import { openOverlay } from '../navigation.ts';
import { hidePlainHttp, nick, notifying } from '../preferences.ts';
import { act, changeNick } from '../session.ts';
import { newVersion } from '../worker/registration.ts';
import { useNow } from './now.ts';

export function Banners({ view }: { view: ClientView }) {
  return (
    <>
      <LinkBanner link={view.link} unsent={view.unsent} />
      {view.link.state === 'online' && nick.value !== view.nick && <OtherName wanted={nick.value} given={view.nick} />}
      {!secureContext && !hidePlainHttp.value && (
        <div class="banner">
          <p>Opened without https: no notifications, no install, no work offline. Chatting works.</p>
          <button type="button" class="link-button" onClick={() => (hidePlainHttp.value = true)}>
            Got it
          </button>
        </div>
      )}
      {newVersion.value !== undefined && (
        <div class="banner" role="status">
          <p>A new version of Parley is ready. Drafts and unsent messages stay.</p>
          <button type="button" class="link-button" onClick={newVersion.value}>
            Change to it
          </button>
        </div>
      )}
      {notifying.value === 'offered' && view.link.state === 'online' && (
        <div class="banner">
          <p>Somebody wrote to you. Get a notification next time?</p>
          <button type="button" class="link-button" onClick={askForNotifications}>
            Yes, notify me
          </button>
          <button type="button" class="link-button" onClick={() => (notifying.value = 'declined')}>
            No, thanks
          </button>
        </div>
      )}
    </>
  );
}

/** Somebody else has the name that was asked for. The engine goes on asking for it in the meantime. */
function OtherName({ wanted, given }: { wanted: string; given: string }) {
  return (
    <div class="banner" role="status">
      <p>
        The nick <bdi>{wanted}</bdi> is in use, so you are <bdi>{given}</bdi> for now.
      </p>
      <button type="button" class="link-button" onClick={() => openOverlay('settings')}>
        Choose another
      </button>
      <button type="button" class="link-button" onClick={() => changeNick(given)}>
        Stay <bdi>{given}</bdi>
      </button>
    </div>
  );
}

function LinkBanner({ link, unsent }: { link: LinkState; unsent: number }) {
  // The first attempt is part of opening the page; from the second on there is something to tell.
  const before = useRef(false);
  if (link.state === 'online' || link.state === 'offline') before.current = true;
  switch (link.state) {
    case 'online':
      return null;
    case 'connecting':
    case 'registering':
      return before.current ? <Trouble text={`Connecting again. ${kept(unsent)}`} /> : null;
    case 'offline':
      return <Offline reason={link.reason} retryAt={link.retryAt} unsent={unsent} />;
    case 'refused':
      return (
        <Trouble text={`${link.reason} ${kept(unsent)}`}>
          <button type="button" class="link-button" onClick={() => act({ do: 'connect' })}>
            Try again
          </button>
        </Trouble>
      );
  }
}

function Offline({ reason, retryAt, unsent }: { reason: string; retryAt: number; unsent: number }) {
  const seconds = Math.max(0, Math.ceil((retryAt - useNow()) / 1_000));
  return (
    <Trouble text={`Not connected. ${kept(unsent)}`} detail={reason}>
      {/* The countdown is for eyes only: read aloud every second it would drown everything else. */}
      <span aria-hidden="true">{seconds > 0 ? `Retry in ${seconds} s` : 'Retrying'}</span>
      <button type="button" class="link-button" onClick={() => act({ do: 'connect' })}>
        Try now
      </button>
    </Trouble>
  );
}

function Trouble({ text, detail, children }: { text: string; detail?: string; children?: ComponentChildren }) {
  return (
    <div class="banner warn link-trouble">
      <p role="status">
        {text}
        {detail !== undefined && <small> {detail}</small>}
      </p>
      {children}
    </div>
  );
}

function kept(unsent: number): string {
  if (unsent === 0) return 'You can read and write on; what you write is sent when the link is back.';
  if (unsent === 1) return 'Your message is kept and will be sent when the link is back.';
  return `Your ${unsent} messages are kept and will be sent when the link is back.`;
}
