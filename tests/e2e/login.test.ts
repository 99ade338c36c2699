/** Accounts on the real server: by password, by SCRAM as another implementation does it, by a certificate over TLS. */
import assert from 'node:assert/strict';
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { test, type TestContext } from 'node:test';
import { makeCertificate } from '../../src/node/identity/certificate.ts';
import type { KeyPair } from '../../src/node/identity/key-pair.ts';
import { cleanup, folder } from './kit/cleanup.ts';
import { Irc } from './kit/irc.ts';
import { type Endpoint, startServer } from './kit/server.ts';

/** The longest that has to be possible: with two short names it fills two pieces of SASL exactly. */
const LONG = 'p'.repeat(592);

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** AUTHENTICATE in pieces of 400; a full last piece is followed by `+`. */
function pieces(message: string): string[] {
  const lines: string[] = base64(message).match(/.{1,400}/g) ?? [];
  if ((lines.at(-1) ?? '').length === 400) lines.push('+');
  return lines.map((line) => `AUTHENTICATE ${line}`);
}

function plain(name: string, password: string): string[] {
  return ['AUTHENTICATE PLAIN', ...pieces(`${name}\0${name}\0${password}`)];
}

async function scram(irc: Irc, name: string, password: string): Promise<string> {
  const said = async (line: string): Promise<string> => {
    const answer = irc.next(/^AUTHENTICATE| 904 /);
    irc.send(line);
    const { command, params } = await answer;
    return command === '904' ? '' : Buffer.from(params[0] ?? '', 'base64').toString();
  };
  const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  await said('AUTHENTICATE SCRAM-SHA-256');
  const bare = `n=${name},r=fyko`;
  const challenge = await said(`AUTHENTICATE ${base64(`n,,${bare}`)}`);
  const [, nonce = '', salt = '', rounds = ''] = /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(challenge) ?? [];
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(rounds), 32, 'sha256');
  const clientKey = hmac(salted, 'Client Key');
  const authMessage = `${bare},${challenge},c=biws,r=${nonce}`;
  const signature = hmac(createHash('sha256').update(clientKey).digest(), authMessage);
  const proof = Buffer.from(clientKey.map((byte, i) => byte ^ (signature[i] ?? 0))).toString('base64');
  const proved = await said(`AUTHENTICATE ${base64(`c=biws,r=${nonce},p=${proof}`)}`);
  if (proved !== `v=${hmac(hmac(salted, 'Server Key'), authMessage).toString('base64')}`) return 'refused';
  const end = irc.next(/ 90[34] /);
  irc.send('AUTHENTICATE +');
  return (await end).command;
}

async function overTls(t: TestContext, { host, port }: Endpoint, pair: KeyPair): Promise<Irc> {
  const socket = connect({ host, port, ...pair, rejectUnauthorized: false });
  cleanup(t, () => socket.destroy());
  await once(socket, 'secureConnect');
  return new Irc('desk', socket);
}

test('an account outlasts kill -9; password, SCRAM and certificate open it', async (t) => {
  const data = folder(t);
  const flags = ['--irc-tls', '127.0.0.1:0'];
  const first = await startServer(t, { data, flags });
  const ann = await Irc.arrive(t, first.irc, 'ann');
  ann.send(`REGISTER * * ${LONG}`);
  await ann.sees(/ REGISTER SUCCESS ann /);
  await first.stop('SIGKILL');

  const server = await startServer(t, { data, flags });
  const byPassword = Irc.open(t, server.irc);
  byPassword.send(...plain('ann', LONG), 'NICK ann', 'USER ann 0 * :Ann');
  await byPassword.sees(/ 903 /);
  await byPassword.sees(/ 001 ann /);

  const guesser = Irc.open(t, server.irc);
  guesser.send(...plain('ann', 'guess'));
  await guesser.sees(/ 904 /);
  assert.equal(await scram(guesser, 'ann', 'guess'), 'refused');
  assert.equal(await scram(guesser, 'nobody', 'guess'), 'refused');
  assert.equal(await scram(Irc.open(t, server.irc), 'ann', LONG), '903');

  const pair = await makeCertificate(['desk'], Date.now());
  const desk = await overTls(t, server.ircTls, pair);
  desk.send(...plain('ann', LONG), 'DEVICE ADD * :desk', 'NICK ann', 'USER ann 0 * :Ann');
  await desk.sees(/ DEVICE ADDED \S+ desk/);
  desk.leave();
  const again = await overTls(t, server.ircTls, pair);
  again.send('AUTHENTICATE EXTERNAL', 'AUTHENTICATE +', 'NICK ann', 'USER ann 0 * :Ann');
  await again.sees(/ 903 /);
  await again.sees(/ 001 ann /);
  const stranger = await overTls(t, server.ircTls, await makeCertificate(['desk'], Date.now()));
  stranger.send('AUTHENTICATE EXTERNAL', 'AUTHENTICATE +');
  await stranger.sees(/ 904 /);

  // Two devices are one person: what one is told, the other hears.
  const bob = await Irc.arrive(t, server.irc, 'bob');
  bob.send('PRIVMSG ann :both of you');
  await Promise.all([byPassword.sees(/PRIVMSG ann :both of you/), again.sees(/PRIVMSG ann :both of you/)]);
});

test('logins hold nobody up', async (t) => {
  const server = await startServer(t);
  const ann = await Irc.arrive(t, server.irc, 'ann', ['#tea']);
  ann.send('REGISTER * * sesame');
  await ann.sees(/ REGISTER SUCCESS /);
  const busy = Array.from({ length: 15 }, () => Irc.open(t, server.irc));
  const refused = Promise.all(busy.map((one) => one.sees(/ 904 /)));
  for (const one of busy) one.send(...plain('ann', 'guess'));
  let answered = 0;
  await Promise.race([
    refused,
    (async () => {
      for (; answered < 10; answered++) await ann.ask();
    })(),
  ]);
  assert.equal(answered, 10, 'ten answers came before fifteen logins were judged');
  await refused;
});
