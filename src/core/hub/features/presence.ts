/** Who is here and how: AWAY, SETNAME (https://ircv3.net/specs/extensions/away-notify, …/setname). */
import { capBit } from '../../wire/capabilities.ts';
import { ERR_NOTREGISTERED, RPL_NOWAWAY, RPL_UNAWAY } from '../../wire/numerics.ts';
import { truncateUtf8, utf8Length } from '../../wire/utf8.ts';
import type { Call } from '../call.ts';
import type { EntryOf } from '../entry.ts';
import type { Feature } from '../feature.ts';
import type { Fold } from '../fold.ts';
import { by, line } from '../line.ts';
import type { State } from '../state.ts';

export const presence: Feature = {
  commands: {
    AWAY: { run: away, params: 0, when: 'any' },
    SETNAME: { run: setname, params: 1, when: 'registered' },
  },
  entries: { away: awaySet, setname: nameSet },
  capabilities: ['away-notify', 'setname', 'chghost', 'draft/pre-away'],
  welcomed: awayOnArrival,
  isupport: ({ limits }) => [`AWAYLEN=${limits.awayBytes}`, `NAMELEN=${limits.realnameBytes}`],
};

const AWAY_NOTIFY = capBit('away-notify');
const SETNAME = capBit('setname');

/** What others see of a person whose program is connected, but who is not there (`AWAY *`). */
const UNATTENDED = 'Not at the keyboard';

/**
 * AWAY [:text]; no text means back. With draft/pre-away also before the welcome, and `*` for a program that connects by
 * itself (https://ircv3.net/specs/extensions/pre-away): it hides nobody who is there with another device.
 */
function away(call: Call, state: State): void {
  const { conn } = call;
  const text = truncateUtf8(call.param(0), state.settings.limits.awayBytes);
  const early = conn.announced.has('draft/pre-away');
  if (conn.person === undefined) {
    if (early) conn.hello.away = text;
    if (!early) call.numeric(ERR_NOTREGISTERED, 'Register first: send NICK and USER');
    else if (text === '') call.numeric(RPL_UNAWAY, 'You are no longer marked as away');
    else call.numeric(RPL_NOWAWAY, 'You are marked as away');
  } else if (text !== '*' || !early) {
    call.propose({ kind: 'away', person: conn.person.id, text });
  } else if (conn.person.conns.length === 1) {
    call.propose({ kind: 'away', person: conn.person.id, text: UNATTENDED });
  }
}

/** What a connection said of its person before it arrived; the person may be here with other devices. */
function awayOnArrival(call: Call): void {
  const { away: text } = call.conn.hello;
  const { person } = call;
  if (text === '' || (text === '*' && person.conns.length > 1)) return;
  call.propose({ kind: 'away', person: person.id, text: text === '*' ? UNATTENDED : text });
}

function awaySet({ person: id, text }: EntryOf<'away'>, f: Fold): void {
  const person = f.state.people.get(id);
  f.passing();
  if (person === undefined) return;
  const changed = person.away !== text;
  person.away = text;
  // Who said it before the welcome has been answered.
  const asked = f.call?.message.command === 'AWAY' ? f.call : undefined;
  if (text === '') asked?.numeric(RPL_UNAWAY, 'You are no longer marked as away');
  else asked?.numeric(RPL_NOWAWAY, 'You are marked as away');
  if (!changed) return;
  const said = line(person.prefix, 'AWAY', text === '' ? [] : [text], {
    at: f.at,
    requires: AWAY_NOTIFY,
    ...by(person),
  });
  // The person's own clients know: they asked.
  f.tellAround(person, said, person);
}

/** SETNAME :<realname> */
function setname(call: Call, state: State): void {
  const realname = call.param(0);
  if (realname === '' || utf8Length(realname) > state.settings.limits.realnameBytes) {
    call.fail('INVALID_REALNAME', `A name has 1 to ${state.settings.limits.realnameBytes} bytes`);
    return;
  }
  call.propose({ kind: 'setname', person: call.person.id, realname });
}

function nameSet({ person: id, realname }: EntryOf<'setname'>, f: Fold): void {
  const person = f.state.people.get(id);
  f.passing();
  if (person === undefined) return;
  person.realname = realname;
  f.tellAround(person, line(person.prefix, 'SETNAME', [realname], { at: f.at, requires: SETNAME, ...by(person) }));
}
