/** What is shown in place of the conversation when there is none: not let in, or open in another page. */
import { useState } from 'preact/hooks';
import { fieldOf } from '../parts/form.ts';
import { nick, password } from '../preferences.ts';
import { CardPage, NICK_LENGTH_MAX, NickField, nickTrouble } from './welcome.tsx';

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

function suggestion(taken: string): string {
  return taken.length < NICK_LENGTH_MAX ? `${taken}_` : taken.slice(0, -1);
}
