/** The first thing a person sees: one question. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { fieldOf } from '../parts/form.ts';
import { Logo } from '../parts/icons.tsx';
import { nick, password } from '../preferences.ts';

/** What any server takes; the server's own rules answer for the rest. */
const NICK_LENGTH_MAX = 32;

export function Welcome({ room, onNick }: { room: string; onNick: (nick: string) => void }) {
  const [trouble, setTrouble] = useState('');
  return (
    <CardPage title="What should people call you?">
      <p class="lead">
        You are joining <bdi>{room}</bdi> on <bdi>{location.host}</bdi>. No account, nothing to install.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const wanted = fieldOf(event.currentTarget, 'nick');
          const wrong = nickTrouble(wanted);
          setTrouble(wrong);
          if (wrong === '') onNick(wanted);
        }}
      >
        <NickField value={nick.value} trouble={trouble} />
        <button type="submit" class="button primary">
          Start chatting
        </button>
      </form>
    </CardPage>
  );
}

/** The server wants another name, or a key, before it lets us in. */
export function Refused({
  reason,
  fix,
  onNick,
  onPassword,
  onRetry,
}: {
  reason: string;
  fix: 'password' | 'nick' | 'none';
  onNick: (nick: string) => void;
  onPassword: (password: string) => void;
  onRetry: () => void;
}) {
  const [trouble, setTrouble] = useState('');
  const title =
    fix === 'nick' ? 'Another name, please' : fix === 'password' ? 'This server asks for a key' : 'Not let in';
  return (
    <CardPage title={title}>
      <p class="lead" role="alert">
        {reason}
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          if (fix === 'password') return onPassword(fieldOf(form, 'key'));
          if (fix === 'none') return onRetry();
          const wanted = fieldOf(form, 'nick');
          const wrong = nickTrouble(wanted);
          setTrouble(wrong);
          if (wrong === '') onNick(wanted);
        }}
      >
        {fix === 'nick' && <NickField value={suggestion(nick.value)} trouble={trouble} />}
        {fix === 'password' && (
          <div>
            <label class="label" for="key">
              Invite key or password
            </label>
            <input id="key" name="key" class="field" type="password" required autofocus defaultValue={password.value} />
            <p class="hint">It is part of the link that you were invited with, behind #k=.</p>
          </div>
        )}
        <button type="submit" class="button primary">
          {fix === 'none' ? 'Try again' : 'Go on'}
        </button>
      </form>
    </CardPage>
  );
}

/** One session for each person: the page that was opened last has it. */
export function Elsewhere({ left, onHere }: { left: boolean; onHere: () => void }) {
  return (
    <CardPage title={left ? 'You have left' : 'Parley is open in another tab'}>
      <p class="lead">{left ? 'Until next time.' : 'It goes on there.'} Drafts and unsent messages are kept.</p>
      <button type="button" class="button primary" onClick={onHere}>
        {left ? 'Come back' : 'Use it here'}
      </button>
    </CardPage>
  );
}

export function CardPage({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <main class="card-page">
      <div class="card">
        <Logo size={48} />
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}

function NickField({ value, trouble }: { value: string; trouble: string }) {
  return (
    <div>
      <label class="label" for="nick">
        Your nick
      </label>
      <input
        id="nick"
        name="nick"
        class="field"
        autocomplete="nickname"
        autocapitalize="none"
        spellcheck={false}
        maxLength={NICK_LENGTH_MAX}
        autofocus
        required
        defaultValue={value}
        aria-describedby={trouble === '' ? undefined : 'nick-trouble'}
        aria-invalid={trouble !== ''}
      />
      {trouble !== '' && (
        <p id="nick-trouble" class="hint error" role="alert">
          {trouble}
        </p>
      )}
    </div>
  );
}

function nickTrouble(wanted: string): string {
  if (wanted === '') return 'Please write a name.';
  if (/\s/.test(wanted)) return 'A nick is one word: try - or _ instead of the space.';
  if (/^[#:@+&$~%\d-]/.test(wanted)) return `A nick cannot begin with ${wanted.charAt(0)}.`;
  if (/[,!@*?]/.test(wanted)) return 'A nick cannot contain any of , ! @ * ?';
  return '';
}

function suggestion(taken: string): string {
  return taken.length < NICK_LENGTH_MAX ? `${taken}_` : taken.slice(0, -1);
}
