import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { connect } from 'node:tls';
import { listenTls } from '../transport/tls.ts';
import { makeCertificate } from './certificate.ts';
import { readCertificate, watchCertificate } from './certificate-files.ts';
import type { KeyPair } from './key-pair.ts';

const scratch = mkdtempSync(join(tmpdir(), 'parley-certificate-'));
after(() => rmSync(scratch, { recursive: true }));
const paths = { cert: join(scratch, 'cert.pem'), key: join(scratch, 'key.pem') };

const [first, second] = await Promise.all([
  makeCertificate(['localhost'], Date.now()),
  makeCertificate(['localhost'], Date.now()),
]);

/** As certbot does it: each file whole, one after the other. */
function put(pair: KeyPair): void {
  for (const name of ['cert', 'key'] as const) {
    writeFileSync(`${paths[name]}.new`, pair[name]);
    renameSync(`${paths[name]}.new`, paths[name]);
  }
}

test('a pair that cannot be used says which file and why', () => {
  assert.throws(() => readCertificate(paths), { code: 'certificate/unreadable', message: /cert\.pem is not there/ });
  put({ cert: first.cert, key: second.key });
  assert.throws(() => readCertificate(paths), { code: 'certificate/unusable', message: /do not belong together/ });
  put({ cert: first.cert, key: 'nonsense' });
  assert.throws(() => readCertificate(paths), { code: 'certificate/unusable', message: /not PEM/ });
  put(first);
  assert.deepEqual(readCertificate(paths), first);
});

test('a renewed pair is used for who comes, who is in stays, and a broken one is told and not used', async () => {
  put(first);
  const heard = new EventEmitter();
  const door = await listenTls({
    host: '127.0.0.1',
    port: 0,
    certificate: first,
    accept: (link) => {
      link.onLines = ([line]) => link.send({ text: typeof line === 'string' ? `${line}\r\n` : '' });
    },
  });
  const watching = watchCertificate(
    paths,
    first,
    (pair) => {
      door.setCertificate(pair);
      heard.emit('changed');
    },
    (error) => heard.emit('broken', error),
  );
  const dial = async () => {
    const socket = connect({ ...door.address, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    return { socket, shown: socket.getPeerX509Certificate()?.toString().trim() };
  };
  const before = await dial();
  assert.equal(before.shown, first.cert.trim());

  const changed = once(heard, 'changed', { signal: AbortSignal.timeout(20_000) });
  put(second);
  await changed;
  const afterwards = await dial();
  assert.equal(afterwards.shown, second.cert.trim());
  before.socket.write('still here\r\n');
  const [echo] = (await once(before.socket, 'data')) as [Buffer];
  assert.equal(echo.toString(), 'still here\r\n');

  const broken = once(heard, 'broken', { signal: AbortSignal.timeout(20_000) });
  put({ cert: first.cert, key: 'nonsense' });
  await broken;
  const last = await dial();
  assert.equal(last.shown, second.cert.trim());

  for (const { socket } of [before, afterwards, last]) socket.destroy();
  watching.close();
  door.close();
});
