/** What the figures of fanout.ts are to be, each as a ratio against another program in the same run. */
import {
  counted,
  PARLEY_DISK,
  PARLEY_MEMORY,
  PARLEY_WEB,
  SHAPES,
  type Result,
  type Run,
  type Shape,
} from './fanout.ts';
import { median, type Target } from './figures.ts';
import type { LoadReport } from './generator.ts';
import { inspircd, plainWs, type Server } from './servers.ts';

interface Wanted {
  readonly what: string;
  readonly ours: Run;
  readonly theirs: readonly Run[];
  readonly bound: number;
}

export function fanoutTargets(results: readonly Result[], peers: readonly Server[]): Target[] {
  const { room1, room16, rooms1, rooms8, ircv3, web, rate50 } = SHAPES;
  const only = peers.filter((peer) => peer === inspircd);
  const wanted: Wanted[] = [
    { what: 'room16 against the best peer', ...versus(room16, peers), bound: 3 },
    { what: 'room1 against the best peer', ...versus(room1, peers), bound: 1.5 },
    { what: 'rooms8 against InspIRCd', ...versus(rooms8, only), bound: 1.2 },
    { what: 'rooms1 against InspIRCd', ...versus(rooms1, only), bound: 2 },
    ...[room1, room16, rooms1, rooms8].map((shape) => ({
      what: `${shape.name} with history on disk against --memory`,
      ...versus(shape, [PARLEY_MEMORY]),
      bound: 0.75,
    })),
    {
      what: 'ircv3 against room16',
      ours: { shape: ircv3, server: PARLEY_DISK },
      theirs: [{ shape: room16, server: PARLEY_DISK }],
      bound: 0.6,
    },
    {
      what: 'web against plain `ws`',
      ours: { shape: web, server: PARLEY_WEB },
      theirs: [{ shape: web, server: plainWs }],
      bound: 10,
    },
  ];
  const isThere = ({ shape, server }: Run): boolean => results.some((r) => r.shape === shape && r.server === server);
  return [
    ...wanted.filter(({ ours, theirs }) => isThere(ours) && theirs.some(isThere)).map((one) => more(results, one)),
    ...(isThere({ shape: rate50, server: PARLEY_DISK }) ? [latency(results, rate50, peers)] : []),
  ];
}

function versus(shape: Shape, servers: readonly Server[]): Pick<Wanted, 'ours' | 'theirs'> {
  return { ours: { shape, server: PARLEY_DISK }, theirs: servers.map((server) => ({ shape, server })) };
}

/** At least so many times the best of the others, by the clock; by processor time it is only told. */
function more(results: readonly Result[], { what, ours, theirs, bound }: Wanted): Target {
  const compare = (pick: (report: LoadReport) => number): { ratio: number; calm: boolean } => {
    const own = counted(results, ours);
    const others = theirs.map((run) => counted(results, run)).filter(({ reports }) => reports.length > 0);
    return {
      ratio: median(own.reports.map(pick)) / Math.max(...others.map(({ reports }) => median(reports.map(pick)))),
      calm: own.calm && others.every(({ calm }) => calm),
    };
  };
  const { ratio, calm } = compare((report) => report.deliveriesPerSecond);
  const byCpu = compare((report) => report.deliveriesPerCpuSecond).ratio;
  return {
    what,
    figure: `${times(ratio)} (by CPU time ${times(byCpu)})`,
    bound: `at least ${times(bound)}`,
    met: calm && Number.isFinite(ratio) ? ratio >= bound : undefined,
  };
}

function latency(results: readonly Result[], shape: Shape, peers: readonly Server[]): Target {
  const own = counted(results, { shape, server: PARLEY_DISK });
  const others = peers.map((server) => counted(results, { shape, server })).filter(({ reports }) => reports.length > 0);
  const p99 = ({ reports }: { reports: readonly LoadReport[] }): number =>
    median(reports.map((report) => report.p99Us));
  const ratio = p99(own) / Math.min(...others.map(p99));
  return {
    what: `${shape.name}: p99 against the best peer`,
    figure: times(ratio),
    bound: 'at most 1.00 x',
    met: own.calm && others.every(({ calm }) => calm) && Number.isFinite(ratio) ? ratio <= 1 : undefined,
  };
}

const times = (value: number): string => (Number.isFinite(value) ? `${value.toFixed(2)} x` : '-');
