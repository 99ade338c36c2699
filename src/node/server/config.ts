/**
 * The configuration file: TOML, every key optional, the same names as the flags. A key that nobody knows is an error
 * that names it and its line: a mistyped limit must not be a limit silently missing.
 */
import { readFileSync } from 'node:fs';
import { parse, TomlError } from 'smol-toml';
import * as v from 'valibot';
import { ParleyError } from '../../core/base/errors.ts';
import type { HubLimits } from '../../core/hub/events.ts';
import { LIMITS } from '../../core/hub/settings.ts';
import { parseNetwork } from '../../core/wire/network.ts';
import { parseRetention } from './keep.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
/** Goes into lines as it is, so it must not break one. */
const word = v.pipe(
  v.string(),
  v.regex(/^[^\s\0:,][^\s\0,]{0,62}$/u, 'one word without spaces or commas, at most 63 letters'),
);
const text = v.pipe(v.string(), v.nonEmpty(), v.maxLength(300), v.regex(/^[^\r\n\0]*$/u, 'one line'));
const addresses = v.union([v.pipe(v.string(), v.nonEmpty()), v.array(v.pipe(v.string(), v.nonEmpty()))]);
const network = v.pipe(
  v.string(),
  v.check((value) => parseNetwork(value) !== undefined, 'write an address or a network: "10.0.0.1", "10.0.0.0/8"'),
);
const notYet = v.literal('off', 'this version has no plain doors, so only "off" is possible');

/** Where a limit has a bound of its own: what must fit a line of 510 bytes, or would make the server useless. */
const BOUNDS: Partial<Record<keyof HubLimits, v.GenericSchema<number>>> = {
  maxClients: positive,
  nickLength: v.pipe(positive, v.maxValue(63)),
  roomNameLength: v.pipe(positive, v.maxValue(200)),
  topicBytes: v.pipe(positive, v.maxValue(400)),
  awayBytes: v.pipe(positive, v.maxValue(400)),
  kickBytes: v.pipe(positive, v.maxValue(400)),
  keyLength: v.pipe(positive, v.maxValue(50)),
  realnameBytes: v.pipe(positive, v.maxValue(300)),
  registrationMs: v.pipe(positive, v.minValue(1000)),
  pingMs: v.pipe(positive, v.minValue(1000)),
  pongMs: v.pipe(positive, v.minValue(1000)),
  waitingLines: positive,
  multilineBytes: positive,
  multilineLines: positive,
  accountsInAll: positive,
  devicesPerAccount: positive,
  loginFailures: positive,
  loginFailuresPerAccount: positive,
  passwordLengthMin: v.pipe(positive, v.maxValue(100)),
};

/** Every limit of the hub by its own name; only the history page stands elsewhere, as `history.maxPerRequest`. */
const { historyPage: _, ...NAMED } = LIMITS;
const hubLimits = Object.fromEntries(
  // The names and their order are those of LIMITS, so the type is what TypeScript cannot see through fromEntries.
  Object.keys(NAMED).map((name) => [name, v.optional(BOUNDS[name as keyof typeof NAMED] ?? count)]),
) as Record<keyof typeof NAMED, v.OptionalSchema<v.GenericSchema<number>, undefined>>;

const SCHEMA = v.strictObject({
  server: v.optional(
    v.strictObject({
      name: v.optional(word),
      network: v.optional(word),
      description: v.optional(text),
      icon: v.optional(
        v.pipe(v.string(), v.regex(/^https?:\/\/[!-~]{1,300}$/, 'an address like "https://example.org/icon.png"')),
      ),
      clientTagDeny: v.optional(
        v.array(
          v.pipe(v.string(), v.regex(/^(\*|-?[a-z0-9./-]{1,60})$/i, '"*", a tag without its "+", or "-" and a tag')),
        ),
      ),
      password: v.optional(text),
      motd: v.optional(v.array(v.pipe(v.string(), v.regex(/^[^\r\n\0]{0,400}$/u, 'lines of at most 400 letters')))),
      data: v.optional(v.pipe(v.string(), v.nonEmpty())),
      durability: v.optional(v.picklist(['full', 'relaxed'])),
    }),
  ),
  listen: v.optional(
    v.strictObject({
      irc: v.optional(addresses),
      ircTls: v.optional(addresses),
      web: v.optional(addresses),
      /** Sites whose pages may use a server that only this computer can reach: `https://chat.example.org`. */
      origins: v.optional(
        v.array(v.pipe(v.string(), v.regex(/^https?:\/\/[^/\s]+$/, 'write "https://chat.example.org"'))),
      ),
      /** Proxies on plain ports that say whose connection they bring (PROXY protocol). */
      proxies: v.optional(v.array(network)),
      tlsCert: v.optional(v.pipe(v.string(), v.nonEmpty())),
      tlsKey: v.optional(v.pipe(v.string(), v.nonEmpty())),
    }),
  ),
  limits: v.optional(
    v.strictObject({
      connectionsPerAddress: v.optional(count),
      connectRate: v.optional(v.pipe(v.number(), v.minValue(0))),
      floodControl: v.optional(v.boolean()),
      ...hubLimits,
    }),
  ),
  operators: v.optional(
    v.array(
      v.pipe(
        v.strictObject({ name: word, password: v.optional(text), passwordHash: v.optional(text) }),
        v.check(
          ({ password, passwordHash }) => (password ?? passwordHash) !== undefined,
          'an operator needs "password" or "passwordHash"',
        ),
      ),
    ),
  ),
  accounts: v.optional(
    v.strictObject({
      registration: v.optional(v.boolean()),
      beforeConnect: v.optional(v.boolean()),
      required: v.optional(v.boolean()),
      passwordHashCost: v.optional(v.picklist(['normal', 'cheap'])),
    }),
  ),
  history: v.optional(
    v.strictObject({
      keep: v.optional(
        v.pipe(
          v.string(),
          v.check((value) => parseRetention(value) !== undefined, 'write "forever", "90d" or "10000 messages"'),
        ),
      ),
      maxPerRequest: v.optional(v.pipe(positive, v.maxValue(1000))),
    }),
  ),
  gateways: v.optional(v.array(v.strictObject({ address: network, password: text }))),
  metrics: v.optional(
    v.strictObject({
      token: v.optional(v.pipe(v.string(), v.regex(/^[!-~]{8,200}$/, 'a word of at least 8 letters'))),
    }),
  ),
  sts: v.optional(
    v.strictObject({
      port: v.pipe(positive, v.maxValue(65_535)),
      seconds: v.optional(count),
    }),
  ),
  doors: v.optional(
    v.strictObject({ plainTcp: v.optional(notYet), plainUdp: v.optional(notYet), plainRoom: v.optional(text) }),
  ),
});

export type ConfigFile = v.InferOutput<typeof SCHEMA>;
export type ConfigFault = 'config/unreadable' | 'config/not-toml' | 'config/unknown-key' | 'config/bad-value';

export function readConfigFile(path: string): ConfigFile {
  let source: string;
  try {
    source = readFileSync(path, 'utf8');
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : 'it cannot be read';
    throw new ParleyError('config/unreadable', `The configuration file ${path}: ${why}.`, { cause });
  }
  return parseConfig(source, path);
}

export function parseConfig(source: string, path: string): ConfigFile {
  let table: unknown;
  try {
    table = parse(source);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const why = cause.message.replace(/^Invalid TOML document: /, '').split('\n')[0];
    throw fault('config/not-toml', path, cause.line, `this is not TOML (${why})`, cause);
  }
  const result = v.safeParse(SCHEMA, table);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const keys = (issue.path ?? []).map(({ key }) => String(key));
  const names = keys.filter((key) => !/^\d+$/.test(key));
  const name = names.at(-1) ?? '';
  const where = names.length > 1 ? `[${names.slice(0, -1).join('.')}]` : 'the file';
  const line = lineOf(source, names);
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    throw fault('config/unknown-key', path, line, `"${name}" is not a setting that ${where} may have`);
  }
  if (issue.type === 'strict_object') throw fault('config/bad-value', path, line, `${where} needs "${name}"`);
  const rule = issue.message.replace(/^Invalid \w+: /, '');
  throw fault('config/bad-value', path, line, `"${name}" has a value that is not allowed (${rule})`);
}

function fault(code: ConfigFault, path: string, line: number | undefined, what: string, cause?: unknown) {
  const place = line === undefined ? path : `${path}, line ${line}`;
  return new ParleyError(code, `${place}: ${what}.`, { cause });
}

/** The line on which a key stands; the parser does not keep it. */
function lineOf(source: string, names: readonly string[]): number | undefined {
  const table = names.slice(0, -1).join('.');
  const name = names.at(-1);
  if (name === undefined) return undefined;
  let inTable = table === '';
  const lines = source.split('\n');
  for (const [index, line] of lines.entries()) {
    const header = /^\s*\[\[?\s*([^\]]+?)\s*\]\]?/.exec(line)?.[1];
    if (header !== undefined) {
      if (header === names.join('.')) return index + 1;
      inTable = header === table;
      continue;
    }
    const key = /^\s*"?([\w-]+)"?\s*=/.exec(line)?.[1];
    if (inTable && key === name) return index + 1;
  }
  return undefined;
}
