import { askForNotifications, canNotify } from '../attention/notifications.ts';
import { Dialog } from '../parts/dialog.tsx';
import { fieldOf } from '../parts/form.ts';
import { nick, notifying, sendTyping, theme, type Theme } from '../preferences.ts';
import { changeNick } from '../session.ts';
import { closeOverlay } from '../navigation.ts';

const THEMES: readonly (readonly [Theme, string])[] = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

export function Settings({ current }: { current: string }) {
  return (
    <Dialog title="Settings">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const wanted = fieldOf(event.currentTarget, 'nick');
          if (wanted !== '' && wanted !== current) changeNick(wanted);
          closeOverlay();
        }}
      >
        <label class="label" for="own-nick">
          Your nick
        </label>
        <div class="row">
          <input
            id="own-nick"
            name="nick"
            class="field"
            required
            autocapitalize="none"
            spellcheck={false}
            defaultValue={current}
          />
          <button type="submit" class="button">
            Change
          </button>
        </div>
        {nick.value !== current && <p class="hint">You asked for {nick.value}, which is in use.</p>}
      </form>
      <fieldset>
        <legend>Colours</legend>
        <div class="segments">
          {THEMES.map(([value, name]) => (
            <label key={value}>
              <input
                type="radio"
                name="theme"
                value={value}
                checked={theme.value === value}
                onChange={() => (theme.value = value)}
              />
              {name}
            </label>
          ))}
        </div>
      </fieldset>
      <div>
        <label class="choice">
          <input
            type="checkbox"
            checked={sendTyping.value}
            onChange={(event) => (sendTyping.value = event.currentTarget.checked)}
          />
          <span>
            Show others when I type
            <br />
            <span class="hint">You see others who show it either way.</span>
          </span>
        </label>
        <label class="choice">
          <input
            type="checkbox"
            disabled={!canNotify()}
            checked={notifying.value === 'on'}
            onChange={(event) => {
              if (event.currentTarget.checked) askForNotifications();
              else notifying.value = 'declined';
            }}
          />
          <span>
            Notify me when somebody writes to me
            <br />
            <span class="hint">
              {canNotify() ? 'While this page is open, but not in front.' : 'This browser allows it only with https.'}
            </span>
          </span>
        </label>
      </div>
    </Dialog>
  );
}
