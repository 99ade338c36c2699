/** `parley chat`: from the command line to a conversation in this terminal. */
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { buildCommand, type CommandContext } from '@stricli/core';
import { ParleyError } from '../core/base/errors.ts';
import type { Link } from '../core/ports.ts';
import type { ClientSettings } from '../core/client/events.ts';
import { formatAddress } from '../node/address.ts';
import { dialTcp } from '../node/transport/tcp.ts';
import { dialTls, type Shown } from '../node/transport/tls.ts';
import { dialWebSocket } from '../node/transport/websocket.ts';
import { rememberedOf, startConversation } from '../ui/tui/conversation.ts';
import { depthOf, plainOnly } from '../ui/tui/depth.ts';
import { KnownServers } from '../ui/tui/known-servers.ts';
import { runLines } from '../ui/tui/line-face.ts';
import { placesOf } from '../ui/tui/places.ts';
import { askNick, isNick, rememberedNick, rememberNick, suggestedNick } from '../ui/tui/remembered-nick.ts';
import { runScreen } from '../ui/tui/screen-face.ts';
import { readServerAddress, type ServerAddress } from '../ui/tui/server-address.ts';
import { ChatStore, storePath } from '../ui/tui/store.ts';

interface ChatFlags {
  readonly nick?: string;
  readonly room?: readonly string[];
  readonly tls?: boolean;
  readonly passwordEnv?: string;
  readonly plain: boolean;
  readonly json: boolean;
}

/** Where people meet who were told nothing else. */
const FIRST_ROOM = '#lobby';

export const chatCommand = buildCommand<ChatFlags, [string?], CommandContext>({
  docs: {
    brief: 'Chat in this terminal',
    fullDescription: `Chat in this terminal, on a Parley server or any IRC server.

HOST is a name or an address, or an address with its way: irc://HOST/#room, ircs://HOST (TLS), wss://HOST
(WebSocket), or the invitation that \`parley serve --lan\` prints (https://HOST:PORT/#k=KEY).

What you write is kept until the server has stored it, also over a restart.`,
  },
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        { brief: 'Where to go (localhost:6667 when left out)', placeholder: 'server', parse: String, optional: true },
      ],
    },
    flags: {
      nick: { kind: 'parsed', parse: String, brief: 'What others call you', optional: true },
      room: {
        kind: 'parsed',
        parse: String,
        brief: 'A room to be in; may be given several times',
        variadic: true,
        optional: true,
      },
      tls: { kind: 'boolean', brief: 'Encrypt (the default for ircs://, wss:// and port 6697)', optional: true },
      passwordEnv: {
        kind: 'parsed',
        parse: String,
        brief: "Name of the environment variable that holds the server's password",
        optional: true,
        placeholder: 'VAR',
      },
      plain: {
        kind: 'boolean',
        brief: 'Lines only: for screen readers, pipes and expect',
        default: false,
        withNegated: false,
      },
      json: {
        kind: 'boolean',
        brief: 'One JSON line for each event, for programs',
        default: false,
        withNegated: false,
      },
    },
    aliases: { n: 'nick', r: 'room' },
  },
  func: async (flags, address) => {
    try {
      process.exit(await chat(flags, address));
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    }
  },
});

async function chat(flags: ChatFlags, address = 'localhost'): Promise<number> {
  const server = readServerAddress(address, flags.tls);
  if (server === undefined) {
    throw new ParleyError(
      'chat/address',
      `"${address}" is no address. Write HOST, HOST:PORT, ircs://HOST or the link of an invitation.`,
    );
  }
  const { stdin, stdout, env } = process;
  const asLines = flags.plain || flags.json || plainOnly(stdin.isTTY && stdout.isTTY, env);
  const places = placesOf();
  const nick = await chooseNick(flags.nick ?? server.nick, places.config);
  const store = new ChatStore(
    storePath(join(places.state, 'chat'), `${server.via}+${server.host}+${server.port}`, nick),
  );
  const known = new KnownServers(join(places.config, 'known-servers'));
  const kept = store.loadNow();
  const settings = settingsOf(flags, server, nick, kept);
  const conversation = startConversation({
    settings,
    store,
    remembered: rememberedOf(kept),
    dial: () =>
      dial(
        server,
        known,
        (why) => conversation.onEnd(why),
        (text) => conversation.onRemark(text),
      ),
  });
  try {
    if (asLines) return await runLines(conversation, flags.json ? 'json' : 'plain', { input: stdin, output: stdout });
    const { code, why } = await runScreen(conversation, stdin, stdout, depthOf(env));
    if (why !== undefined) process.stderr.write(`${why}\n`);
    return code;
  } finally {
    store.close();
  }
}

/** The one question of a first run, asked only when a person can answer it. */
async function chooseNick(given: string | undefined, folder: string): Promise<string> {
  if (given !== undefined) {
    if (!isNick(given))
      throw new ParleyError('chat/nick', `"${given}" cannot be a nick: letters, digits, - and _ only, a letter first.`);
    if (rememberedNick(folder) === undefined) rememberNick(folder, given);
    return given;
  }
  const known = rememberedNick(folder);
  if (known !== undefined) return known;
  if (!process.stdin.isTTY || !process.stdout.isTTY) return suggestedNick();
  const nick = await askNick(process.stdin, process.stdout);
  rememberNick(folder, nick);
  return nick;
}

function settingsOf(
  flags: ChatFlags,
  server: ServerAddress,
  nick: string,
  kept: ReadonlyMap<string, string>,
): ClientSettings {
  const asked = [...(flags.room ?? []), ...server.rooms].map((room) => (/^[#&+!]/.test(room) ? room : `#${room}`));
  // Whoever was in rooms before, or left them all, is where they were.
  const before = Array.from(kept.keys()).some((key) => key.startsWith('room:'));
  const password = passwordOf(flags.passwordEnv) ?? server.password;
  return {
    nick,
    realname: realName(nick),
    ...(password !== undefined && { password }),
    rooms: asked.length > 0 || before ? asked : [FIRST_ROOM],
  };
}

/** From the environment and not from the command line, which everybody on this machine can read. */
function passwordOf(variable: string | undefined): string | undefined {
  if (variable === undefined) return undefined;
  const password = process.env[variable];
  if (password === undefined || password === '') {
    throw new ParleyError(
      'chat/password',
      `The environment variable ${variable} is empty. Set it to the server's password.`,
    );
  }
  return password;
}

/** The nick says enough: what the system knows of a person's name is not for every server. */
function realName(nick: string): string {
  return nick === '' ? userInfo().username : nick;
}

/** Opens a link. A certificate that changed ends the program: no retry may pass over it quietly. */
async function dial(
  server: ServerAddress,
  known: KnownServers,
  refuse: (why: string) => void,
  remark: (text: string) => void,
): Promise<Link> {
  const { host, port } = server;
  const trust = ({ key, vouched }: Shown): boolean => {
    const today = new Date().toISOString().slice(0, 10);
    try {
      const judgement = known.judge(formatAddress({ host, port }), key, vouched, today);
      if (!judgement.trust) refuse(judgement.why);
      else if (judgement.firstTime) {
        remark(`First time at ${host}: its key is remembered (SHA-256 ${key.slice(0, 16)}…).`);
      }
      return judgement.trust;
    } catch (error) {
      // A list of known servers that cannot be read or written protects nobody.
      refuse(error instanceof Error ? error.message : String(error));
      return false;
    }
  };
  switch (server.via) {
    case 'tcp':
      return dialTcp({ host, port });
    case 'tls':
      return dialTls({ host, port }, { trust });
    case 'websocket':
      return dialWebSocket(server.url ?? '', server.secure ? { trust } : {});
  }
}
