/**
 * AUTHENTICATE: proving to be somebody (https://ircv3.net/specs/extensions/sasl-3.1, …/sasl-3.2), before or after the
 * welcome, and again for another account.
 *
 *   PLAIN          name and password (RFC 4616)
 *   SCRAM-SHA-256  name and password, neither of which can be heard or used again (RFC 5802, RFC 7677)
 *   EXTERNAL       the certificate that the connection showed (RFC 4422, appendix A)
 *
 * Who does not exist fails in the same way and time as who gives a wrong password. Failures are counted by connection,
 * which ends, and by account, whose password is then not tried for some minutes; tokens and certificates of devices
 * cannot be guessed and always work, so nobody can lock an owner out.
 */
import { base64OfText, textOfBase64 } from '../../wire/base64.ts';
import { fold } from '../../wire/casemap.ts';
import {
  ERR_SASLABORTED,
  ERR_SASLALREADY,
  ERR_SASLFAIL,
  ERR_SASLTOOLONG,
  RPL_SASLMECHS,
  RPL_SASLSUCCESS,
} from '../../wire/numerics.ts';
import type { Account } from '../accounts.ts';
import type { Call } from '../call.ts';
import type { SaslExchange, ScramExchange } from '../conn.ts';
import type { EntryOf } from '../entry.ts';
import type { Feature } from '../feature.ts';
import type { Fold } from '../fold.ts';
import { line, type Line } from '../line.ts';
import { readClientFinal, readClientFirst } from '../scram.ts';
import type { State } from '../state.ts';
import { become, seen, tellLoggedIn } from './accounts.ts';
import { isDeviceToken } from './devices.ts';

type Step = (call: Call, state: State, exchange: SaslExchange, message: string) => void;

const MECHANISMS: ReadonlyMap<string, Step> = new Map([
  ['PLAIN', plain],
  ['SCRAM-SHA-256', scram],
  ['EXTERNAL', external],
]);
const MECHANISM_LIST = [...MECHANISMS.keys()].join(',');

export const sasl: Feature = {
  commands: {
    AUTHENTICATE: { run: authenticate, params: 1, when: 'any', long: true },
  },
  entries: { login: loggedIn },
  capabilities: ['sasl'],
  capabilityValue: { sasl: () => MECHANISM_LIST },
};

/** A message comes in pieces of this many letters; a shorter one, or `+`, is the last (IRCv3 sasl-3.1). */
const PIECE_LENGTH = 400;
/** The longest password with two names fits. */
const MESSAGE_LENGTH_MAX = 3 * PIECE_LENGTH;

/** AUTHENTICATE <mechanism>, then AUTHENTICATE <base64>, or `*` to give up. */
function authenticate(call: Call, state: State): void {
  const { conn } = call;
  const word = call.param(0);
  const exchange = conn.sasl;
  if (word === '*') {
    conn.sasl = undefined;
    call.numeric(ERR_SASLABORTED, 'The login was given up');
    return;
  }
  if (exchange === undefined) {
    begin(call, word.toUpperCase());
    return;
  }
  const piece = word === '+' ? '' : word;
  if (piece.length > PIECE_LENGTH || exchange.said.length + piece.length > MESSAGE_LENGTH_MAX) {
    conn.sasl = undefined;
    call.numeric(ERR_SASLTOOLONG, 'That is longer than any login of this server');
    return;
  }
  exchange.said += piece;
  if (piece.length === PIECE_LENGTH) return;
  const message = textOfBase64(exchange.said);
  exchange.said = '';
  if (message === undefined) failed(call, state, '');
  else MECHANISMS.get(exchange.mechanism)?.(call, state, exchange, message);
}

function begin(call: Call, mechanism: string): void {
  if (!MECHANISMS.has(mechanism)) {
    call.numeric(RPL_SASLMECHS, MECHANISM_LIST, 'are the ways to log in');
    call.numeric(ERR_SASLFAIL, 'There is no such way to log in');
    return;
  }
  call.conn.sasl = { mechanism, said: '', scram: undefined };
  call.reply(challenge('+'));
}

function challenge(data: string): Line {
  return line('', 'AUTHENTICATE', [data]);
}

// ------------------------------------------------------------------------------------------------------ mechanisms

/** [authzid] NUL authcid NUL password */
function plain(call: Call, state: State, _exchange: SaslExchange, message: string): void {
  const [authzid = '', name = '', password = '', ...more] = message.split('\0');
  if (name === '' || more.length > 0 || (authzid !== '' && fold(authzid) !== fold(name))) {
    failed(call, state, name);
    return;
  }
  const account = state.accounts.named(name);
  if (isDeviceToken(password)) {
    withToken(call, state, name, password);
    return;
  }
  if (isThrottled(call, state, name)) {
    failed(call, state, name);
    return;
  }
  const sealed = account?.sealed;
  call.ask({ kind: 'check', password, sealed }, (answer) => {
    if (answer.kind !== 'judged') unavailable(call);
    else if (account === undefined || !answer.good || !isStill(state, account)) failed(call, state, name);
    else succeeded(call, account, '');
  });
}

/** A device token in the place of a password (docs/ext/device.md). It cannot be guessed, so it is always tried. */
function withToken(call: Call, state: State, name: string, token: string): void {
  call.ask({ kind: 'digest', token }, (answer) => {
    const found = answer.kind === 'text' ? state.accounts.withDevice(answer.text) : undefined;
    if (answer.kind !== 'text') unavailable(call);
    else if (found?.device.by !== 'token' || found.account.folded !== fold(name)) failed(call, state, '');
    else succeeded(call, found.account, found.device.id);
  });
}

/** Whether the account has the password it had when the question was put. */
function isStill(state: State, { id, sealed }: Pick<Account, 'id' | 'sealed'>): boolean {
  return sealed !== undefined && state.accounts.get(id)?.sealed === sealed;
}

function external(call: Call, state: State, _exchange: SaslExchange, authzid: string): void {
  const { certificate } = call.conn.peer;
  const found = certificate === undefined ? undefined : state.accounts.withDevice(certificate);
  if (found?.device.by !== 'certificate' || (authzid !== '' && fold(authzid) !== found.account.folded))
    failed(call, state, authzid);
  else succeeded(call, found.account, found.device.id);
}

/** Three messages of the client: its nonce, its proof, and an empty one when it has judged the server's proof. */
function scram(call: Call, state: State, exchange: SaslExchange, message: string): void {
  if (exchange.scram === undefined) scramFirst(call, state, exchange, message);
  else if (!exchange.scram.proved) scramFinal(call, state, exchange.scram, message);
  else {
    const account = state.accounts.get(exchange.scram.account);
    if (message === '' && account !== undefined && isStill(state, { ...account, sealed: exchange.scram.sealed ?? '' }))
      succeeded(call, account, '');
    else failed(call, state, exchange.scram.user);
  }
}

function scramFirst(call: Call, state: State, exchange: SaslExchange, message: string): void {
  const first = readClientFirst(message);
  if (first === undefined || (first.authzid !== '' && fold(first.authzid) !== fold(first.user))) {
    failed(call, state, '');
    return;
  }
  const { user, nonce, gs2Header, bare } = first;
  const account = state.accounts.named(user);
  const sealed = account?.sealed;
  call.ask({ kind: 'scram-begin', user: fold(user), nonce, sealed }, (answer) => {
    if (answer.kind !== 'text') {
      unavailable(call);
      return;
    }
    const told = answer.text;
    exchange.scram = {
      user,
      account: account?.id ?? '',
      sealed,
      gs2Header,
      first: bare,
      challenge: told,
      proved: false,
    };
    call.reply(challenge(base64OfText(told)));
  });
}

function scramFinal(call: Call, state: State, exchange: ScramExchange, message: string): void {
  const { user, sealed, gs2Header, first, challenge: told } = exchange;
  const final = readClientFinal(message);
  const nonce = told.slice(2, told.indexOf(','));
  if (final === undefined || final.nonce !== nonce || final.channelBinding !== base64OfText(gs2Header)) {
    failed(call, state, user);
    return;
  }
  if (isThrottled(call, state, user)) {
    failed(call, state, user);
    return;
  }
  const authMessage = `${first},${told},${final.withoutProof}`;
  call.ask({ kind: 'scram-finish', authMessage, proof: final.proof, sealed }, (answer) => {
    if (answer.kind !== 'judged') unavailable(call);
    else if (!answer.good) failed(call, state, user);
    else {
      exchange.proved = true;
      call.reply(challenge(base64OfText(`v=${answer.signature}`)));
    }
  });
}

// ------------------------------------------------------------------------------------------------------ outcomes

/** Too many have guessed at this account lately: passwords are not tried. */
function isThrottled(call: Call, state: State, name: string): boolean {
  return state.failures.count(fold(name), call.at) >= state.settings.limits.loginFailuresPerAccount;
}

/** `name` may be empty: nobody in particular was tried. */
export function failed(call: Call, state: State, name: string): void {
  const { conn } = call;
  conn.sasl = undefined;
  conn.loginFailures += 1;
  if (name !== '') state.failures.add(fold(name), call.at);
  call.numeric(ERR_SASLFAIL, 'The login failed: no account of that name and password');
  if (conn.loginFailures >= state.settings.limits.loginFailures) call.end('Too many failed logins');
}

function unavailable(call: Call): void {
  call.conn.sasl = undefined;
  call.numeric(ERR_SASLFAIL, 'Logging in is not possible at the moment; try again in a minute');
}

function succeeded(call: Call, account: Account, device: string): void {
  const { conn } = call;
  conn.sasl = undefined;
  conn.loginFailures = 0;
  if (conn.person !== undefined) {
    call.propose({ kind: 'login', person: conn.person.id, account: account.id, device });
    return;
  }
  conn.login = { account: account.id, device, at: call.at };
  tellLoggedIn(call, account);
  call.numeric(RPL_SASLSUCCESS, 'The login succeeded');
}

/** Somebody who is here already logged in. */
function loggedIn(entry: EntryOf<'login'>, f: Fold): void {
  const { state, call } = f;
  const person = f.personOf(entry);
  const account = state.accounts.get(entry.account);
  if (person === undefined) return;
  if (account === undefined) {
    call?.numeric(ERR_SASLFAIL, 'The login failed: the account has gone');
    return;
  }
  if (person.attached > 1 && person.accountId !== account.id) {
    call?.numeric(ERR_SASLALREADY, 'Other devices of yours are here; connect anew to use another account');
    return;
  }
  seen(account, entry.device, f);
  become(person, account, f);
  if (call === undefined) return;
  call.conn.login = { account: account.id, device: entry.device, at: f.at };
  tellLoggedIn(call, account);
  call.numeric(RPL_SASLSUCCESS, 'The login succeeded');
}
