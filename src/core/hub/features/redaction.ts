/**
 * REDACT: a message is taken back (https://ircv3.net/specs/extensions/message-redaction). Its words are removed from the
 * store with everything that repeats them; that it was taken back, and by whom, is kept as an event.
 */
import { capBit } from '../../wire/capabilities.ts';
import { formatBody } from '../../wire/message.ts';
import { truncateUtf8 } from '../../wire/utf8.ts';
import type { Call } from '../call.ts';
import type { EntryOf } from '../entry.ts';
import type { Feature } from '../feature.ts';
import type { Fold } from '../fold.ts';
import { findMessage, findTarget, isBy, nameOf, shown, type Target, tellTarget, timelineOf } from '../kept-message.ts';
import { by, Line } from '../line.ts';
import type { Person } from '../person.ts';
import type { State } from '../state.ts';
import { writeMsgid } from '../timeline.ts';
import { editedAt } from './edit.ts';

export const redaction: Feature = {
  commands: {
    REDACT: { run: redact, params: 2, when: 'registered' },
  },
  entries: { redact: redacted },
  capabilities: ['draft/message-redaction'],
};

const REDACTION = capBit('draft/message-redaction');

/** Afterwards what was said is part of what others built on; operators may still remove it. */
const WINDOW_MS = 24 * 60 * 60_000;

/** REDACT <target> <msgid> [:reason] */
function redact(call: Call, state: State): void {
  const { person } = call;
  const msgid = call.param(1);
  const target = findTarget(state, call.param(0));
  if (target === undefined || !mayRead(target, person)) {
    call.fail('INVALID_TARGET', shown(call.param(0)), 'You cannot take back messages there');
    return;
  }
  if (state.trouble !== undefined) {
    call.fail('CANNOT_STORE', nameOf(target), `Nothing was taken back: ${state.trouble}`);
    return;
  }
  findMessage(call, state, target, msgid, (row) => {
    const own = isBy(row, person);
    if (!own && !isModerator(target, person)) {
      forbid(call, target, msgid);
      return;
    }
    if (call.at - row.at > WINDOW_MS && !isModerator(target, person)) {
      const window = String(WINDOW_MS / 1000);
      call.fail('REDACT_WINDOW_EXPIRED', nameOf(target), msgid, window, 'That was said too long ago to take it back');
      return;
    }
    const reason = truncateUtf8(call.param(2), state.settings.limits.kickBytes);
    const edit = editedAt(row);
    call.propose({
      kind: 'redact',
      person: person.id,
      target: nameOf(target),
      at: row.at,
      pos: row.pos,
      own,
      reason,
      sendId: row.sendId ?? '',
      editedAt: edit ?? 0,
    });
  });
}

/** Operators of the server may clean up where they are not. */
function mayRead(target: Target, person: Person): boolean {
  return !('room' in target) || target.room.members.has(person.id) || person.modes.has('o');
}

function isModerator(target: Target, person: Person): boolean {
  return 'room' in target && (target.room.members.get(person.id)?.op === true || person.modes.has('o'));
}

function forbid(call: Call, target: Target, msgid: string): void {
  call.fail('REDACT_FORBIDDEN', nameOf(target), msgid, 'Only who said it, and operators of the room, may take it back');
}

function redacted(entry: EntryOf<'redact'>, f: Fold): void {
  const { state } = f;
  const person = f.personOf(entry);
  const target = findTarget(state, entry.target);
  if (person === undefined || target === undefined || !mayRead(target, person)) return;
  const msgid = writeMsgid(entry.at, entry.pos, state.incarnation);
  if (!entry.own && !isModerator(target, person)) {
    if (f.call !== undefined) forbid(f.call, target, msgid);
    return;
  }
  const timeline = timelineOf(target, person);
  const edited = state.changedMessages.get(msgid);
  for (const at of new Set([entry.at, entry.editedAt, edited])) {
    if (typeof at === 'number' && at > 0) f.change({ timeline, at, said: undefined });
  }
  state.changedMessages.set(msgid, 'gone');
  if (entry.sendId !== '') state.sendIds.forgetWords(entry.sendId);

  const name = nameOf(target);
  const words = entry.reason === '' ? [name, msgid] : [name, msgid, entry.reason];
  const body = formatBody(person.prefix, 'REDACT', words);
  const place = f.place(timeline);
  const row = { timeline, at: place.at, pos: f.pos, kind: 'event', body, tags: '', by: person.identity } as const;
  f.keep('room' in target ? row : { ...row, between: [person.identity, target.whom.identity] });
  tellTarget(f, person, target, new Line(body, { place, ...by(person), requires: REDACTION }));
}
