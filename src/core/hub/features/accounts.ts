/**
 * Accounts: REGISTER and VERIFY (https://ircv3.net/specs/extensions/account-registration), LOGOUT, and what others hear
 * of it (https://ircv3.net/specs/extensions/account-notify, …/account-tag).
 *
 * Registering is first come, first served, in the one order. The account's name is a nick, which from then on only its
 * owner can take; nobody is asked to give up a nick they have.
 */
import { capBit } from '../../wire/capabilities.ts';
import { fold } from '../../wire/casemap.ts';
import { isNick } from '../../wire/names.ts';
import { RPL_LOGGEDIN, RPL_LOGGEDOUT } from '../../wire/numerics.ts';
import { utf8Length } from '../../wire/utf8.ts';
import type { Account } from '../accounts.ts';
import type { Call } from '../call.ts';
import type { EntryOf } from '../entry.ts';
import type { HubSettings } from '../events.ts';
import type { Feature } from '../feature.ts';
import type { Fold } from '../fold.ts';
import { line } from '../line.ts';
import type { Person } from '../person.ts';
import { accountSettings } from '../settings.ts';
import type { State } from '../state.ts';
import { DEFCON_REGISTRATION } from './moderation.ts';
import { isDeviceToken } from './devices.ts';

export const accounts: Feature = {
  commands: {
    REGISTER: { run: register, params: 3, when: 'any', long: true },
    VERIFY: { run: verify, params: 2, when: 'any' },
    LOGOUT: { run: logout, params: 0, when: 'registered' },
  },
  entries: { 'register-account': registered, logout: loggedOut },
  capabilities: ['draft/account-registration', 'account-notify', 'account-tag'],
  withheld: (settings) => (accountSettings(settings).registration ? [] : ['draft/account-registration']),
  capabilityValue: {
    'draft/account-registration': (settings) =>
      accountSettings(settings).beforeConnect ? 'before-connect,custom-account-name' : 'custom-account-name',
  },
  isupport: (settings) => (accountSettings(settings).required ? ['draft/ACCOUNTREQUIRED'] : []),
};

const ACCOUNT_NOTIFY = capBit('account-notify');

/** What fits a line of REGISTER and the largest message of SASL PLAIN that others send. */
export const PASSWORD_BYTES_MAX = 700;

// ------------------------------------------------------------------------------------------------------ REGISTER

/** REGISTER <account or *> <e-mail or *> <password>. A device token makes an account that has no password. An e-mail address is neither needed nor kept. */
function register(call: Call, state: State): void {
  const { conn } = call;
  const { hello } = conn;
  const asked = call.param(0);
  const name = asked === '*' ? (conn.person?.nick ?? (hello.nick === '' ? hello.refused : hello.nick)) : asked;
  const shown = isNick(name, state.settings.limits.nickLength) ? name : '*';
  const refusal = whyNot(call, state, name);
  if (refusal !== undefined) {
    call.fail(refusal[0], shown, refusal[1]);
    return;
  }
  const password = call.param(2);
  const isToken = isDeviceToken(password);
  const weak = isToken ? undefined : weakness(password, name, state.settings);
  if (weak !== undefined) {
    call.fail(weak[0], shown, weak[1]);
    return;
  }
  state.registrations.add(conn.peer.address, call.at);
  call.ask(isToken ? { kind: 'digest', token: password } : { kind: 'seal', password }, (answer) => {
    if (answer.kind !== 'text') {
      call.fail('TEMPORARILY_UNAVAILABLE', shown, 'Accounts cannot be made at the moment; try again in a minute');
      return;
    }
    const [sealed, token] = isToken ? ['', answer.text] : [answer.text, ''];
    call.propose({ kind: 'register-account', person: conn.person?.id ?? '', name, sealed, token });
  });
}

type Refusal = readonly [code: string, text: string];

/** Why this account cannot be registered here and now, whatever its password. */
function whyNot(call: Call, state: State, name: string): Refusal | undefined {
  const { conn } = call;
  const { limits } = state.settings;
  const { registration, beforeConnect } = accountSettings(state.settings);
  if (state.defcon <= DEFCON_REGISTRATION)
    return ['TEMPORARILY_UNAVAILABLE', 'Nobody may make an account at the moment'];
  if (!registration) return ['TEMPORARILY_UNAVAILABLE', 'This server makes no accounts; ask who runs it'];
  if (conn.person === undefined && !beforeConnect)
    return ['COMPLETE_CONNECTION_REQUIRED', 'Register after the welcome of this server'];
  if (state.accountOf(conn) !== undefined) return ['ALREADY_AUTHENTICATED', 'You are logged in to an account already'];
  if (name === '') return ['NEED_NICK', 'Choose a nick first, or name the account'];
  if (!isNick(name, limits.nickLength)) return ['BAD_ACCOUNT_NAME', 'An account is named like a nick'];
  const taken = whyTaken(state, name, conn.person);
  if (taken !== undefined) return taken;
  if (state.trouble !== undefined) return ['TEMPORARILY_UNAVAILABLE', `No account was made: ${state.trouble}`];
  if (state.registrations.count(conn.peer.address, call.at) >= limits.accountsPerAddress)
    return ['TEMPORARILY_UNAVAILABLE', 'Too many accounts were made from your address; try again in an hour'];
  return undefined;
}

/** What others may have changed since a handler looked. */
function whyTaken(state: State, name: string, person: Person | undefined): Refusal | undefined {
  if (state.accounts.named(name) !== undefined) return ['ACCOUNT_EXISTS', 'There is an account of that name'];
  const holder = state.personNamed(name);
  if (holder !== undefined && holder !== person)
    return ['USERNAME_EXISTS', 'Somebody has that nick; choose another name'];
  if (state.accounts.size >= state.settings.limits.accountsInAll)
    return ['TEMPORARILY_UNAVAILABLE', 'This server has as many accounts as it takes'];
  return undefined;
}

function whyNotToken(state: State, token: string): Refusal | undefined {
  if (token === '' || state.accounts.withDevice(token) === undefined) return undefined;
  return ['UNACCEPTABLE_PASSWORD', 'That is the token of another account; make a new one'];
}

/** Why this is no password for an account of that name. */
export function weakness(password: string, name: string, { limits }: HubSettings): Refusal | undefined {
  if (password.length < limits.passwordLengthMin)
    return ['WEAK_PASSWORD', `A password has at least ${limits.passwordLengthMin} letters`];
  if (fold(password) === fold(name)) return ['WEAK_PASSWORD', 'The password must not be the name'];
  if (utf8Length(password) > PASSWORD_BYTES_MAX)
    return ['UNACCEPTABLE_PASSWORD', `A password has at most ${PASSWORD_BYTES_MAX} bytes`];
  return undefined;
}

/** The first claim of a name gets it. */
function registered(entry: EntryOf<'register-account'>, f: Fold): void {
  const { state, call } = f;
  const person = entry.person === '' ? undefined : state.people.get(entry.person);
  const taken = whyTaken(state, entry.name, person) ?? whyNotToken(state, entry.token);
  if (taken !== undefined) {
    f.passing();
    call?.fail(taken[0], entry.name, taken[1]);
    return;
  }
  const id = f.pos.toString(36);
  const { name, sealed, token } = entry;
  const device = { id, name: '', by: 'token', hash: token, addedAt: f.at, seenAt: f.at } as const;
  const account: Account = {
    id: `@${id}`,
    name,
    folded: fold(name),
    registeredAt: f.at,
    ...(sealed !== '' && { sealed }),
    devices: token === '' ? [] : [device],
  };
  f.keepAccount(account);
  if (call !== undefined) call.conn.login = { account: account.id, device: token === '' ? '' : id, at: f.at };
  call?.server('REGISTER', 'SUCCESS', name, 'The account is yours, and you are logged in');
  if (person !== undefined) become(person, account, f);
  if (call !== undefined) tellLoggedIn(call, account);
}

/** VERIFY <account> <code>: nothing here is verified by a code, so none is right. */
function verify(call: Call, state: State): void {
  const name = call.param(0);
  const shown = isNick(name, state.settings.limits.nickLength) ? name : '*';
  if (state.accountOf(call.conn) !== undefined)
    call.fail('ALREADY_AUTHENTICATED', shown, 'You are logged in to an account already');
  else call.fail('INVALID_CODE', shown, 'Accounts of this server need no code; log in');
}

// ------------------------------------------------------------------------------------------------------ in and out

/** The person has this account from here on, and others hear of it. */
export function become(person: Person, account: Account | undefined, f: Fold): void {
  if (person.accountId === (account?.id ?? '')) return;
  person.logIn(account);
  const said = line(person.prefix, 'ACCOUNT', [account?.name ?? '*'], { at: f.at, requires: ACCOUNT_NOTIFY });
  f.tellAround(person, said, person); // the person's own connections get numerics
}

/** RPL_LOGGEDIN: `nick!user@host account :text`. */
export function tellLoggedIn(call: Call, { name }: Account): void {
  call.numeric(RPL_LOGGEDIN, prefixOf(call), name, `You are now logged in as ${name}`);
}

/** Who is registering has no prefix yet; what is known of it stands in its place. */
function prefixOf({ conn }: Call): string {
  const { person, hello } = conn;
  return person?.prefix ?? `${hello.nick || '*'}!${hello.user === '' ? '*' : `~${hello.user}`}@${conn.host}`;
}

/** How fresh the record of a device's last use is: writing it down each time would store something at each login. */
const SEEN_MS = 24 * 60 * 60_000;

/** A device of this account was used. */
export function seen(account: Account, device: string, f: Fold): void {
  const used = account.devices.find(({ id }) => id === device);
  if (used === undefined || f.at - used.seenAt < SEEN_MS) return;
  const devices = account.devices.map((one) => (one === used ? { ...one, seenAt: f.at } : one));
  f.keepAccount({ ...account, devices });
}

/** LOGOUT: the person stays, and is nobody's any more. */
function logout(call: Call): void {
  const { person } = call;
  if (person.accountId === '') call.fail('NOT_LOGGED_IN', 'You are not logged in');
  else if (person.attached > 1) call.fail('OTHER_DEVICES', 'Other devices of yours are here; QUIT ends this one');
  else call.propose({ kind: 'logout', person: person.id });
}

function loggedOut(entry: EntryOf<'logout'>, f: Fold): void {
  f.passing();
  const person = f.personOf(entry);
  if (person === undefined || person.accountId === '' || person.attached > 1) return;
  become(person, undefined, f);
  for (const conn of person.conns) {
    conn.login = undefined;
    f.tellConn(
      conn,
      line(f.state.settings.serverName, RPL_LOGGEDOUT, [conn.name, person.prefix, 'You are now logged out']),
    );
  }
}
