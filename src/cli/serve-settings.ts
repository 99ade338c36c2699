/** From flags, the configuration file and the environment to what the server is told. Flags win over the file. */
import { ACCOUNTS, LIMITS } from '../core/hub/settings.ts';
import { ParleyError } from '../core/base/errors.ts';
import type { Retention } from '../core/ports.ts';
import type { ConfigFile } from '../node/server/config.ts';
import { parseRetention } from '../node/server/keep.ts';
import type { ServerSettings } from '../node/server/server.ts';
import { parseAddress, type Address } from '../node/address.ts';
import { version } from './version.ts';

/** As the command line gives them; the names are those of the flags. */
export interface ServeFlags {
  readonly lan: boolean;
  readonly data?: string;
  readonly memory: boolean;
  readonly irc?: readonly string[];
  readonly ircTls?: readonly string[];
  readonly web?: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly config?: string;
  readonly name?: string;
  readonly network?: string;
  readonly password?: string;
  readonly maxClients?: string;
  readonly durability?: string;
  readonly json: boolean;
  readonly record?: string;
}

export interface ServeSettings {
  readonly server: ServerSettings;
  /** Undefined for the default place. */
  readonly dataDirectory: string | undefined;
  readonly memory: boolean;
  readonly durability: 'full' | 'relaxed';
  readonly irc: readonly Address[];
  readonly ircTls: readonly Address[];
  readonly web: readonly Address[];
  readonly certificate: { readonly cert: string; readonly key: string } | undefined;
  /** Sites whose pages may use a server that only this computer can reach. */
  readonly origins: readonly string[];
  readonly keep: Retention;
  /** Networks whose plain connections begin with a PROXY header. */
  readonly proxies: readonly string[];
  /** Asked of who reads `/metrics` from elsewhere. */
  readonly metricsToken: string | undefined;
  readonly passwordHashCost: 'normal' | 'cheap';
}

/** Where listeners are when nobody says otherwise; 6667 and 6697 are IRC's own (RFC 7194). */
const IRC_DEFAULT = ['localhost:6667'];
const WEB_DEFAULT = ['localhost:7667'];
const IRC_TLS_LAN = ['*:6697'];
const WEB_LAN = ['*:7667'];

/** How long clients keep to TLS once they were told: a month, so that a mistake does not last. */
const STS_SECONDS = 30 * 86_400;

/** Shown to people who only chat on this computer or in their own network; RFC-wise it needs a dot. */
const NAME_DEFAULT = 'parley.internal';

export async function readSettings(
  flags: ServeFlags,
  env: Readonly<Record<string, string | undefined>>,
  startedAt: number,
): Promise<ServeSettings> {
  const file = flags.config === undefined ? {} : await readFile(flags.config);
  return resolveSettings(flags, file, env, startedAt);
}

async function readFile(path: string): Promise<ConfigFile> {
  const { readConfigFile } = await import('../node/server/config.ts');
  return readConfigFile(path);
}

export function resolveSettings(
  flags: ServeFlags,
  file: ConfigFile,
  env: Readonly<Record<string, string | undefined>>,
  startedAt: number,
): ServeSettings {
  const { connectionsPerAddress, connectRate, floodControl, ...hubLimits } = file.limits ?? {};
  const maxClients = count('--max-clients', flags.maxClients) ?? hubLimits.maxClients ?? LIMITS.maxClients;
  const password = flags.password ?? env['PARLEY_PASSWORD'] ?? file.server?.password;
  const cert = flags.tlsCert ?? file.listen?.tlsCert;
  const key = flags.tlsKey ?? file.listen?.tlsKey;
  if ((cert === undefined) !== (key === undefined)) {
    throw wrong(
      `A certificate needs both its file and its key: ${cert === undefined ? '--tls-cert' : '--tls-key'} is missing.`,
    );
  }
  const irc = listeners('--irc', flags.irc ?? asList(file.listen?.irc) ?? IRC_DEFAULT);
  const ircTls = listeners('--irc-tls', flags.ircTls ?? asList(file.listen?.ircTls) ?? (flags.lan ? IRC_TLS_LAN : []));
  const web = listeners('--web', flags.web ?? asList(file.listen?.web) ?? (flags.lan ? WEB_LAN : WEB_DEFAULT));
  if (irc.length + ircTls.length + web.length === 0) {
    throw wrong('Every listener is switched off: leave on at least one of --irc, --irc-tls and --web.');
  }
  const durability = flags.durability ?? file.server?.durability ?? 'full';
  if (durability !== 'full' && durability !== 'relaxed') throw wrong('--durability is either "full" or "relaxed".');
  if (flags.memory && flags.data !== undefined)
    throw wrong('--memory keeps nothing, so --data has no meaning with it.');
  return {
    server: {
      hub: {
        serverName: word('--name', flags.name) ?? file.server?.name ?? NAME_DEFAULT,
        networkName: word('--network', flags.network) ?? file.server?.network ?? 'Parley',
        version: `parley-${version()}`,
        ...(file.server?.description !== undefined && { description: file.server.description }),
        ...(file.server?.icon !== undefined && { icon: file.server.icon }),
        ...(file.server?.clientTagDeny !== undefined && { clientTagDeny: file.server.clientTagDeny }),
        safeRate: true,
        ...(file.sts !== undefined && { sts: { port: file.sts.port, seconds: file.sts.seconds ?? STS_SECONDS } }),
        ...(password !== undefined && password !== '' && { password }),
        motd: file.server?.motd ?? [],
        operators: (file.operators ?? []).map(({ name, password: clear, passwordHash }) => ({
          name,
          ...(clear !== undefined && { password: clear }),
          ...(passwordHash !== undefined && { passwordHash }),
        })),
        limits: {
          ...LIMITS,
          ...hubLimits,
          maxClients,
          historyPage: file.history?.maxPerRequest ?? LIMITS.historyPage,
        } as typeof LIMITS,
        accounts: {
          registration: file.accounts?.registration ?? ACCOUNTS.registration,
          beforeConnect: file.accounts?.beforeConnect ?? ACCOUNTS.beforeConnect,
          required: file.accounts?.required ?? ACCOUNTS.required,
        },
        createdAt: startedAt,
      },
      gate: {
        maxClients,
        // A household or a classroom behind one address fits; a single hostile machine does not fill the server.
        connectionsPerAddress: connectionsPerAddress ?? 20,
        connectRate: connectRate ?? 5,
        exemptLoopback: connectionsPerAddress === undefined && connectRate === undefined,
      },
      floodControl: floodControl ?? true,
      gateways: file.gateways ?? [],
    },
    dataDirectory: flags.data ?? file.server?.data,
    memory: flags.memory,
    durability,
    irc,
    ircTls,
    web,
    certificate: cert === undefined || key === undefined ? undefined : { cert, key },
    origins: file.listen?.origins ?? [],
    passwordHashCost: file.accounts?.passwordHashCost ?? 'normal',
    proxies: file.listen?.proxies ?? [],
    metricsToken: file.metrics?.token,
    keep: parseRetention(file.history?.keep ?? 'forever') ?? { kind: 'forever' },
  };
}

function listeners(flag: string, given: readonly string[]): Address[] {
  return given
    .filter((text) => text !== 'none')
    .map((text) => {
      const address = parseAddress(/^\d+$/.test(text) ? `localhost:${text}` : text);
      if (address !== undefined) return address;
      throw wrong(`${flag} ${text}: write HOST:PORT (127.0.0.1:6667, [::1]:6667, *:6667 for all addresses) or "none".`);
    });
}

function count(flag: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (/^[1-9]\d{0,6}$/.test(given)) return Number(given);
  throw wrong(`${flag} ${given}: write a whole number above 0.`);
}

function word(flag: string, given: string | undefined): string | undefined {
  if (given === undefined || /^[^\s:,][^\s,]{0,62}$/u.test(given)) return given;
  throw wrong(`${flag} ${given}: write one word without spaces or commas, at most 63 letters.`);
}

function asList(given: string | string[] | undefined): readonly string[] | undefined {
  return typeof given === 'string' ? [given] : given;
}

function wrong(message: string): ParleyError<'usage/wrong'> {
  return new ParleyError('usage/wrong', message);
}
