/**
 * Fan-out: how many deliveries a second, and per second of processor time, each server manages.
 *
 * Every shape has 1,000 clients and bodies of 64 bytes. In a round each server gets a fresh start, the same load, and an
 * end, one after the other; rounds repeat and the median counts. Runs that other programs on this machine disturbed
 * count only where there is no calm one. A run in which a delivery was lost, doubled, reordered or damaged is no result.
 */
import { measure, type LoadOptions, type LoadReport, type Outcome } from './generator.ts';
import { fanoutTargets } from './fanout-targets.ts';
import { median, short, spread, table, targetTable } from './figures.ts';
import type { BenchOptions, Section } from './section.ts';
import { bare, inspircd, inspircdWebSocket, parley, PEERS, plainWs, present, type Server } from './servers.ts';

const CLIENTS = 1000;
const IRCV3 = 'message-tags server-time echo-message';

export interface Shape {
  readonly name: string;
  readonly title: string;
  readonly load: LoadOptions;
}

const roomOf = (window: number): LoadOptions => ({ clients: CLIENTS, rooms: 1, senders: 10, window });
const manyRooms = (window: number): LoadOptions => ({ clients: CLIENTS, rooms: 100, senders: CLIENTS, window });

export const SHAPES = {
  room1: { name: 'room1', title: 'one room of 1,000, 10 senders, 1 outstanding each', load: roomOf(1) },
  room16: { name: 'room16', title: 'one room of 1,000, 10 senders, 16 outstanding each', load: roomOf(16) },
  rooms1: { name: 'rooms1', title: '100 rooms of 10, all 1,000 send, 1 outstanding each', load: manyRooms(1) },
  rooms8: { name: 'rooms8', title: '100 rooms of 10, all 1,000 send, 8 outstanding each', load: manyRooms(8) },
  rate50: {
    name: 'rate50',
    title: 'one room of 1,000, 50 messages a second in all',
    load: { clients: CLIENTS, rooms: 1, senders: 10, rate: 50 },
  },
  ircv3: { name: 'ircv3', title: `room16 with ${IRCV3.replaceAll(' ', ', ')}`, load: { ...roomOf(16), caps: IRCV3 } },
  web: { name: 'web', title: 'room16 over WebSocket', load: roomOf(16) },
} as const satisfies Record<string, Shape>;

export const PARLEY_DISK = parley('Parley');
export const PARLEY_MEMORY = parley('Parley --memory', { memory: true });
const PARLEY_UNPINNED = parley('Parley, both cores', { unpinned: true });
export const PARLEY_WEB = parley('Parley, WebSocket', { webSocket: true });

export interface Run {
  readonly shape: Shape;
  readonly server: Server;
}

export interface Result extends Run {
  readonly round: number;
  readonly outcome: Outcome;
}

export async function benchFanout(options: BenchOptions): Promise<Section> {
  const { here: peers, missing } = present(PEERS);
  const runs = options.quick ? quickRuns(peers) : fullRuns(peers);
  const rounds = options.rounds ?? (options.quick ? 1 : 3);
  const timing = options.quick ? { warm: 0.7, measure: 1 } : { warm: 2, measure: 2 };
  const results: Result[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const run of runs) {
      const load = { ...run.shape.load, ...timing, drain: 10, 'max-time': 40 };
      options.progress(`fan-out, round ${round} of ${rounds}: ${run.shape.name}, ${run.server.name}`);
      results.push({ ...run, round, outcome: await calmest(run, load, options.quick ? 1 : TRIES) });
    }
  }
  const lines = [
    ...missing.map((server) => `${server.name} is not installed: \`apt install ${server.install ?? server.name}\`.`),
    ...figureTable(runs, results),
    '',
    ...(options.quick ? ['One short round: for a look only.', ''] : []),
    ...targetTable(fanoutTargets(results, peers)),
    ...faults(results),
    '',
    "Deliveries per second / per second of the server's processor time, median (lowest to highest) of",
    `${rounds} round(s) of ${timing.measure} s. Server on core 0, load on core 1; "both cores" leaves the placing to the system.`,
    'Others: the share of a core (the larger of the two) that neither the server nor the load used. A run in which that is',
    'above a tenth is disturbed: it is repeated at most twice, and counts only where no run of the same kind was calm.',
  ];
  const figures = results.map(({ shape, server, round, outcome }) => ({
    shape: shape.name,
    server: server.name,
    round,
    ...outcome,
  }));
  return { name: 'fan-out', lines, figures };
}

/** How often a run is tried until it is calm. */
const TRIES = 3;
/** How much of a core others may use without our minding. */
const CALM = 0.1;

async function calmest({ server }: Run, load: LoadOptions, tries: number): Promise<Outcome> {
  let best = await measure(server, load, server !== PARLEY_UNPINNED);
  for (let i = 1; i < tries && best.ok && disturbance(best) > CALM; i++) {
    const again = await measure(server, load, server !== PARLEY_UNPINNED);
    if (again.ok && disturbance(again) < disturbance(best)) best = again;
  }
  return best;
}

/** The share of a core that others used, of the two the larger; of all cores together without pinning. */
function disturbance(report: LoadReport): number {
  const { othersOnServerCoreSeconds = 0, othersOnOwnCoreSeconds = 0, othersSeconds = 0, seconds } = report;
  return Math.max(othersOnServerCoreSeconds, othersOnOwnCoreSeconds, othersSeconds) / seconds;
}

/** The runs that count for a row: the calm ones, or all if none was. */
export function counted(results: readonly Result[], { shape, server }: Run): { calm: boolean; reports: LoadReport[] } {
  const all = results
    .filter((r) => r.shape === shape && r.server === server)
    .flatMap((r) => (r.outcome.ok ? [r.outcome] : []));
  const calm = all.filter((report) => disturbance(report) <= CALM);
  return calm.length > 0 ? { calm: true, reports: calm } : { calm: false, reports: all };
}

function quickRuns(peers: readonly Server[]): Run[] {
  const shapes = [SHAPES.room16, SHAPES.rooms8];
  return shapes.flatMap((shape) => [PARLEY_DISK, ...peers].map((server) => ({ shape, server })));
}

function fullRuns(peers: readonly Server[]): Run[] {
  const basic = [SHAPES.room1, SHAPES.room16, SHAPES.rooms1, SHAPES.rooms8].flatMap((shape) =>
    [PARLEY_DISK, PARLEY_MEMORY, PARLEY_UNPINNED, ...peers, bare].map((server) => ({ shape, server })),
  );
  const latency = [PARLEY_DISK, ...peers].map((server) => ({ shape: SHAPES.rate50, server }));
  const ircv3 = [PARLEY_DISK, ...peers.filter((peer) => peer === inspircd)].map((server) => ({
    shape: SHAPES.ircv3,
    server,
  }));
  const web = [PARLEY_WEB, plainWs, ...(peers.includes(inspircd) ? [inspircdWebSocket] : [])].map((server) => ({
    shape: SHAPES.web,
    server,
  }));
  return [...basic, ...latency, ...ircv3, ...web];
}

function figureTable(runs: readonly Run[], results: readonly Result[]): string[] {
  const lines: string[] = [];
  for (const shape of new Set(runs.map((run) => run.shape))) {
    const rows = runs
      .filter((run) => run.shape === shape)
      .map(({ server }) => {
        const { calm, reports: good } = counted(results, { shape, server });
        const all = (pick: (report: LoadReport) => number): number[] => good.map(pick);
        if (good.length === 0) return [server.name, 'no result'];
        return [
          server.name,
          spread(
            all((r) => r.deliveriesPerSecond),
            short,
          ),
          short(median(all((r) => r.deliveriesPerCpuSecond))),
          milliseconds(median(all((r) => r.p50Us))),
          milliseconds(median(all((r) => r.p99Us))),
          `${Math.round(median(all((r) => r.rssKiB)) / 1024)}`,
          percent(median(all(disturbance))),
          calm ? `${good.length} calm` : `${good.length} disturbed`,
        ];
      });
    lines.push('', `**${shape.name}**: ${shape.title}`, '');
    lines.push(...table(['server', 'deliveries/s', 'per CPU s', 'p50 ms', 'p99 ms', 'MiB', 'others', 'runs'], rows));
  }
  return lines;
}

const milliseconds = (us: number): string => (us / 1000).toFixed(1);
const percent = (share: number): string => `${Math.round(share * 100)} %`;

function faults(results: readonly Result[]): string[] {
  return results.flatMap(({ shape, server, round, outcome: r }) => {
    if (r.ok) return [];
    const counts = [
      ['lost', r.lost],
      ['doubled', r.doubled],
      ['reordered', r.reordered],
      ['damaged', r.damaged],
      ['stray', r.strays],
    ] as const;
    const wrong = counts.filter(([, count]) => count).map(([what, count]) => `${count} ${what}`);
    return [`No result: ${shape.name}, ${server.name}, round ${round}: ${[...wrong, r.fault].join(', ')}`];
  });
}
