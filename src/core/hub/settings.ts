import type { AccountSettings, HubLimits, HubSettings } from './events.ts';

/**
 * The defaults, each with its reason. The configuration file has the same names under `[limits]`
 * (see src/node/server/config.ts); what a client may need to know is advertised in RPL_ISUPPORT.
 */
export const LIMITS: HubLimits = {
  maxClients: 10_000, // a small machine holds this many; a larger one says so in its configuration
  nickLength: 32, // long enough for names, short enough for a column
  roomNameLength: 64,
  topicBytes: 390, // nick!user@host, TOPIC and a room name of full length still fit one line
  awayBytes: 200,
  kickBytes: 200,
  keyLength: 23, // RFC 2812 §2.3.1
  realnameBytes: 150,
  roomsPerPerson: 100,
  peoplePerRoom: 20_000,
  roomsInAll: 50_000, // bounds memory and the records that a restart reads
  banListLength: 100,
  roomsPerAccount: 50, // owned rooms stay for ever, so nobody may own all there can be
  invitesPerPerson: 100,
  targetsPerMessage: 4, // more is what spam looks like
  monitored: 100, // what a person's list of friends may be
  historyPage: 100,
  multilineBytes: 16_384,
  multilineLines: 100, // everybody without the capability gets them as so many messages
  registrationMs: 30_000, // slow phones need some seconds; a held-open port must not last
  pingMs: 60_000, // keeps home routers' address tables alive, notices the dead
  pongMs: 60_000,
  waitingLines: 64,
  accountsInAll: 100_000, // bounds memory and the records that a restart reads
  accountsPerAddress: 60, // a school behind one address registers in one lesson; a machine takes days to fill the server
  passwordLengthMin: 3, // guessing is held back by counting failures; what is longer is everybody's own choice
  devicesPerAccount: 50,
  loginFailures: 5,
  loginFailuresPerAccount: 30, // in ten minutes: nothing next to the number of passwords, much for an honest person
};

/** What is allowed unless the configuration says otherwise. */
export const ACCOUNTS: AccountSettings = { registration: true, beforeConnect: true, required: false };

export function accountSettings({ accounts = ACCOUNTS, password }: HubSettings): AccountSettings {
  return password === undefined ? accounts : { ...accounts, beforeConnect: false };
}
