/**
 * The servers that are compared: Parley, and the peers that are installed.
 *
 * Every one of them runs with its limits lifted (connections per address, flood control, queues), because
 * the subject is how much it can do, and with the log it writes by default or none.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGenerator } from './generator.ts';
import { freePort, portOpen, startProgram, versionOf, SERVER_CORE, type Program } from './program.ts';

export interface Running {
  readonly pid: number;
  readonly port: number;
  readonly command: string;
  stop(): Promise<void>;
}

export interface Server {
  readonly name: string;
  /** What to install when it is missing. */
  readonly install?: string;
  /** How many connections may be on their way at once: ngIRCd listens with a backlog of ten. */
  readonly together: number;
  /** Only WebSocket clients are served: at this path. */
  readonly webSocketPath?: string;
  version(): string | undefined;
  start(): Promise<Running>;
}

const TOGETHER = 1000;
export const PARLEY = fileURLToPath(new URL('../bin/parley.js', import.meta.url));

/** A directory for one run of one server, gone afterwards. */
function scratch(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function running(program: Program, port: number, remove: () => void): Running {
  return {
    pid: program.pid,
    port,
    command: program.command,
    async stop() {
      await program.stop();
      remove();
    },
  };
}

/** Starts a program that wants a configuration file and does not say when it is ready. */
async function startConfigured(
  file: string,
  args: (config: string) => string[],
  config: (port: number, dir: string) => string,
): Promise<Running> {
  const dir = scratch();
  const port = await freePort();
  const path = join(dir.path, 'server.conf');
  writeFileSync(path, config(port, dir.path));
  const program = startProgram(file, args(path), SERVER_CORE);
  await Promise.race([portOpen(port), program.firstLine().then(() => portOpen(port))]);
  return running(program, port, dir.remove);
}

/* ------------------------------------------------------------------- Parley */

const PARLEY_CONFIG = `[limits]
floodControl = false
connectionsPerAddress = 0
connectRate = 0
maxClients = 30000
`;

export interface ParleyOptions {
  /** Keep history in memory only. */
  readonly memory?: boolean;
  /** Let the system place it; otherwise all its threads share the server's core. */
  readonly unpinned?: boolean;
  /** Serve WebSocket clients instead of plain TCP. */
  readonly webSocket?: boolean;
  /** Flags for Node itself, for profiles. */
  readonly nodeFlags?: readonly string[];
}

export function parley(name: string, options: ParleyOptions = {}): Server {
  return {
    name,
    together: TOGETHER,
    ...(options.webSocket ? { webSocketPath: '/' } : {}),
    version: () => versionOf(process.execPath, PARLEY) && `Parley on Node ${process.versions.node}`,
    start: () => startParley(options),
  };
}

export async function startParley(options: ParleyOptions = {}): Promise<Running> {
  const dir = scratch();
  const config = join(dir.path, 'bench.toml');
  writeFileSync(config, PARLEY_CONFIG);
  const doors = options.webSocket
    ? ['--irc', 'none', '--web', '127.0.0.1:0']
    : ['--irc', '127.0.0.1:0', '--web', 'none'];
  const place = options.memory ? ['--memory'] : ['--data', join(dir.path, 'data')];
  const program = startProgram(
    process.execPath,
    [...(options.nodeFlags ?? []), PARLEY, 'serve', ...doors, '--json', '--config', config, ...place],
    options.unpinned ? undefined : SERVER_CORE,
  );
  try {
    return running(program, portIn(await program.firstLine()), dir.remove);
  } catch (error) {
    await program.stop();
    dir.remove();
    throw error;
  }
}

/** The port in the first event of `--json`, whatever else the line tells. */
function portIn(line: string): number {
  const port = /127\.0\.0\.1:(\d+)/.exec(line)?.[1] ?? /"port":\s*(\d+)/.exec(line)?.[1];
  if (port === undefined) throw new Error(`Parley's first line names no port: ${line}`);
  return Number(port);
}

/* -------------------------------------------------------------------- peers */

export const ngircd: Server = {
  name: 'ngIRCd',
  install: 'ngircd',
  together: 4,
  version: () => versionOf('ngircd'),
  start: () =>
    startConfigured(
      'ngircd',
      (config) => ['--nodaemon', '--config', config],
      (port) => `[Global]
Name = bench.ngircd.test
Info = bench
MotdPhrase = bench
Listen = 127.0.0.1
Ports = ${port}
ServerUID = root
ServerGID = root
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxPenaltyTime = 0
MaxNickLength = 16
PingTimeout = 600
PongTimeout = 600
[Options]
DNS = no
Ident = no
PAM = no
`,
    ),
};

function inspircdConfig(port: number, dir: string, webSocket: boolean): string {
  const modules = [
    'cap',
    'ircv3',
    'ircv3_ctctags',
    'ircv3_servertime',
    'ircv3_echomessage',
    'ircv3_msgid',
    'ircv3_batch',
  ];
  const hook = webSocket ? ' hook="websocket"' : '';
  return `<config format="xml">
<server name="bench.inspircd.test" description="bench" network="Bench">
<admin name="bench" nick="bench" email="bench@bench.test">
<bind address="127.0.0.1" port="${port}" type="clients"${hook}>
<connect name="bench" allow="*" timeout="60" pingfreq="600" threshold="100000000" commandrate="100000000" fakelag="no"
  recvq="1M" softsendq="255M" hardsendq="256M" localmax="0" globalmax="0" limit="0" maxconnwarn="off"
  resolvehostnames="no" useident="no" maxchans="100">
<performance softlimit="200000" somaxconn="4096" netbuffersize="10240">
<limits maxnick="30" maxchan="64">
<path configdir="${dir}" datadir="${dir}" logdir="${dir}" runtimedir="${dir}">
<pid file="${dir}/inspircd.pid">
<log method="file" type="*" level="default" target="${dir}/inspircd.log">
${[...modules, ...(webSocket ? ['sha1', 'websocket'] : [])].map((name) => `<module name="${name}">`).join('\n')}
${webSocket ? '<wsorigin allow="*">\n<websocket defaultmode="text" sendastext="yes" allowmissingorigin="yes">' : ''}
`;
}

function inspircdServer(name: string, webSocket: boolean): Server {
  return {
    name,
    install: 'inspircd',
    together: TOGETHER,
    ...(webSocket ? { webSocketPath: '/' } : {}),
    version: () => versionOf('inspircd'),
    start: () =>
      startConfigured(
        'inspircd',
        (config) => ['--nofork', '--runasroot', '--config', config],
        (port, dir) => inspircdConfig(port, dir, webSocket),
      ),
  };
}

export const inspircd = inspircdServer('InspIRCd', false);
export const inspircdWebSocket = inspircdServer('InspIRCd, WebSocket', true);

/** Not a server to use: the least work there can be, to see that the generator is not what is measured. */
export const bare: Server = {
  name: 'bare C',
  together: TOGETHER,
  version: () => 'bench/load/bare.c',
  async start() {
    const { bare: file } = await buildGenerator();
    const port = await freePort();
    const program = startProgram(file, [String(port)], SERVER_CORE);
    await portOpen(port);
    return running(program, port, () => undefined);
  },
};

/** What most people would write first in Node; Parley's WebSocket members are compared with it. */
export const plainWs: Server = {
  name: 'plain ws',
  together: TOGETHER,
  webSocketPath: '/',
  version: () => 'bench/load/plain-ws.ts',
  async start() {
    const port = await freePort();
    const file = fileURLToPath(new URL('./load/plain-ws.ts', import.meta.url));
    const program = startProgram(process.execPath, [file, String(port)], SERVER_CORE);
    await program.firstLine();
    return running(program, port, () => undefined);
  },
};

export const PEERS: readonly Server[] = [ngircd, inspircd];

/** Splits servers into those that can run here and what to install for the others. */
export function present(servers: readonly Server[]): { here: Server[]; missing: Server[] } {
  const here = servers.filter((server) => server.version() !== undefined);
  return { here, missing: servers.filter((server) => !here.includes(server)) };
}
