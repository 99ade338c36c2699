/**
 * Devices of an account, each with a token or a certificate of its own, and the account's password
 * (docs/ext/device.md). A device logs in without being asked anything, can be told apart and can be revoked.
 */
import { VENDOR } from '../../wire/capabilities.ts';
import { formatServerTime } from '../../wire/server-time.ts';
import { truncateUtf8 } from '../../wire/utf8.ts';
import type { Account, Device } from '../accounts.ts';
import type { Call } from '../call.ts';
import type { EntryOf } from '../entry.ts';
import type { Feature } from '../feature.ts';
import type { Fold } from '../fold.ts';
import type { State } from '../state.ts';
import { become, tellLoggedIn, weakness } from './accounts.ts';

export const devices: Feature = {
  commands: {
    DEVICE: { run: device, params: 1, when: 'any' },
    PASSWD: { run: passwd, params: 1, when: 'any', long: true },
  },
  entries: { 'account-changed': changed, 'link-code': codeMade, 'link-device': linked },
  capabilities: [`${VENDOR}device`],
  swept: expire,
};

const NAME_BYTES_MAX = 60;

/** Long enough to fetch the other device, too short to be found out. */
const CODE_MS = 5 * 60_000;

/** How fresh a password login must be for a change of password: a screen left alone must not be enough. */
const PROOF_MS = 10 * 60_000;

/** An account that only devices know, none of which came for so long, was somebody's who will not come back. */
const EXPIRES_MS = 365 * 24 * 60 * 60_000;

/** A device token: 256 random bits in base64url, recognizable wherever a password is taken. */
const TOKEN = /^parley-device-[A-Za-z0-9_-]{43}$/;

export function isDeviceToken(password: string): boolean {
  return TOKEN.test(password);
}

// ------------------------------------------------------------------------------------------------------ DEVICE

/** DEVICE LIST | ADD | NAME | REVOKE | LINK */
function device(call: Call, state: State): void {
  const subcommand = call.param(0).toUpperCase();
  if (subcommand === 'LINK' && call.message.params.length > 1) {
    link(call, state);
    return;
  }
  const act = new Map([
    ['LIST', list],
    ['ADD', add],
    ['NAME', rename],
    ['REVOKE', revoke],
    ['LINK', makeCode],
  ]).get(subcommand);
  const account = state.accountOf(call.conn);
  if (act === undefined) call.fail('INVALID_PARAMS', 'DEVICE takes LIST, ADD, NAME, REVOKE or LINK');
  else if (account === undefined) call.fail('NOT_LOGGED_IN', subcommand, 'Log in first: devices belong to an account');
  else act(call, state, account);
}

function list(call: Call, _state: State, account: Account): void {
  const own = call.conn.login?.device ?? '';
  for (const { id, name, by, addedAt, seenAt } of account.devices) {
    const times = [formatServerTime(addedAt), formatServerTime(seenAt)];
    call.server('DEVICE', 'LIST', id, by, ...times, id === own ? 'this' : 'other', name);
  }
  call.server('DEVICE', 'END', 'End of devices');
}

/** What is asked to become a device: its kind and its hash. */
type Credential = { readonly by: Device['by']; readonly hash: string };

/** `then` hears what stands for the token, or for `*`, the connection's certificate; otherwise the caller was told. */
function withCredential(call: Call, word: string, then: (credential: Credential) => void): void {
  const subcommand = call.param(0).toUpperCase();
  const { certificate } = call.conn.peer;
  if (word === '*') {
    if (certificate === undefined) call.fail('NO_CERTIFICATE', subcommand, 'This connection showed no certificate');
    else then({ by: 'certificate', hash: certificate });
  } else if (!isDeviceToken(word)) {
    call.fail('INVALID_TOKEN', subcommand, 'A token is parley-device- and 43 letters of base64url');
  } else {
    call.ask({ kind: 'digest', token: word }, (answer) => {
      if (answer.kind === 'text') then({ by: 'token', hash: answer.text });
      else
        call.fail('TEMPORARILY_UNAVAILABLE', subcommand, 'That is not possible at the moment; try again in a minute');
    });
  }
}

/** DEVICE ADD <token or *> [:<name>] */
function add(call: Call, state: State, { id }: Account): void {
  const name = truncateUtf8(call.param(2), NAME_BYTES_MAX);
  withCredential(call, call.param(1), ({ by, hash }) => {
    const refusal = whyNot(state, id, hash);
    if (refusal === undefined)
      call.propose({ kind: 'account-changed', account: id, change: { kind: 'device-added', by, hash, name } });
    else call.fail(refusal[0], 'ADD', refusal[1]);
  });
}

/** Why this cannot be a device of that account. */
function whyNot(state: State, id: Account['id'], hash: string): readonly [code: string, text: string] | undefined {
  const most = state.settings.limits.devicesPerAccount;
  const account = state.accounts.get(id);
  if (account === undefined) return ['NOT_LOGGED_IN', 'The account has gone'];
  if (state.accounts.withDevice(hash) !== undefined) return ['DEVICE_EXISTS', 'That is a device of an account already'];
  if (account.devices.length >= most) return ['TOO_MANY_DEVICES', `An account has at most ${most}; revoke one first`];
  return undefined;
}

/** DEVICE NAME <id> :<name> */
function rename(call: Call, _state: State, account: Account): void {
  const name = truncateUtf8(call.param(2), NAME_BYTES_MAX);
  const found = deviceOf(call, account);
  if (found !== undefined)
    call.propose({
      kind: 'account-changed',
      account: account.id,
      change: { kind: 'device-named', device: found.id, name },
    });
}

/** DEVICE REVOKE <id>: it cannot log in any more, and is cut off if it is here. */
function revoke(call: Call, _state: State, account: Account): void {
  const found = deviceOf(call, account);
  if (found === undefined) return;
  if (isLast(account)) call.fail('LAST_DEVICE', 'REVOKE', LAST_DEVICE);
  else
    call.propose({
      kind: 'account-changed',
      account: account.id,
      change: { kind: 'device-revoked', device: found.id },
    });
}

const LAST_DEVICE = 'It is the only way into your account; set a password first (PASSWD)';

function isLast({ sealed, devices: all }: Account): boolean {
  return sealed === undefined && all.length === 1;
}

function deviceOf(call: Call, account: Account): Device | undefined {
  const found = account.devices.find(({ id }) => id === call.param(1));
  if (found === undefined)
    call.fail('NO_SUCH_DEVICE', call.param(0).toUpperCase(), 'You have no such device; DEVICE LIST shows them');
  return found;
}

// ------------------------------------------------------------------------------------------------------ LINK

/** DEVICE LINK: a code by which one other device can join the account. */
function makeCode(call: Call, _state: State, account: Account): void {
  call.ask({ kind: 'code' }, (answer) => {
    if (answer.kind === 'text') call.propose({ kind: 'link-code', account: account.id, code: answer.text });
    else call.fail('TEMPORARILY_UNAVAILABLE', 'LINK', 'No code could be made; try again in a minute');
  });
}

/** An account has one code at a time: the newest. */
function codeMade({ account, code }: EntryOf<'link-code'>, f: Fold): void {
  f.passing();
  const { linkCodes } = f.state;
  for (const [one, made] of linkCodes) if (made.account === account || made.until <= f.at) linkCodes.delete(one);
  const until = f.at + CODE_MS;
  linkCodes.set(readCode(code), { account, until });
  f.call?.server('DEVICE', 'CODE', code, formatServerTime(until), 'Give this to your other device');
}

/** People write codes in capitals, with spaces, without hyphens. */
function readCode(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** DEVICE LINK <code> <token or *> [:<name>]: joins the account that the code is of, and logs in. */
function link(call: Call, state: State): void {
  if (state.accountOf(call.conn) !== undefined) {
    call.fail('ALREADY_AUTHENTICATED', 'LINK', 'You are logged in to an account already');
    return;
  }
  const code = readCode(call.param(1));
  const name = truncateUtf8(call.param(3), NAME_BYTES_MAX);
  withCredential(call, call.param(2), ({ by, hash }) => {
    const made = state.linkCodes.get(code);
    if (made === undefined || made.until <= call.at) wrongCode(call, state);
    else call.propose({ kind: 'link-device', person: call.conn.person?.id ?? '', code, by, hash, name });
  });
}

function wrongCode(call: Call, state: State): void {
  const { conn } = call;
  conn.loginFailures += 1;
  call.fail('INVALID_CODE', 'LINK', 'That code is wrong, used or older than five minutes; make another');
  if (conn.loginFailures >= state.settings.limits.loginFailures) call.end('Too many failed logins');
}

/** The first who shows a code has used it up. */
function linked(entry: EntryOf<'link-device'>, f: Fold): void {
  const { state, call } = f;
  const made = state.linkCodes.get(entry.code);
  const account = made === undefined || made.until <= f.at ? undefined : state.accounts.get(made.account);
  if (account === undefined) {
    f.passing();
    if (call !== undefined) wrongCode(call, state);
    return;
  }
  const refusal = whyNot(state, account.id, entry.hash);
  if (refusal !== undefined) {
    f.passing();
    call?.fail(refusal[0], 'LINK', refusal[1]);
    return;
  }
  state.linkCodes.delete(entry.code);
  const { id } = addDevice(account, entry, f);
  if (call !== undefined) call.conn.login = { account: account.id, device: id, at: f.at };
  call?.server('DEVICE', 'LINKED', account.name, id, 'This device belongs to your account');
  const person = f.personOf(entry);
  if (person !== undefined) become(person, account, f);
  if (call !== undefined) tellLoggedIn(call, account);
}

// ------------------------------------------------------------------------------------------------------ PASSWD

/** PASSWD <new password>. Who has one proves it first, by logging in with it on this connection. */
function passwd(call: Call, state: State): void {
  const account = state.accountOf(call.conn);
  if (account === undefined) {
    call.fail('NOT_LOGGED_IN', 'Log in first: the password is that of an account');
    return;
  }
  const { login } = call.conn;
  const proved = login?.account === account.id && login.device === '' && call.at - login.at < PROOF_MS;
  if (account.sealed !== undefined && !proved) {
    call.fail('REAUTHENTICATE', account.name, 'Log in with the password you have, then change it');
    return;
  }
  const password = call.param(0);
  const weak = isDeviceToken(password)
    ? (['UNACCEPTABLE_PASSWORD', 'That is a device token; add it with DEVICE ADD'] as const)
    : weakness(password, account.name, state.settings);
  if (weak !== undefined) {
    call.fail(weak[0], account.name, weak[1]);
    return;
  }
  call.ask({ kind: 'seal', password }, (answer) => {
    if (answer.kind === 'text')
      call.propose({
        kind: 'account-changed',
        account: account.id,
        change: { kind: 'password', sealed: answer.text },
      });
    else call.fail('TEMPORARILY_UNAVAILABLE', account.name, 'Nothing was changed; try again in a minute');
  });
}

// ------------------------------------------------------------------------------------------------------ the rule

function changed({ account: id, change }: EntryOf<'account-changed'>, f: Fold): void {
  const { state, call } = f;
  const account = state.accounts.get(id);
  if (account === undefined) return;
  switch (change.kind) {
    case 'password':
      f.keepAccount({ ...account, sealed: change.sealed });
      call?.server('PASSWD', 'SUCCESS', account.name, 'That is your password');
      break;
    case 'device-added': {
      const refusal = whyNot(state, id, change.hash);
      if (refusal !== undefined) {
        call?.fail(refusal[0], 'ADD', refusal[1]);
        return;
      }
      const added = addDevice(account, change, f);
      call?.server('DEVICE', 'ADDED', added.id, added.name);
      break;
    }
    case 'device-named': {
      const all = account.devices.map((one) => (one.id === change.device ? { ...one, name: change.name } : one));
      f.keepAccount({ ...account, devices: all });
      call?.server('DEVICE', 'NAMED', change.device, change.name);
      break;
    }
    case 'device-revoked':
      revoked(account, change.device, f);
      break;
    case 'expired':
      if (isExpired(account, f.at, state)) f.forgetAccount(account);
      break;
  }
}

function addDevice(account: Account, { by, hash, name }: Credential & { readonly name: string }, f: Fold): Device {
  const added: Device = { id: f.pos.toString(36), name, by, hash, addedAt: f.at, seenAt: f.at };
  f.keepAccount({ ...account, devices: [...account.devices, added] });
  return added;
}

function revoked(account: Account, id: string, f: Fold): void {
  if (isLast(account)) {
    f.call?.fail('LAST_DEVICE', 'REVOKE', LAST_DEVICE);
    return;
  }
  f.keepAccount({ ...account, devices: account.devices.filter((one) => one.id !== id) });
  f.call?.server('DEVICE', 'REVOKED', id, 'That device cannot log in any more');
  for (const conn of f.state.conns.values()) {
    if (conn.login?.account === account.id && conn.login.device === id) f.expel(conn, 'This device was revoked');
  }
}

// ------------------------------------------------------------------------------------------------------ expiry

function isExpired({ id, sealed, devices: all }: Account, at: number, state: State): boolean {
  if (sealed !== undefined || all.some(({ seenAt }) => at - seenAt < EXPIRES_MS)) return false;
  for (const person of state.people.values()) if (person.accountId === id) return false;
  return true;
}

/** Proposes to forget the accounts that nobody will use again. */
function expire(state: State, at: number, propose: (entry: EntryOf<'account-changed'>) => void): void {
  for (const account of state.accounts.all()) {
    if (account.sealed === undefined && isExpired(account, at, state))
      propose({ kind: 'account-changed', account: account.id, change: { kind: 'expired' } });
  }
}
