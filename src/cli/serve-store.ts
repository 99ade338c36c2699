/** Opens what a server keeps: its directory, the messages and its secrets. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Records } from '../core/ports.ts';
import { keptSecret } from '../node/identity/secret-file.ts';
import { defaultDataDirectory, openDataDirectory } from '../node/log/data-directory.ts';
import { MemoryRecords } from '../node/log/memory-records.ts';
import { openSqliteRecords } from '../node/log/sqlite-records.ts';
import type { ServeSettings } from './serve-settings.ts';

export interface Store {
  readonly records: Records;
  /** Undefined when nothing is kept. */
  readonly directory: string | undefined;
  /** Hides addresses; see node/server/cloak.ts. */
  readonly cloakKey: Uint8Array;
  /** See node/accounts/node-vault.ts. */
  readonly vaultKey: Uint8Array;
  /** What newcomers of an open network bring; made when first asked for. */
  inviteKey(): string;
  /** After the records were closed. */
  release(): Promise<void>;
}

export async function openStore(settings: ServeSettings): Promise<Store> {
  if (settings.memory) {
    const invite = makeInvite();
    return {
      records: new MemoryRecords(),
      directory: undefined,
      cloakKey: randomBytes(32),
      vaultKey: randomBytes(32),
      inviteKey: () => invite,
      release: async () => {},
    };
  }
  const directory = await openDataDirectory(settings.dataDirectory ?? defaultDataDirectory());
  const { path } = directory;
  try {
    const records = await openSqliteRecords({
      file: join(path, 'parley.db'),
      synchronous: settings.durability === 'full' ? 'full' : 'normal',
    });
    const keptKey = (name: string): Uint8Array =>
      Buffer.from(
        keptSecret(join(path, name), () => randomBytes(32).toString('hex')),
        'hex',
      );
    const cloakKey = keptKey('cloak.key');
    const vaultKey = keptKey('vault.key');
    return {
      records,
      directory: path,
      cloakKey,
      vaultKey,
      inviteKey: () => keptSecret(join(path, 'invite.key'), makeInvite),
      release: () => directory.close(),
    };
  } catch (error) {
    await directory.close();
    throw error;
  }
}

/** 60 bits, which nobody guesses over a network, in three groups that people can read out. */
function makeInvite(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789'; // no l, o, 0, 1
  const picked = Array.from(randomBytes(12), (byte) => letters[byte % letters.length] ?? '').join('');
  return picked.replace(/(.{4})(?=.)/g, '$1-');
}
