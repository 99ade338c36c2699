/**
 * What a monitor reads at `/metrics`: Prometheus' text format, version 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/). Only for this machine, or with the token.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLoopback, plainAddress } from '../address.ts';

export interface Counts {
  readonly connections: number;
  readonly people: number;
  readonly rooms: number;
  readonly waitingMost: number;
}

export interface MetricsOptions {
  readonly counts: () => Counts;
  /** Asked of who comes from elsewhere; without one nobody else may read. */
  readonly token: () => string | undefined;
}

type Row = readonly [name: string, type: 'gauge' | 'counter', help: string, value: number];

/** Answers requests for `/metrics` and says whether this was one. */
export function answerMetrics(request: IncomingMessage, response: ServerResponse, options: MetricsOptions): boolean {
  if (!/^\/metrics(\?|$)/.test(request.url ?? '')) return false;
  if (!mayRead(request, options.token())) {
    response.writeHead(403, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
    response.end('Metrics are for this machine, or for who shows the token of the configuration ([metrics] token).\n');
    return true;
  }
  response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(writeMetrics(options.counts()));
  return true;
}

/** A proxy on this machine brings others along: it says so, and then the token is needed. */
function mayRead({ socket, headers }: IncomingMessage, token: string | undefined): boolean {
  const forwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
  if (!forwarded && isLoopback(plainAddress(socket.remoteAddress))) return true;
  const shown = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
  return token !== undefined && shown !== undefined && timingSafeEqual(digest(shown), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

export function writeMetrics({ connections, people, rooms, waitingMost }: Counts): string {
  const { user, system } = process.cpuUsage();
  const rows: readonly Row[] = [
    ['parley_connections', 'gauge', 'Open connections.', connections],
    ['parley_people', 'gauge', 'People on the network.', people],
    ['parley_rooms', 'gauge', 'Rooms, with or without people.', rooms],
    [
      'parley_waiting_lines_max',
      'gauge',
      'Lines that wait inside the hub behind one command, the most of any connection.',
      waitingMost,
    ],
    ['process_cpu_seconds_total', 'counter', 'Processor time used.', (user + system) / 1e6],
    ['process_resident_memory_bytes', 'gauge', 'Memory in use.', process.memoryUsage.rss()],
    [
      'process_start_time_seconds',
      'gauge',
      'When the process started, since 1970.',
      Math.round(performance.timeOrigin) / 1000,
    ],
  ];
  return rows
    .map(([name, type, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`)
    .join('');
}
