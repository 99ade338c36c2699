/**
 * A certificate and its key in files that somebody else renews (certbot, acme.sh, cron). Changes are noticed and told;
 * a pair that does not fit together, as between two renames, is told too and never used.
 */
import { readFileSync, statSync, watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import { createSecureContext } from 'node:tls';
import { ParleyError } from '../../core/base/errors.ts';
import type { KeyPair } from './key-pair.ts';

export interface CertificatePaths {
  readonly cert: string;
  readonly key: string;
}

/** Renewal writes two files, and a directory often is a link that changes: look a moment after the last event. */
const SETTLE_MS = 250;

/** Watching misses changes behind links and on network drives, so we also look now and then. */
const POLL_MS = 30_000;

export function readCertificate({ cert, key }: CertificatePaths): KeyPair {
  const pair = { cert: readPem(cert), key: readPem(key) };
  try {
    createSecureContext(pair);
  } catch (cause) {
    const why =
      (cause as NodeJS.ErrnoException).code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH'
        ? 'they do not belong together'
        : 'one of them is not PEM';
    throw new ParleyError(
      'certificate/unusable',
      `The certificate ${cert} and the key ${key} cannot be used: ${why}.`,
      {
        cause,
      },
    );
  }
  return pair;
}

/** Tells every changed pair, or why it cannot be used. Returns a function that looks at once, and one that ends it. */
export function watchCertificate(
  paths: CertificatePaths,
  current: KeyPair,
  onChange: (pair: KeyPair) => void,
  onBroken: (error: ParleyError) => void,
): { look(): void; close(): void } {
  let used = current;
  let seen = stamp(paths);
  let settling: NodeJS.Timeout | undefined;
  const look = () => {
    seen = stamp(paths);
    let pair: KeyPair;
    try {
      pair = readCertificate(paths);
    } catch (error) {
      if (error instanceof ParleyError) return onBroken(error);
      throw error;
    }
    if (pair.cert === used.cert && pair.key === used.key) return;
    used = pair;
    onChange(pair);
  };
  const lookIfChanged = () => {
    if (stamp(paths) !== seen) look();
  };
  const soon = () => {
    clearTimeout(settling);
    settling = setTimeout(lookIfChanged, SETTLE_MS);
  };
  const watchers = [...new Set([dirname(paths.cert), dirname(paths.key)])].map((directory) => watched(directory, soon));
  const poll = setInterval(lookIfChanged, POLL_MS).unref();
  return {
    look,
    close: () => {
      clearTimeout(settling);
      clearInterval(poll);
      for (const watcher of watchers) watcher?.close();
    },
  };
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there' : 'cannot be read';
    throw new ParleyError('certificate/unreadable', `The file ${path} ${why}.`, { cause });
  }
}

/** The directory is watched and not the file: renewal puts another file in its place. */
function watched(directory: string, onEvent: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(directory, { persistent: false }, onEvent);
    watcher.on('error', () => watcher.close()); // the poll goes on
    return watcher;
  } catch {
    return undefined;
  }
}

function stamp({ cert, key }: CertificatePaths): string {
  return [cert, key]
    .map((path) => {
      const found = statSync(path, { throwIfNoEntry: false });
      return found === undefined ? 'none' : `${found.ino} ${found.size} ${found.mtimeMs}`;
    })
    .join(' ');
}
