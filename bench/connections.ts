/** Many connections: what an idle one costs in memory, and how long a crowd takes to come in. */
import { measure, type LoadOptions, type LoadReport, type Outcome } from './generator.ts';
import { median, spread, table, targetTable, type Target } from './figures.ts';
import type { BenchOptions, Section } from './section.ts';
import { parley, PEERS, present, type Server } from './servers.ts';

const IDLE_BYTES_TARGET = 12 * 1024;
const BURST_SECONDS_TARGET = 1.5;
const PARLEY = parley('Parley');

interface Scene {
  readonly name: string;
  readonly title: string;
  readonly load: LoadOptions;
  /** The peers are only measured where they end in reasonable time. */
  readonly peers: boolean;
}

const IDLE_5K: Scene = {
  name: 'idle5k',
  title: '5,000 registered clients in no room, held for some seconds',
  load: { mode: 'idle', clients: 5000, rooms: 0, measure: 3 },
  peers: true,
};
const IDLE_10K: Scene = {
  name: 'idle10k',
  title: '10,000 registered clients in no room, held for some seconds',
  load: { mode: 'idle', clients: 10_000, rooms: 0, measure: 3 },
  peers: true,
};
const BURST_ROOMS: Scene = {
  name: 'burst-rooms',
  title: '5,000 clients register and join 500 rooms of 10 in one burst',
  load: { mode: 'storm', clients: 5000, rooms: 500 },
  peers: true,
};
const BURST_ROOM: Scene = {
  name: 'burst-room',
  title: '5,000 clients register and join one room in one burst: each hears of all who come later',
  load: { mode: 'storm', clients: 5000, rooms: 1 },
  peers: true,
};
const BURST_ROOM_QUIET: Scene = {
  name: 'burst-room-no-names',
  title: 'the same, with the capability no-implicit-names',
  load: { mode: 'storm', clients: 5000, rooms: 1, caps: 'no-implicit-names' },
  peers: false,
};

interface Result {
  readonly scene: Scene;
  readonly server: Server;
  readonly outcome: Outcome;
}

export async function benchConnections(options: BenchOptions): Promise<Section> {
  const { here: peers, missing } = present(PEERS);
  const cases = options.quick ? [IDLE_5K, BURST_ROOMS] : [IDLE_5K, IDLE_10K, BURST_ROOMS, BURST_ROOM, BURST_ROOM_QUIET];
  const rounds = options.rounds ?? (options.quick ? 1 : 3);
  const results: Result[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const scene of cases) {
      // In a hurry only Parley: the peers need tens of seconds for a crowd.
      for (const server of scene.peers && !options.quick ? [PARLEY, ...peers] : [PARLEY]) {
        options.progress(`connections, round ${round} of ${rounds}: ${scene.name}, ${server.name}`);
        results.push({ scene, server, outcome: await measure(server, { ...scene.load, 'max-time': 120 }) });
      }
    }
  }
  const lines = [
    ...missing.map((server) => `${server.name} is not installed: \`apt install ${server.install ?? server.name}\`.`),
    ...cases.flatMap((scene) => caseTable(scene, results)),
    '',
    ...targetTable(targets(results)),
    ...results.flatMap(({ scene, server, outcome }) =>
      outcome.ok ? [] : [`No result: ${scene.name}, ${server.name}: ${outcome.fault}`],
    ),
    '',
    `Median (lowest to highest) of ${rounds} round(s), each with a fresh server on core 0 and the load on core 1.`,
    'Memory is the resident set with the clients less the resident set before the first of them.',
    'ngIRCd listens with a backlog of ten, so at most four connections are under way to it at a time; to the others 1,000.',
    'InspIRCd lets clients in once a second.',
  ];
  return {
    name: 'connections',
    lines,
    figures: results.map(({ scene, server, outcome }) => ({ scene: scene.name, server: server.name, ...outcome })),
  };
}

const perClient = (report: LoadReport): number => ((report.rssKiB - report.rssBeforeKiB) * 1024) / report.clients;
const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
const seconds = (value: number): string => `${value.toFixed(2)} s`;

function reportsOf(results: readonly Result[], scene: Scene, server: Server): LoadReport[] {
  return results
    .filter((r) => r.scene === scene && r.server === server)
    .flatMap((r) => (r.outcome.ok ? [r.outcome] : []));
}

function caseTable(scene: Scene, results: readonly Result[]): string[] {
  const idle = scene.load['mode'] === 'idle';
  const head = idle
    ? ['server', 'memory per client', 'base MiB', 'server CPU for coming in', 'server CPU while held']
    : ['server', 'all registered', 'all in the room', 'last line', 'server CPU', 'lines'];
  const rows = [...new Set(results.filter((r) => r.scene === scene).map((r) => r.server))].map((server) => {
    const good = reportsOf(results, scene, server);
    const all = (pick: (report: LoadReport) => number): number[] => good.map(pick);
    if (good.length === 0) return [server.name, 'no result'];
    if (idle) {
      return [
        server.name,
        spread(all(perClient), kB),
        (median(all((r) => r.rssBeforeKiB)) / 1024).toFixed(0),
        seconds(median(all((r) => r.arrivalCpuSeconds))),
        seconds(median(all((r) => r.serverCpuSeconds))),
      ];
    }
    return [
      server.name,
      spread(
        all((r) => r.registerSeconds),
        seconds,
      ),
      seconds(median(all((r) => r.joinSeconds))),
      seconds(median(all((r) => r.quietSeconds))),
      seconds(median(all((r) => r.arrivalCpuSeconds))),
      String(median(all((r) => r.linesIn))),
    ];
  });
  return ['', `**${scene.name}**: ${scene.title}`, '', ...table(head, rows)];
}

function targets(results: readonly Result[]): Target[] {
  const found: Target[] = [];
  for (const scene of [IDLE_5K, IDLE_10K]) {
    const figures = reportsOf(results, scene, PARLEY).map(perClient);
    if (figures.length === 0) continue;
    const value = median(figures);
    found.push({
      what: `${scene.name}: memory per client`,
      figure: kB(value),
      bound: `at most ${kB(IDLE_BYTES_TARGET)}`,
      met: value <= IDLE_BYTES_TARGET,
    });
  }
  const burst = reportsOf(results, BURST_ROOMS, PARLEY).map((r) => r.joinSeconds);
  if (burst.length > 0) {
    const value = median(burst);
    found.push({
      what: 'burst-rooms: all in',
      figure: seconds(value),
      bound: `at most ${seconds(BURST_SECONDS_TARGET)}`,
      met: value <= BURST_SECONDS_TARGET,
    });
  }
  return found;
}
