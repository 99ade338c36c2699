import assert from 'node:assert/strict';
import { createServer, request as ask, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { answerMetrics } from './metrics.ts';

const counts = () => ({ connections: 3, people: 2, rooms: 1, waitingMost: 0 });
let token: string | undefined;
const server = createServer((request, response) => {
  if (!answerMetrics(request, response, { counts, token: () => token })) response.writeHead(404).end();
});

before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
after(() => server.close());

function get(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const sent = ask({ port, host: '127.0.0.1', path, headers, agent: false }, (answer: IncomingMessage) => {
      let body = '';
      answer.on('data', (part: Buffer) => (body += part.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    sent.on('error', reject).end();
  });
}

test('this machine reads numbers, each with its type', async () => {
  const { status, body } = await get('/metrics');
  assert.equal(status, 200);
  assert.match(body, /^# HELP parley_connections .+\n# TYPE parley_connections gauge\nparley_connections 3\n/);
  assert.match(body, /\nprocess_cpu_seconds_total [0-9.]+\n/);
  assert.ok(body.endsWith('\n'));
});

test('others need the token, also when a proxy here brings them', async () => {
  const elsewhere = { 'X-Forwarded-For': '192.0.2.7' };
  assert.equal((await get('/metrics', elsewhere)).status, 403);
  assert.equal((await get('/metrics', { ...elsewhere, Authorization: 'Bearer x' })).status, 403);
  token = 'secret';
  assert.equal((await get('/metrics', { ...elsewhere, Authorization: 'Bearer x' })).status, 403);
  assert.equal((await get('/metrics', { ...elsewhere, Authorization: 'Bearer secret' })).status, 200);
});

test('other addresses are not ours', async () => {
  assert.equal((await get('/metricsish')).status, 404);
});
