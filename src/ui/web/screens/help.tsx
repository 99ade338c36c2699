import { Fragment } from 'preact';
import { Dialog } from '../parts/dialog.tsx';
import { COMMAND_HELP } from '../../../core/client/commands.ts';

const KEYS: readonly (readonly [string, string])[] = [
  ['Enter', 'send'],
  ['Shift Enter', 'new line'],
  ['Tab', 'complete a /command, @nick, #room or :emoji:'],
  ['Ctrl K', 'find a room, person or command'],
  ['Alt ↑ ↓', 'the room above or below'],
  ['Alt Shift ↑ ↓', 'the unread room above or below'],
  ['Shift Tab', 'from the text to the messages'],
  ['↑ ↓ Home End', 'from message to message'],
  ['r', 'reply to the message'],
  ['+', 'react to the message'],
  ['y', 'copy the message'],
  ['Esc', 'back to the text; mark the room as read'],
  ['?', 'this help'],
];

export function Help() {
  return (
    <Dialog title="Help">
      <h3>Keys</h3>
      <dl class="keys">
        {KEYS.map(([key, what]) => (
          <Fragment key={key}>
            <dt>{key}</dt>
            <dd>{what}</dd>
          </Fragment>
        ))}
      </dl>
      <h3>Marks</h3>
      <p class="hint">**bold**, *italic*, ~~struck~~, `code`, ``` blocks of code ```, &gt; quote, ||spoiler||</p>
      <h3>Commands</h3>
      <dl class="keys">
        {COMMAND_HELP.map(({ usage, help }) => (
          <Fragment key={usage}>
            <dt>{usage}</dt>
            <dd>{help}</dd>
          </Fragment>
        ))}
      </dl>
    </Dialog>
  );
}
