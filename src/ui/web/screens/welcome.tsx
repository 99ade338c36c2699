/** The first thing a person sees: one question. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { fieldOf } from '../parts/form.ts';
import { Logo } from '../parts/icons.tsx';
import { nick } from '../preferences.ts';

/** What any server takes; the server's own rules answer for the rest. */
export const NICK_LENGTH_MAX = 32;

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

export function NickField({ value, trouble }: { value: string; trouble: string }) {
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

export function nickTrouble(wanted: string): string {
  if (wanted === '') return 'Please write a name.';
  if (/\s/.test(wanted)) return 'A nick is one word: try - or _ instead of the space.';
  if (/^[#:@+&$~%\d-]/.test(wanted)) return `A nick cannot begin with ${wanted.charAt(0)}.`;
  if (/[,!@*?]/.test(wanted)) return 'A nick cannot contain any of , ! @ * ?';
  return '';
}
