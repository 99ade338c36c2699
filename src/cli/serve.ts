/** `parley serve`: opens the store, then the doors, says where they are, and stops in order. */
import type { Records } from '../core/ports.ts';
import { ImmediateLog } from '../node/log/immediate-log.ts';
import { MemoryRecords } from '../node/log/memory-records.ts';
import { Server } from '../node/server/server.ts';
import { openDoors } from '../node/transport/listen.ts';
import type { Door } from '../node/transport/door.ts';
import { formatAddress } from '../node/transport/address.ts';
import { listenTcp } from '../node/transport/tcp.ts';
import { randomBytes } from 'node:crypto';
import { readSettings, type ServeFlags } from './serve-settings.ts';
import { told } from './told.ts';

export function serve(flags: ServeFlags): Promise<void> {
  return told(() => start(flags));
}

async function start(flags: ServeFlags): Promise<void> {
  const settings = await readSettings(flags, process.env, Date.now());
  const records: Records = new MemoryRecords();
  const { restored } = records;
  const log = new ImmediateLog({ pos: restored.pos, now: Date.now });
  const server = new Server({
    settings: settings.server,
    log,
    records,
    cloakKey: randomBytes(32),
    now: Date.now,
  });
  const door = {
    accept: (link: Parameters<Server['accept']>[0]) => server.accept(link),
    mayConnect: (address: string) => server.knock(address),
  };
  const irc: Door[] = [];
  for (const address of settings.irc) irc.push(...(await openDoors(address, (at) => listenTcp({ ...at, ...door }))));
  const listening = { event: 'listening', irc: irc.map((d) => formatAddress(d.address)), ircTls: [], web: [] };
  process.stdout.write(`${JSON.stringify(listening)}\n`);
}
