/** A server from its first open port to its last. */
import { NodeVault } from '../node/accounts/node-vault.ts';
import { ImmediateLog } from '../node/log/immediate-log.ts';
import { answerMetrics } from '../node/server/metrics.ts';
import { makeEvents, type Events } from '../node/server/events.ts';
import { Server, type ServerSettings } from '../node/server/server.ts';
import { startupText } from '../node/server/startup.ts';
import { WebFiles } from '../node/server/web-files.ts';
import { formatAddress } from '../node/address.ts';
import { ParleyError } from '../core/base/errors.ts';
import type { Records } from '../core/ports.ts';
import { openAllDoors, type Doors } from './serve-doors.ts';
import { readSettings, type ServeFlags, type ServeSettings } from './serve-settings.ts';
import type { Store } from './serve-store.ts';
import { version } from './version.ts';

const HOUR_MS = 3_600_000;

/** Resolves when every port is open and everybody has been told; then the process lives on by its doors. */
export async function run(flags: ServeFlags, settings: ServeSettings, store: Store): Promise<void> {
  const events = makeEvents(flags.json);
  const { records } = store;
  const first = withInvitation(settings.server, flags, store);
  const recorder = await openRecorder(flags, first, records);
  stopOnOwnMistakes(events, recorder);

  const server = new Server({
    settings: first,
    log: new ImmediateLog({ pos: records.restored.pos, now: Date.now }),
    records,
    vault: new NodeVault({ cost: settings.passwordHashCost, key: store.vaultKey }),
    cloakKey: store.cloakKey,
    now: Date.now,
    onTrouble: (why) => tellTrouble(events, why),
    onAudit: (text) => events.info(text, { audit: true }),
    onReload: () => process.emit('SIGHUP'),
    ...(recorder !== undefined && { record: recorder.record }),
  });
  const files = new WebFiles();
  let current = settings;
  const metrics = { counts: () => server.counts, token: () => current.metricsToken };
  const doors = await openAllDoors({
    settings,
    lan: flags.lan,
    directory: store.directory,
    accept: (link) => server.accept(link),
    mayConnect: (address) => server.knock(address),
    onRequest: (request, response) => {
      if (!answerMetrics(request, response, metrics)) files.answer(request, response);
    },
    events,
  });
  await sayReady(flags, doors, store, files, first);
  events.info('listening', { ms: Math.round(performance.now()) });

  const chores = setInterval(() => void everyHour(current, records, doors, events), HOUR_MS).unref();
  void everyHour(current, records, doors, events);
  let stopping = false;
  const stop = async () => {
    if (stopping) process.exit(1); // whoever asks twice means it
    stopping = true;
    clearInterval(chores);
    events.tell('stopping');
    doors.close();
    const code = await stopInOrder(server, store, events);
    recorder?.close();
    events.tell('stopped');
    process.exit(code);
  };
  process.on('SIGINT', () => void stop());
  process.on('SIGTERM', () => void stop());
  process.on('SIGHUP', () => {
    files.reload();
    void reload(flags, current, server, store, doors, events).then((fresh) => (current = fresh));
  });
}

/** In an open network nobody comes in without the key, unless there is a password already. */
function withInvitation(settings: ServerSettings, flags: ServeFlags, store: Store): ServerSettings {
  if (!flags.lan || settings.hub.password !== undefined) return settings;
  return { ...settings, hub: { ...settings.hub, password: store.inviteKey() } };
}

async function openRecorder(flags: ServeFlags, settings: ServerSettings, records: Records) {
  if (flags.record === undefined) return undefined;
  const { Recorder } = await import('../node/server/recording.ts');
  return new Recorder(flags.record, settings.hub, records.restored);
}

/**
 * A broken invariant: state may be wrong, so nothing more may be acknowledged. What was acknowledged is on disk.
 */
function stopOnOwnMistakes(events: Events, recorder: { flush(): void } | undefined): void {
  process.on('uncaughtException', (error) => {
    recorder?.flush();
    events.tell('failed', { error: error.message });
    const told = error.stack ?? String(error);
    process.stderr.write(`parley: a mistake in Parley itself; it stops, and nothing stored is lost.\n${told}\n`);
    process.exit(1);
  });
}

function tellTrouble(events: Events, why: string | undefined): void {
  if (why === undefined) {
    events.tell('store-recovered');
    events.warn('the store works again');
  } else {
    events.tell('store-trouble', { why });
    events.error(why);
  }
}

async function sayReady(flags: ServeFlags, doors: Doors, store: Store, files: WebFiles, settings: ServerSettings) {
  const { irc, ircTls, web } = doors;
  if (flags.json) {
    const listening = { irc: irc.map(formatAddress), ircTls: ircTls.map(formatAddress), web: web.map(formatAddress) };
    process.stdout.write(`${JSON.stringify({ event: 'listening', ...listening })}\n`);
    return;
  }
  const { text, scan } = startupText({
    version: version(),
    irc,
    ircTls,
    web,
    webIsSecure: doors.webIsSecure,
    data: store.directory,
    inviteKey: flags.lan ? settings.hub.password : undefined,
    fingerprints: doors.fingerprints,
    ownAddresses:
      flags.lan || [...irc, ...ircTls, ...web].some(({ host }) => host === '0.0.0.0' || host === '::')
        ? (await import('../node/identity/certificate.ts')).ownAddresses()
        : [],
    webIsBuilt: files.built,
  });
  process.stdout.write(text);
  if (scan === undefined || !process.stdout.isTTY) return;
  const { renderUnicodeCompact } = await import('uqr');
  process.stdout.write(`${renderUnicodeCompact(scan)}\n`);
}

async function everyHour(settings: ServeSettings, records: Records, doors: Doors, events: Events): Promise<void> {
  try {
    if (settings.keep.kind !== 'forever') {
      const rows = await records.retain(settings.keep, Date.now());
      if (rows > 0) events.info('removed old messages', { rows });
    }
    await doors.renewCertificate();
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error;
    events.error(error.message);
  }
}

async function reload(
  flags: ServeFlags,
  before: ServeSettings,
  server: Server,
  store: Store,
  doors: Doors,
  events: Events,
): Promise<ServeSettings> {
  try {
    const settings = await readSettings(flags, process.env, before.server.hub.createdAt);
    server.configure(withInvitation(settings.server, flags, store));
    await doors.renewCertificate();
    events.tell('reloaded');
    events.info('configuration read again');
    if (places(settings) !== places(before)) events.warn('another address or directory is used only after a restart');
    return settings;
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error;
    events.tell('reload-failed', { why: error.message });
    events.error(`${error.message} Everything stays as it was.`);
    return before;
  }
}

/** What cannot change while the server runs. */
function places({ irc, ircTls, web, certificate, dataDirectory, durability, origins }: ServeSettings): string {
  return JSON.stringify([irc, ircTls, web, certificate, dataDirectory, durability, origins]);
}

async function stopInOrder(server: Server, store: Store, events: Events): Promise<number> {
  try {
    await server.stop();
    await store.release();
    return 0;
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error;
    events.error(error.message);
    process.stderr.write(`parley: ${error.message}\n`);
    return 1;
  }
}
