/** What the figures were measured on: without it they mean nothing. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type as osType } from 'node:os';
import { PEERS } from './servers.ts';

export interface Machine {
  readonly date: string;
  readonly commit: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  /** On loopback, too, it decides how the kernel paces what is sent. */
  readonly congestionControl: string;
  readonly node: string;
  readonly peers: Readonly<Record<string, string>>;
  /** Above zero before we start: somebody else is working here. */
  readonly loadBefore: number;
}

export function describeMachine(): Machine {
  return {
    date: new Date().toISOString(),
    commit: spawnSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).stdout?.trim() ?? 'unknown',
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${osType()} ${release()}`,
    congestionControl: congestionControl(),
    node: process.versions.node,
    peers: Object.fromEntries(
      PEERS.map((peer) => [peer.name, peer.version() ?? `not installed (apt install ${peer.install})`]),
    ),
    loadBefore: loadavg()[0] ?? 0,
  };
}

function congestionControl(): string {
  try {
    return readFileSync('/proc/sys/net/ipv4/tcp_congestion_control', 'utf8').trim();
  } catch {
    return 'unknown'; // not Linux
  }
}

export function machineLines(machine: Machine): string[] {
  return [
    `${machine.date.slice(0, 16).replace('T', ' ')} UTC, commit ${machine.commit}`,
    `${machine.cores} cores ${machine.processor}, ${machine.memoryGiB} GiB, ${machine.kernel}, TCP ${machine.congestionControl}, Node ${machine.node}`,
    ...Object.entries(machine.peers).map(([name, version]) => `${name}: ${version}`),
    `load before the start: ${machine.loadBefore.toFixed(2)}`,
  ];
}
