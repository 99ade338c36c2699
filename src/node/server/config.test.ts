import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ParleyError } from '../../core/base/errors.ts';
import { LIMITS } from '../../core/hub/settings.ts';
import { parseConfig, readConfigFile } from './config.ts';
import { parseRetention } from './keep.ts';

const COMPLETE = `
[server]
name = "irc.example.org"
network = "Example"
password = "open sesame"
motd = ["Welcome", ""]
[limits]
maxClients = 10000
connectionsPerAddress = 20
connectRate = 5
floodControl = true
[[operators]]
name = "root"
password = "toor"
[accounts]
registration = true
beforeConnect = true
passwordHashCost = "normal"
[history]
keep = "forever"
maxPerRequest = 100
[doors]
plainTcp = "off"
plainUdp = "off"
plainRoom = "#lobby"
`;

test('everything that may be there is taken', () => {
  const config = parseConfig(COMPLETE, 'parley.toml');
  assert.equal(config.server?.name, 'irc.example.org');
  assert.deepEqual(config.server?.motd, ['Welcome', '']);
  assert.equal(config.limits?.floodControl, true);
  assert.deepEqual(config.operators, [{ name: 'root', password: 'toor' }]);
  assert.deepEqual(parseConfig('', 'parley.toml'), {});
});

test('each limit of the hub has a key of its name', () => {
  const special = new Set(['historyPage']); // history.maxPerRequest
  for (const [name, value] of Object.entries(LIMITS)) {
    if (!special.has(name)) parseConfig(`[limits]\n${name} = ${value}`, 'parley.toml');
  }
});

const mistakes: readonly [name: string, source: string, message: RegExp][] = [
  ['an unknown key', '[server]\n\nnam = "x"', /^p\.toml, line 3: "nam" is not a setting that \[server\] may have\.$/],
  ['an unknown table', 'a = 1', /line 1: "a" is not a setting that the file may have/],
  ['an unknown key of an operator', '[[operators]]\nname = "a"\npassword = "b"\nroot = true', /line 4: "root"/],
  ['a missing key', '[[operators]]\nname = "a"', /"operators".*needs "password"/],
  ['a wrong kind of value', '[limits]\nmaxClients = "many"', /line 2: "maxClients".*Expected number/],
  ['a number that makes no sense', '[limits]\nmaxClients = 0', /line 2: "maxClients"/],
  ['a name that would break a line', '[server]\nname = "a b"', /line 2: "name".*one word/],
  ['a line break in the message of the day', '[server]\nmotd = ["a\\nb"]', /line 2: "motd"/],
  ['a door that this version does not have', '[doors]\nplainTcp = "127.0.0.1:9000"', /no plain doors/],
  ['a rule of keeping that nobody understands', '[history]\nkeep = "a while"', /"90d"/],
  ['what is not TOML', '[server\n', /line 1: this is not TOML/],
];
for (const [name, source, message] of mistakes) {
  test(`${name} is an error that says where`, () => {
    assert.throws(
      () => parseConfig(source, 'p.toml'),
      (error) => error instanceof ParleyError && message.test(error.message),
    );
  });
}

test('a file that is not there is told', () => {
  assert.throws(() => readConfigFile('/nowhere/p.toml'), /there is no such file/);
});

test('how long messages are kept', () => {
  assert.deepEqual(parseRetention('forever'), { kind: 'forever' });
  assert.deepEqual(parseRetention('90d'), { kind: 'age', ageMs: 90 * 86_400_000 });
  assert.deepEqual(parseRetention('12h'), { kind: 'age', ageMs: 12 * 3_600_000 });
  assert.deepEqual(parseRetention('10000 messages'), { kind: 'rows', rows: 10_000 });
  for (const text of ['', '0d', '-1d', '1.5d', '90', '0 messages']) assert.equal(parseRetention(text), undefined, text);
});
