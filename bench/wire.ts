/**
 * How many lines a second one core reads and writes: `node bench/wire.ts`. Needs nothing but itself.
 *
 * - `parse`           lines that are already text, to messages;
 * - `parse, no tags`  those of them without tags, as most clients send;
 * - `read`            bytes in pieces as a socket delivers them, to lines;
 * - `read + parse`    the same, to messages;
 * - `format`          messages to lines.
 *
 * The corpus is fixed and made to look like a server's output to a busy client with IRCv3: mostly messages, three lines
 * in ten tagged, some numerics, some text that is not ASCII. Five rounds each; the median is reported.
 */
import { FROM_SERVER, LineReader } from '../src/core/wire/line-reader.ts';
import { formatMessage, parseMessage, type Message } from '../src/core/wire/message.ts';
import { utf8 } from '../src/node/transport/utf8.ts';

const ROUNDS = 5;
const ROUND_MS = 1_000;

/** What a socket read of Node holds at most. */
const CHUNK_BYTES = 65_536;

/** 20 lines, repeated with changing names and numbers. */
function corpus(): string[] {
  const lines: string[] = [];
  for (let i = 0; i < 500; i++) {
    const nick = `person${i % 97}`;
    const source = `${nick}!user${i % 31}@198.51.100.${i % 251}`;
    const room = `#room-${i % 13}`;
    const tags = `time=2026-04-27T09:30:${String(i % 60).padStart(2, '0')}.${String(i).padStart(3, '0')}Z;msgid=k2j5x-${i}`;
    lines.push(
      `:${source} PRIVMSG ${room} :has anyone tried the build of last night on the small machine?`,
      `:${source} PRIVMSG ${room} :yes`,
      `:${source} PRIVMSG ${room} :it takes ${i} ms here, see https://example.org/builds/${i} for the log`,
      `:${source} PRIVMSG ${room} :I would rather wait until the tests are through, there was a fault in the last one`,
      `:${source} PRIVMSG ${room} ::) fine`,
      `:${source} PRIVMSG person${i % 7} :are you coming to the meeting at three?`,
      `@${tags};account=${nick} :${source} PRIVMSG ${room} :let us look at it together after lunch`,
      `@${tags};account=${nick};+draft/reply=k2j5x-${i - 1} :${source} PRIVMSG ${room} :agreed, one more thing though`,
      `@${tags} :${source} NOTICE ${room} :the nightly job has finished without faults`,
      `@${tags};account=${nick} :${source} PRIVMSG ${room} :schön, dann bis später im großen Raum`,
      `@+typing=active;time=2026-04-27T09:30:05.${String(i).padStart(3, '0')}Z :${source} TAGMSG ${room}`,
      `@batch=${i % 10};${tags} :${source} PRIVMSG ${room} :this one comes out of the history`,
      `:${source} JOIN ${room} ${nick} :A Person`,
      `:${source} QUIT :Connection closed`,
      `:${source} MODE ${room} +ov person1 person2`,
      `:irc.example.org 353 ann = ${room} :@person1 +person2 person3 person4 person5 person6 person7 ${nick}`,
      `:irc.example.org 366 ann ${room} :End of /NAMES list`,
      `:irc.example.org 005 ann CASEMAPPING=ascii CHANTYPES=# NICKLEN=32 NETWORK=Example :are supported by this server`,
      `:irc.example.org 352 ann ${room} user${i % 31} 198.51.100.7 irc.example.org ${nick} H@ :0 A Person`,
      `PING ${i}`,
    );
  }
  return lines;
}

/** The processor time of all threads of this process: what others do on the machine does not count. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Lines a second of processor time: the median of the rounds, and how far the rounds are apart. */
function measure(name: string, linesPerPass: number, pass: () => number): void {
  const rates: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const start = cpuMs();
    let passes = 0;
    let ms = 0;
    while ((ms = cpuMs() - start) < ROUND_MS) {
      const seen = pass();
      if (seen !== linesPerPass) throw new Error(`${name}: ${seen} of ${linesPerPass} lines`);
      passes++;
    }
    if (round > 0) rates.push((passes * linesPerPass) / (ms / 1000)); // the first round warms up
  }
  rates.sort((a, b) => a - b);
  const million = (rate: number): string => (rate / 1e6).toFixed(2);
  const [least, median, most] = [rates[0]!, rates[ROUNDS >> 1]!, rates[ROUNDS - 1]!];
  console.log(`${name.padEnd(14)} ${million(median)} million lines/s   (${million(least)} to ${million(most)})`);
}

const lines = corpus();
const bytes = Buffer.from(lines.join('\r\n') + '\r\n');
const chunks: Buffer[] = [];
for (let at = 0; at < bytes.length; at += CHUNK_BYTES) chunks.push(bytes.subarray(at, at + CHUNK_BYTES));
const messages: Message[] = [];
for (const line of lines) {
  const parsed = parseMessage(line);
  if (!parsed.ok) throw new Error(`${parsed.fault}: ${line}`);
  messages.push(parsed.message);
}
const tagged = messages.filter((message) => message.tags.size > 0).length;

console.log(`Node ${process.versions.node}, ${lines.length} lines, ${bytes.length} bytes, ${tagged} lines with tags`);
measure('parse', lines.length, () => {
  let good = 0;
  for (const line of lines) if (parseMessage(line).ok) good++;
  return good;
});
const untagged = lines.filter((line) => !line.startsWith('@'));
measure('parse, no tags', untagged.length, () => {
  let good = 0;
  for (const line of untagged) if (parseMessage(line).ok) good++;
  return good;
});
const reader = new LineReader(utf8, FROM_SERVER);
measure('read', lines.length, () => {
  let good = 0;
  for (const chunk of chunks) good += reader.feed(chunk).length;
  return good;
});
measure('read + parse', lines.length, () => {
  let good = 0;
  for (const chunk of chunks) {
    for (const line of reader.feed(chunk)) if (typeof line === 'string' && parseMessage(line).ok) good++;
  }
  return good;
});
measure('format', lines.length, () => {
  let good = 0;
  for (const message of messages) if (formatMessage(message) !== '') good++;
  return good;
});
