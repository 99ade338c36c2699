/**
 * Keys of servers that nobody vouches for, pinned when they were first seen: a text file with one server a line,
 * `host:port sha256 first-seen`, so that a person can read it and take a line out. A key that is not the one
 * seen before is refused, loudly; it may be an attack or a new server, and only the person can know.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ParleyError } from '../../core/base/errors.ts';

export interface KnownServer {
  /** `host:port`. */
  readonly server: string;
  /** SHA-256 of the public key in its certificate, lower-case hex. */
  readonly key: string;
  /** `2026-11-20`. */
  readonly firstSeen: string;
}

export type Judgement =
  | { readonly trust: true; readonly firstTime: boolean }
  /** `why` is for the person, in several lines. */
  | { readonly trust: false; readonly why: string };

export class KnownServers {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Whether to talk to this server, given what it showed. What the system's authorities vouch for is trusted as long
   * as nothing else was pinned: a server that had its own key yesterday must not change quietly either.
   */
  judge(server: string, key: string, vouched: boolean, today: string): Judgement {
    const known = this.#read().find((entry) => entry.server === server);
    if (known === undefined) {
      if (vouched) return { trust: true, firstTime: false };
      this.#write([...this.#read(), { server, key, firstSeen: today }]);
      return { trust: true, firstTime: true };
    }
    if (known.key === key) return { trust: true, firstTime: false };
    return { trust: false, why: this.#changed(known, key) };
  }

  #changed({ server, key, firstSeen }: KnownServer, shown: string): string {
    return [
      `The key of ${server} is not the one seen since ${firstSeen}. Not connecting.`,
      `  known  ${fingerprint(key)}`,
      `  shown  ${fingerprint(shown)}`,
      'Somebody may be listening in, or the server was set up anew. Ask whoever runs it which SHA-256 it shows.',
      `If it is the second, take the line of ${server} out of ${this.#path} and connect again.`,
    ].join('\n');
  }

  #read(): KnownServer[] {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
      // A list that cannot be read must not mean that everybody is new.
      throw new ParleyError('chat/known-servers', `${this.#path} cannot be read. Make it readable, or move it away.`, {
        cause,
      });
    }
    const known: KnownServer[] = [];
    for (const line of text.split('\n')) {
      const [server = '', key = '', firstSeen = ''] = line.trim().split(/\s+/);
      if (!server.startsWith('#') && /^[0-9a-f]{64}$/.test(key)) known.push({ server, key, firstSeen });
    }
    return known;
  }

  #write(known: readonly KnownServer[]): void {
    const lines = known.map(({ server, key, firstSeen }) => `${server} ${key} ${firstSeen}\n`);
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      // Beside, then in place: a crash leaves the old list or the new one.
      const beside = `${this.#path}.${process.pid}`;
      writeFileSync(
        beside,
        `# Keys of servers pinned by parley chat: server, SHA-256 of the public key, first seen.\n${lines.join('')}`,
        {
          mode: 0o600,
        },
      );
      chmodSync(beside, 0o600);
      renameSync(beside, this.#path);
    } catch (cause) {
      throw new ParleyError(
        'chat/known-servers',
        `${this.#path} cannot be written, so the server's key cannot be remembered.`,
        { cause },
      );
    }
  }
}

/** In pairs, as other programs print it. */
function fingerprint(hex: string): string {
  return hex.toUpperCase().replace(/(..)(?!$)/g, '$1:');
}
