/** Who is here and how: AWAY, SETNAME (https://ircv3.net/specs/extensions/away-notify, …/setname). */
import { capBit } from '../../wire/capabilities.ts';
import { RPL_NOWAWAY, RPL_UNAWAY } from '../../wire/numerics.ts';
import { truncateUtf8, utf8Length } from '../../wire/utf8.ts';
import type { Call } from '../call.ts';
import type { EntryOf } from '../entry.ts';
import type { Feature } from '../feature.ts';
import type { Fold } from '../fold.ts';
import { by, line } from '../line.ts';
import type { State } from '../state.ts';

export const presence: Feature = {
  commands: {
    AWAY: { run: away, params: 0, when: 'registered' },
    SETNAME: { run: setname, params: 1, when: 'registered' },
  },
  entries: { away: awaySet, setname: nameSet },
  capabilities: ['away-notify', 'setname', 'chghost'],
  isupport: ({ limits }) => [`AWAYLEN=${limits.awayBytes}`, `NAMELEN=${limits.realnameBytes}`],
};

const AWAY_NOTIFY = capBit('away-notify');
const SETNAME = capBit('setname');

/** AWAY [:text]; no text means back. */
function away(call: Call, state: State): void {
  const text = truncateUtf8(call.param(0), state.settings.limits.awayBytes);
  call.propose({ kind: 'away', person: call.person.id, text });
}

function awaySet({ person: id, text }: EntryOf<'away'>, f: Fold): void {
  const person = f.state.people.get(id);
  f.passing();
  if (person === undefined) return;
  const changed = person.away !== text;
  person.away = text;
  if (text === '') f.call?.numeric(RPL_UNAWAY, 'You are no longer marked as away');
  else f.call?.numeric(RPL_NOWAWAY, 'You are marked as away');
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
