/** Operators of the server: OPER, KILL, WALLOPS, REHASH (RFC 2812 §3.1.4, §3.7.1, §4.7, §4.2). */
import { ERR_NOSUCHNICK, ERR_PASSWDMISMATCH, RPL_REHASHING, RPL_YOUREOPER } from '../../wire/numerics.ts';
import { truncateUtf8 } from '../../wire/utf8.ts';
import type { Call } from '../call.ts';
import type { Feature } from '../feature.ts';
import { line } from '../line.ts';
import type { State } from '../state.ts';

export const operators: Feature = {
  commands: {
    OPER: { run: oper, params: 2, when: 'registered' },
    KILL: { run: kill, params: 1, when: 'operator' },
    REHASH: { run: rehash, params: 0, when: 'operator' },
    MKPASSWD: { run: mkpasswd, params: 1, when: 'operator' },
    WALLOPS: { run: wallops, params: 1, when: 'operator' },
  },
};

const REASON_BYTES_MAX = 200;

/** OPER <name> <password> */
function oper(call: Call, state: State): void {
  const [name = '', password = ''] = call.message.params;
  const found = state.settings.operators.find((operator) => operator.name === name);
  if (found?.passwordHash === undefined) {
    judge(call, state, name, found?.password === password);
    return;
  }
  call.ask({ kind: 'check', password, sealed: found.passwordHash }, (answer) =>
    judge(call, state, name, answer.kind === 'judged' && answer.good),
  );
}

function judge(call: Call, state: State, name: string, good: boolean): void {
  const { conn } = call;
  if (good) {
    call.propose({ kind: 'user-mode', person: call.person.id, changes: [{ add: true, letter: 'o', param: '' }] });
    call.numeric(RPL_YOUREOPER, 'You are now an operator of this server');
    call.audit(`became operator as ${name}`);
    return;
  }
  conn.loginFailures += 1;
  call.numeric(ERR_PASSWDMISMATCH, 'No operator of that name and password');
  call.audit(`was refused as operator ${name}`);
  if (conn.loginFailures >= state.settings.limits.loginFailures) call.end('Too many wrong passwords');
}

/** MKPASSWD <password>: what the configuration may keep of it as `passwordHash`. */
function mkpasswd(call: Call): void {
  call.ask({ kind: 'seal', password: call.param(0) }, (answer) => {
    if (answer.kind === 'text') call.note('PASSWORD_HASH', answer.text);
    else call.fail('TEMPORARILY_UNAVAILABLE', 'Passwords cannot be sealed at the moment; try again in a minute');
  });
}

/** REHASH: reads the configuration again, as `kill -HUP` does. */
function rehash(call: Call): void {
  call.numeric(RPL_REHASHING, 'configuration', 'Reading it again');
  call.audit('had the configuration read again');
  call.reload();
}

/** KILL <nick> [:<reason>] */
function kill(call: Call, state: State): void {
  const whom = state.personNamed(call.param(0));
  if (whom === undefined) {
    call.numeric(ERR_NOSUCHNICK, call.param(0) || '*', 'There is nobody with that nick');
    return;
  }
  const reason = `Killed by ${call.person.nick}: ${truncateUtf8(call.param(1) || 'no reason given', REASON_BYTES_MAX)}`;
  call.audit(`killed ${whom.prefix}: ${call.param(1)}`);
  for (const conn of [...whom.conns]) call.expel(conn, reason);
}

/** WALLOPS :<text>, to everybody with mode +w. */
function wallops(call: Call, state: State): void {
  const text = truncateUtf8(call.param(0), state.settings.limits.topicBytes);
  const said = line(call.person.prefix, 'WALLOPS', [text], { at: call.at });
  for (const person of state.people.values()) {
    if (person.modes.has('w')) for (const conn of person.conns) call.tell(conn, said);
  }
}
