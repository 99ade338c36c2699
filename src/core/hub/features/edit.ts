/**
 * EDIT: somebody corrects what they said (docs/ext/edit.md). The message keeps its place and its id and says the new
 * text from then on; the correction is kept as an event beside it. Clients without the extension hear it as a message.
 */
import { capBit, VENDOR } from '../../wire/capabilities.ts';
import { BODY_BYTES_MAX } from '../../wire/line-reader.ts';
import { formatBody, parseTags } from '../../wire/message.ts';
import { utf8Length } from '../../wire/utf8.ts';
import type { Row } from '../../ports.ts';
import type { Call } from '../call.ts';
import type { EntryOf } from '../entry.ts';
import type { Feature } from '../feature.ts';
import type { Fold } from '../fold.ts';
import { findMessage, findTarget, isBy, nameOf, shown, tellTarget, timelineOf } from '../kept-message.ts';
import { by, Line } from '../line.ts';
import { hasManyLines } from '../many-lines.ts';
import type { State } from '../state.ts';
import { msgidTime, writeMsgid } from '../timeline.ts';
import { findAudience } from './messages.ts';

export const edit: Feature = {
  commands: {
    EDIT: { run: correct, params: 3, when: 'registered' },
  },
  entries: { edit: corrected },
  capabilities: [`${VENDOR}edit`],
};

const EDIT = capBit(`${VENDOR}edit`);

/** On a message that was corrected: the id of its last correction. */
const EDITED_TAG = `${VENDOR}edited`;

/** Afterwards others have answered what was said, and a correction is better said as one. */
const WINDOW_MS = 24 * 60 * 60_000;

/** The time of the correction that is kept beside this message. */
export function editedAt({ tags }: Row): number | undefined {
  if (!tags.includes(EDITED_TAG)) return undefined;
  const parsed = parseTags(tags);
  return parsed.ok ? msgidTime(parsed.tags.get(EDITED_TAG) ?? '') : undefined;
}

/** EDIT <target> <msgid> :<text> */
function correct(call: Call, state: State): void {
  const { person } = call;
  const msgid = call.param(1);
  const text = call.param(2);
  const target = findTarget(state, call.param(0));
  if (target === undefined || ('room' in target && !target.room.members.has(person.id))) {
    call.fail('INVALID_TARGET', shown(call.param(0)), 'You cannot correct messages there');
    return;
  }
  const name = nameOf(target);
  if (state.trouble !== undefined) {
    call.fail('CANNOT_STORE', name, `Nothing was corrected: ${state.trouble}`);
    return;
  }
  findMessage(call, state, target, msgid, (row) => {
    const command = / (PRIVMSG|NOTICE) /.exec(row.body)?.[1];
    if (!isBy(row, person)) {
      call.fail('EDIT_FORBIDDEN', name, msgid, 'Only who said it may correct it');
    } else if (call.at - row.at > WINDOW_MS) {
      const window = String(WINDOW_MS / 1000);
      call.fail('EDIT_WINDOW_EXPIRED', name, msgid, window, 'That was said too long ago to correct it');
    } else if (text === '' || hasManyLines(row.body) || (command !== 'PRIVMSG' && command !== 'NOTICE')) {
      call.fail('INVALID_EDIT', name, msgid, 'One line of text can be corrected, by another');
    } else if (!fits(person.prefix, name, msgid, text)) {
      call.fail('INVALID_EDIT', name, msgid, 'The text is too long');
    } else {
      const { at, pos, body, tags } = row;
      call.propose({ kind: 'edit', person: person.id, target: name, at, pos, body, tags, command, text });
    }
  });
}

/** Both forms of the correction have to fit a line whole: a text that was cut would replace one that was not. */
function fits(prefix: string, target: string, msgid: string, text: string): boolean {
  const bodies = [editBody(prefix, target, msgid, text), plainBody(prefix, 'PRIVMSG', target, text)];
  return bodies.every((body) => utf8Length(body) <= BODY_BYTES_MAX);
}

function editBody(prefix: string, target: string, msgid: string, text: string): string {
  return formatBody(prefix, 'EDIT', [target, msgid, text]);
}

/** What clients hear that do not know corrections. */
function plainBody(prefix: string, command: string, target: string, text: string): string {
  return `:${prefix} ${command} ${target} :* corrected: ${text}`;
}

function corrected(entry: EntryOf<'edit'>, f: Fold): void {
  const { state, call } = f;
  const person = f.personOf(entry);
  const target = findTarget(state, entry.target);
  if (person === undefined || target === undefined) return;
  const msgid = writeMsgid(entry.at, entry.pos, state.incarnation);
  const name = nameOf(target);
  const before = state.changedMessages.get(msgid);
  if (before === 'gone') {
    call?.fail('UNKNOWN_MSGID', name, msgid, 'There is no such message there');
    return;
  }
  const audience = findAudience(state, person, { target: name, command: entry.command, text: entry.text }, f.at);
  if (audience.kind === 'refused') {
    call?.fail('EDIT_FORBIDDEN', name, msgid, audience.why);
    return;
  }
  const timeline = timelineOf(target, person);
  const place = f.place(timeline);
  const earlier = before ?? editedAt({ ...entry, timeline, kind: 'message' });
  // Only the last correction is kept, so that all of the words are found when the message is taken back.
  if (earlier !== undefined) f.change({ timeline, at: earlier, said: undefined });
  f.change({
    timeline,
    at: entry.at,
    said: { body: withText(entry.body, entry.text), tags: withEdited(entry.tags, place.msgid) },
  });
  state.changedMessages.set(msgid, place.at);

  const body = editBody(person.prefix, name, msgid, entry.text);
  const row = { timeline, at: place.at, pos: f.pos, kind: 'event', body, tags: '', by: person.identity } as const;
  f.keep('room' in target ? row : { ...row, between: [person.identity, target.whom.identity] });
  const plain = plainBody(person.prefix, entry.command, name, entry.text);
  tellTarget(f, person, target, new Line(plain, { place, ...by(person) }, [{ cap: EDIT, body }]));
}

/** The text of a line begins behind its first ` :`; source, command and target hold none. */
function withText(body: string, text: string): string {
  return body.slice(0, body.indexOf(' :') + 2) + text;
}

function withEdited(tags: string, msgid: string): string {
  const others = tags.split(';').filter((tag) => tag !== '' && !tag.startsWith(`${EDITED_TAG}=`));
  return [...others, `${EDITED_TAG}=${msgid}`].join(';');
}
