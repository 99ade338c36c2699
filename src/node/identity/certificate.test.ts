import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createSecureContext } from 'node:tls';
import { fingerprints, makeCertificate, ownNames, stillGood } from './certificate.ts';
import { ownCertificate } from './own-certificate.ts';
import { keptSecret } from './secret-file.ts';

const scratch = mkdtempSync(join(tmpdir(), 'parley-identity-'));
after(() => rmSync(scratch, { recursive: true }));

const DAY_MS = 86_400_000;
const now = Date.now();

test('a certificate names every address, fits its key, and is one that browsers and phones take', async () => {
  const names = ['localhost', 'tea.local', '127.0.0.1', '192.0.2.7', '2001:db8::7'];
  const pair = await makeCertificate(names, now);
  createSecureContext(pair);
  const certificate = new X509Certificate(pair.cert);
  assert.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
  assert.equal(certificate.ca, false);
  assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  for (const host of ['localhost', 'tea.local']) assert.ok(certificate.checkHost(host), host);
  for (const ip of ['127.0.0.1', '192.0.2.7', '2001:db8::7']) assert.ok(certificate.checkIP(ip), ip);
  assert.ok(certificate.validFromDate.getTime() < now - DAY_MS, 'a clock a day behind takes it');
  assert.ok(certificate.validToDate.getTime() - certificate.validFromDate.getTime() <= 825 * DAY_MS);
  for (const shown of Object.values(fingerprints(pair.cert))) assert.match(shown, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
});

test('it is good until shortly before its end, and only for the names in it', async () => {
  const pair = await makeCertificate(['localhost', '192.0.2.7'], now);
  assert.ok(stillGood(pair, ['localhost', '192.0.2.7'], now));
  assert.equal(stillGood(pair, ['localhost', '192.0.2.8'], now), false);
  assert.equal(stillGood(pair, ['localhost'], now + 780 * DAY_MS), false);
  assert.equal(stillGood({ ...pair, cert: 'damaged' }, ['localhost'], now), false);
});

test('it is made once, kept in private, and renewed for the same key', async () => {
  const first = await ownCertificate(scratch, now);
  assert.ok(stillGood(first, ownNames(), now));
  assert.deepEqual(await ownCertificate(scratch, now), first);
  assert.equal(statSync(join(scratch, 'tls.pem')).mode & 0o077, 0);
  const renewed = await ownCertificate(scratch, now + 780 * DAY_MS);
  assert.notEqual(renewed.cert, first.cert);
  assert.equal(renewed.key, first.key);
});

test('without a directory it lasts as long as the process', async () => {
  const [one, two] = await Promise.all([ownCertificate(undefined, now), ownCertificate(undefined, now)]);
  assert.notEqual(one.key, two.key);
});

test('a secret is made once, and only its owner can read it', () => {
  const path = join(scratch, 'a.key');
  assert.equal(
    keptSecret(path, () => 'first'),
    'first',
  );
  assert.equal(
    keptSecret(path, () => 'second'),
    'first',
  );
  assert.equal(readFileSync(path, 'utf8'), 'first\n');
  assert.equal(statSync(path).mode & 0o077, 0);
});

test('half a secret, as a full disk leaves it, is made again', () => {
  const path = join(scratch, 'b.key');
  writeFileSync(path, '');
  writeFileSync(`${path}.new`, 'left over');
  assert.equal(
    keptSecret(path, () => 'made'),
    'made',
  );
});

test('a secret that cannot be kept is told', () => {
  assert.throws(() => keptSecret(join(scratch, 'no', 'c.key'), () => 'x'), { code: 'identity/unwritable' });
});
