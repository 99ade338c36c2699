import assert from 'node:assert/strict';
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { test } from 'node:test';
import type { VaultAnswer, VaultQuery } from '../../core/ports.ts';
import { NodeVault } from './node-vault.ts';
import { prepared } from './scram.ts';
import { readSealed } from './sealed.ts';

const cheap = new NodeVault({ cost: 'cheap', key: new Uint8Array(32) });

function ask(query: VaultQuery, vault = cheap): Promise<VaultAnswer> {
  return new Promise((resolve) => vault.ask(query, resolve));
}

async function text(query: VaultQuery, vault = cheap): Promise<string> {
  const answer = await ask(query, vault);
  assert.ok(answer.kind === 'text');
  return answer.text;
}

async function good(query: VaultQuery, vault = cheap): Promise<boolean> {
  const answer = await ask(query, vault);
  assert.ok(answer.kind === 'judged');
  return answer.good;
}

/** A client of RFC 5802: its proof, and the signature it expects of the server. */
function scramClient(password: string, challenge: string, authMessage: string): { proof: string; signature: string } {
  const [, salt = '', iterations = ''] = /,s=([^,]+),i=(\d+)$/.exec(challenge) ?? [];
  const hmac = (key: Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();
  const salted = pbkdf2Sync(password.normalize('NFKC'), Buffer.from(salt, 'base64'), Number(iterations), 32, 'sha256');
  const clientKey = hmac(salted, 'Client Key');
  const signature = hmac(createHash('sha256').update(clientKey).digest(), authMessage);
  const proof = Buffer.from(clientKey.map((byte, i) => byte ^ (signature[i] ?? 0)));
  return {
    proof: proof.toString('base64'),
    signature: hmac(hmac(salted, 'Server Key'), authMessage).toString('base64'),
  };
}

test('a password opens what it sealed, and no other does, whatever it cost', async () => {
  const passwords = ['sesame', 'é'.repeat(300), 'p'.repeat(592), 'with spaces: and $ signs'];
  for (const password of passwords) {
    const sealed = await text({ kind: 'seal', password });
    assert.equal(sealed.includes(password), false);
    assert.equal(await good({ kind: 'check', password, sealed }), true);
    assert.equal(await good({ kind: 'check', password: `${password} `, sealed }), false);
    assert.equal(await good({ kind: 'check', password, sealed: undefined }), false);
  }
  const sealed = await text({ kind: 'seal', password: 'sesame' }, new NodeVault());
  assert.ok(readSealed(sealed).argon.memory >= 19 * 1024, 'a server takes the care that OWASP asks for');
  assert.equal(await good({ kind: 'check', password: 'sesame', sealed }), true);
});

test('two seals of one password differ', async () => {
  assert.notEqual(await text({ kind: 'seal', password: 'sesame' }), await text({ kind: 'seal', password: 'sesame' }));
});

test('SCRAM proves both sides to each other', async () => {
  const sealed = await text({ kind: 'seal', password: 'pa\u00c5ss' });
  const challenge = await text({ kind: 'scram-begin', user: 'ann', nonce: 'abc', sealed });
  assert.match(challenge, /^r=abc[^,]{20,},s=[^,]+,i=4096$/);
  const authMessage = `n=ann,r=abc,${challenge},c=biws,r=whatever`;
  // The same letter, typed in another way.
  const right = scramClient('pa\u0041\u030ass', challenge, authMessage);
  const answer = await ask({ kind: 'scram-finish', authMessage, proof: right.proof, sealed });
  assert.deepEqual(answer, { kind: 'judged', good: true, signature: right.signature });
  const wrong = scramClient('guess', challenge, authMessage);
  for (const proof of [wrong.proof, '', 'AAAA', right.signature]) {
    const refused = await ask({ kind: 'scram-finish', authMessage, proof, sealed });
    assert.deepEqual(refused, { kind: 'judged', good: false, signature: '' });
  }
});

test('challenges do not tell who has an account', async () => {
  const salt = async (user: string): Promise<string | undefined> =>
    /,s=([^,]+),i=4096$/.exec(await text({ kind: 'scram-begin', user, nonce: 'abc', sealed: undefined }))?.[1];
  assert.equal(await salt('nobody'), await salt('nobody'));
  assert.notEqual(await salt('nobody'), await salt('somebody'));
  const authMessage = 'n=nobody,r=abc';
  const { proof } = scramClient('', `r=abc,s=${await salt('nobody')},i=4096`, authMessage);
  assert.equal(await good({ kind: 'scram-finish', authMessage, proof, sealed: undefined }), false);
});

test('what cannot be read fails, and says so to nobody else', async () => {
  for (const sealed of ['', 'sesame', 'argon2id$1$2$3']) {
    assert.equal((await ask({ kind: 'check', password: 'sesame', sealed })).kind, 'failed');
  }
});

test('passwords are prepared as other implementations prepare them', () => {
  // RFC 4013 §3, but for the last two, which it forbids and we let be.
  assert.equal(prepared('I\u00adX'), 'IX');
  assert.equal(prepared('user'), 'user');
  assert.equal(prepared('\u00aa'), 'a');
  assert.equal(prepared('\u2168'), 'IX');
  assert.equal(prepared('a\u00a0b'), 'a b');
});

test('more than can be served soon is refused at once, and the rest is served', async () => {
  const vault = new NodeVault({ cost: 'cheap' });
  const answers = await Promise.all(Array.from({ length: 300 }, () => ask({ kind: 'code' }, vault)));
  const served = answers.filter(({ kind }) => kind === 'text').length;
  assert.ok(served >= 200 && served < 300, `${served} of 300`);
  assert.equal((await ask({ kind: 'code' }, vault)).kind, 'text');
});

test('codes can be read out', async () => {
  const codes = await Promise.all(Array.from({ length: 50 }, () => text({ kind: 'code' })));
  for (const code of codes) assert.match(code, /^[a-km-np-z2-9]{4}(-[a-km-np-z2-9]{4}){2}$/);
  assert.equal(new Set(codes).size, codes.length);
});
