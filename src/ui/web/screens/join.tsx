import { Dialog } from '../parts/dialog.tsx';
import { fieldOf } from '../parts/form.ts';
import { goTo } from '../navigation.ts';

export function Join() {
  return (
    <Dialog title="Join or make a room">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const name = fieldOf(event.currentTarget, 'room').replace(/[\s,]+/g, '-');
          if (name !== '') goTo({ room: name.startsWith('#') ? name : `#${name}` });
        }}
      >
        <label class="label" for="room">
          Name
        </label>
        <div class="row">
          <input
            id="room"
            name="room"
            class="field"
            required
            autocapitalize="none"
            spellcheck={false}
            placeholder="#tea"
          />
          <button type="submit" class="button primary">
            Join
          </button>
        </div>
        <p class="hint">A room that nobody is in is made for you.</p>
      </form>
    </Dialog>
  );
}
