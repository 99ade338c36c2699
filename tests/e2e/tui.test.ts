/** The terminal client as a person meets it: the real program, a real server, a real terminal (tmux). */
import assert from 'node:assert/strict';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { chatCommand, folder, freePort, Guest, kept, pane, serve } from './tui-world.ts';

/** The prompt of the shell, with nothing typed behind it; tmux leaves blanks at the end away. */
const SHELL = /^\$ ?$/m;

test('a first run asks for a nick, and the first message is heard', async (t) => {
  const server = await serve(t, '--memory');
  const guest = await Guest.arrive(t, server.address, 'ben');
  const home = folder(t);
  const person = pane(t, home);
  person.enter(chatCommand(server.address));
  await person.shows('What shall others call you?');
  person.enter('no spaces please');
  await person.shows('A nick begins with a letter');
  person.enter('ana');
  await person.shows(/#lobby.*2 people/);
  person.enter('good morning');
  await person.shows(/you +good morning +✓/);
  await guest.hears(/^:ana!\S+ PRIVMSG #lobby :good morning$/);
  person.enter('/quit');
  await person.shows(SHELL);

  // The second time nothing is asked, and the room is the one of before.
  person.enter(`clear; ${chatCommand(server.address)}`);
  await person.shows(/you +good morning/);
  assert.doesNotMatch(person.screen(), /What shall others/);
});

test('two people talk: mentions, replies, reactions, unread rooms', async (t) => {
  const server = await serve(t, '--memory');
  const ana = pane(t, folder(t));
  const ben = pane(t, folder(t), 80, 24);
  ana.enter(chatCommand(server.address, '--nick', 'ana'));
  ben.enter(chatCommand(server.address, '--nick', 'ben'));
  await ana.shows(/ana, ben joined|2 people/);
  await ben.shows('2 people');
  ana.enter('/join #ops');
  await ana.shows(/^ #ops/);
  ben.enter('ana: are you there?');
  await ana.shows(/#lobby +@1/);
  ana.press('M-a');
  await ana.shows(/^ #lobby[^]*─ new ─[^]*are you there\?/);
  ben.enter('ana: did you see **the build**? 👍 日本語');
  await ana.shows(/ben +» ana: did you see the build\? 👍 日本語/);

  ana.press('Up', 'r');
  ana.type('yes');
  await ana.shows(/↳ ben > yes/);
  ana.press('Enter');
  await ben.shows(/╭ ben: ana: did you see the build\?[^]*yes/);
  ben.press('Up', '+', '4');
  await ana.shows(/yes +🎉 1/);
});

test('typing is shown, and completion knows nicks and commands', async (t) => {
  const server = await serve(t, '--memory');
  const ana = pane(t, folder(t));
  const ben = pane(t, folder(t));
  ana.enter(chatCommand(server.address, '--nick', 'ana'));
  // Whoever is first in a room may set its topic.
  await ana.shows('1 person');
  ben.enter(chatCommand(server.address, '--nick', 'benjamin'));
  await ana.shows('2 people');
  await ben.shows('2 people');
  ben.type('hm');
  await ana.shows('benjamin is typing…');
  ana.type('ben');
  ana.press('Tab');
  await ana.shows(/^> benjamin:/m);
  ana.press('C-u');
  ana.type('/to');
  await ana.shows(/\/topic +Show or set the topic/);
  ana.press('Tab');
  await ana.shows(/^> \/topic/m);
  ana.type('tea');
  await ana.shows('/topic [text]');
  ana.press('Enter');
  await ben.shows(/#lobby.*tea/);
});

test('messages written while the server is away are marked, survive kill -9, and arrive once', async (t) => {
  const port = await freePort();
  const data = folder(t);
  const flags = ['--data', data, '--irc', `127.0.0.1:${port}`];
  const first = await serve(t, ...flags);
  const home = folder(t);
  const ana = pane(t, home);
  ana.enter(chatCommand(first.address, '--nick', 'ana'));
  await ana.shows(/#lobby.*1 person/);
  ana.enter('before');
  await ana.shows(/before +✓/);
  first.process.kill('SIGKILL');
  await ana.shows('○ offline');
  ana.enter('while away 1');
  ana.enter('while away 2');
  await ana.shows(/while away 1 +◌ queued[^]*while away 2 +◌ queued/);
  await ana.shows('Your 2 messages are kept and will be sent when the link is back.');

  const [file = ''] = readdirSync(join(home, 'state', 'parley', 'chat')).filter((name) => name.endsWith('.db'));
  assert.equal(statSync(join(home, 'state', 'parley', 'chat', file)).mode & 0o777, 0o600);
  ana.press('C-c');
  await ana.shows('2 messages unsent');
  ana.press('Escape');
  await ana.shows(/^>/m);
  ana.type('half a thought');
  await kept(home, 'half a thought');
  ana.press('C-z');
  await ana.shows('Stopped');
  ana.enter('kill -9 %1; clear');
  await ana.shows(SHELL);

  ana.enter(chatCommand(first.address, '--nick', 'ana'));
  await ana.shows(/while away 1 +◌ queued[^]*while away 2 +◌ queued[^]*> half a thought/);
  await serve(t, ...flags);
  await ana.shows(/while away 2 +✓/, 40_000);
  const guest = await Guest.arrive(t, first.address, 'ben');
  guest.say('CAP REQ :batch draft/chathistory', 'CHATHISTORY LATEST #lobby * 50', 'PING :end');
  await guest.hears(/PONG.*end/);
  const said = guest.lines
    .filter((line) => line.includes(' PRIVMSG #lobby '))
    .map((line) => line.replace(/.* PRIVMSG #lobby :?/, ''));
  assert.deepEqual(said, ['before', 'while away 1', 'while away 2']);
});

test('the terminal is given back as it was: quit, SIGTERM, SIGHUP, SIGINT, stopped and continued', async (t) => {
  const server = await serve(t, '--memory');
  const ana = pane(t, folder(t), 100, 60);
  ana.enter('stty -a > before; echo ready');
  await ana.shows(/^ready/m);
  const same = async (name: string) => {
    await ana.shows(SHELL);
    ana.enter(`stty -a > after; cmp before after && echo same ${name}`);
    const screen = await ana.shows(new RegExp(`^same ${name}`, 'm'));
    assert.match(screen, /^ready/m, 'the normal screen is back');
  };
  const start = async () => {
    ana.enter(chatCommand(server.address, '--nick', 'ana'));
    await ana.shows(/#lobby.*1 person/);
  };
  await start();
  ana.enter('/quit');
  await same('quit');
  for (const signal of ['TERM', 'HUP', 'INT'] as const) {
    await start();
    process.kill(ana.program(`chat ${server.address}`), `SIG${signal}`);
    await same(signal);
  }
  await start();
  ana.press('C-z');
  await ana.shows('Stopped');
  await same('stop');
  ana.enter('fg');
  await ana.shows(/#lobby.*1 person/);
  ana.type('still here');
  await ana.shows('> still here');
  ana.press('Enter');
  await ana.shows(/you +still here/);
});

test('a crash gives the terminal back, and the error is read on it', async (t) => {
  const home = folder(t);
  const person = pane(t, home);
  const terminal = new URL('../../src/ui/tui/terminal.ts', import.meta.url).href;
  writeFileSync(
    join(home, 'crash.mjs'),
    `import { Terminal } from ${JSON.stringify(terminal)};
     const none = () => {};
     new Terminal(process.stdin, process.stdout, { input: () => { throw new Error('planted'); }, resized: none, resumed: none, ended: none }).open();
     process.stdout.write('taken over');`,
  );
  person.enter(`stty -a > before; ${process.execPath} crash.mjs`);
  await person.shows(/^taken over/m);
  person.press('x');
  await person.shows('Error: planted');
  person.enter('stty -a > after; cmp before after && echo same crash');
  await person.shows(/^same crash/m);
});

test('any size is survived: the place in the log and the input stay', async (t) => {
  const server = await serve(t, '--memory');
  const guest = await Guest.arrive(t, server.address, 'ben');
  const ana = pane(t, folder(t), 200, 60);
  ana.enter(chatCommand(server.address, '--nick', 'ana'));
  await ana.shows('2 people');
  const long = 'words that go on until the line is full and beyond it '.repeat(2);
  for (let n = 1; n <= 120; n += 1) guest.say(`PRIVMSG #lobby :number ${n}. ${long}`);
  await ana.shows('number 120.', 60_000);
  ana.type('half typed');
  ana.press('PPage');
  const top = /number (\d+)\./.exec(await ana.shows('newer below'))?.[1] ?? '';
  assert.notEqual(top, '');
  const stands = (screen: string) => /number (\d+)\./.exec(screen)?.[1] === top && screen.includes('> half typed');
  for (const [columns, rows] of [
    [30, 8],
    [59, 20],
    [200, 60],
    [3, 2],
    [12, 9],
    [200, 60],
  ] as const) {
    ana.resize(columns, rows);
    if (columns >= 20) await ana.shows(stands);
  }
  ana.press('C-u', 'End');
  await ana.shows(/number 120\.[^]*\n *│?\n?>/);
});

test('history is fetched from the server while scrolling, and new messages do not move the view', async (t) => {
  const server = await serve(t, '--memory');
  const guest = await Guest.arrive(t, server.address, 'ben');
  for (let n = 1; n <= 300; n += 1) guest.say(`PRIVMSG #lobby :number ${n}.`);
  guest.say('PING :said');
  await guest.hears(/PONG.*said/);
  const ana = pane(t, folder(t), 100, 30);
  ana.enter(chatCommand(server.address, '--nick', 'ana'));
  await ana.shows('number 300.');
  for (let page = 0; page < 40 && !ana.screen().includes('the beginning of'); page += 1) {
    const before = ana.screen();
    ana.press('PPage');
    await ana.shows((screen) => screen !== before);
  }
  await ana.shows(/the beginning of #lobby[^]*number 1\./);
  const rows = (screen: string) => screen.match(/(?<=│)\d\d:\d\d .*/g);
  const newer = (screen: string) => Number(/↓ (\d+) newer/.exec(screen)?.[1]);
  const before = newer(ana.screen());
  const seen = rows(ana.screen());
  guest.say('PRIVMSG #lobby :something new');
  assert.deepEqual(rows(await ana.shows((screen) => newer(screen) > before)), seen);
  ana.press('End');
  await ana.shows('something new');
});

test('a paste of several lines is asked about', async (t) => {
  const server = await serve(t, '--memory');
  const guest = await Guest.arrive(t, server.address, 'ben');
  const ana = pane(t, folder(t));
  ana.enter(chatCommand(server.address, '--nick', 'ana'));
  await ana.shows('2 people');
  ana.paste('one\ntwo\nthree\n');
  await ana.shows('Paste 3 lines (13 B): [Enter] send as one message [c] as code block [Esc] drop');
  ana.press('Escape');
  await ana.shows((screen) => !screen.includes('Paste 3'));
  ana.paste('four\nfive');
  await ana.shows('Paste 2 lines');
  ana.press('Enter');
  await guest.hears(/PRIVMSG #lobby :four/);
  await guest.hears(/PRIVMSG #lobby :five/);
  assert.ok(!guest.lines.some((line) => line.includes('two')));
});

test('what others send cannot reach the terminal', async (t) => {
  const server = await serve(t, '--memory');
  const guest = await Guest.arrive(t, server.address, 'ben');
  const ana = pane(t, folder(t));
  ana.enter(chatCommand(server.address, '--nick', 'ana'));
  await ana.shows('2 people');
  const attacks = [
    '\x1b[2J',
    '\x1b]0;owned\x07',
    '\x1b]52;c;b3duZWQ=\x07',
    '\x9b2J',
    '\x1bc',
    '\u202egnp.exe',
    `a${'\u0301'.repeat(150)}`,
    '\x1b[?1049l',
  ];
  for (const [n, attack] of attacks.entries()) guest.say(`PRIVMSG #lobby :attack ${n} ${attack} end ${n}`);
  guest.say(`TOPIC #lobby :\x1b[2Jtopic \x1b]0;owned\x07end`, 'PRIVMSG #lobby :over');
  await ana.shows(/ben +over/);
  const screen = ana.screen();
  for (const n of attacks.keys()) assert.match(screen, new RegExp(`attack ${n} .*end ${n}`));
  assert.match(screen, /^ #lobby .*topic .*end/);
  assert.match(screen, /ROOMS/);
  assert.doesNotMatch(ana.title(), /owned/);
  assert.doesNotMatch(ana.clipboard(), /owned/);
});
