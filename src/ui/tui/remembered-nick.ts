/** The one question of a first run: what others shall call this person. The answer is kept for the next time. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { ParleyError } from '../../core/base/errors.ts';

/** RFC 2812 §2.3.1 without its limit of nine letters; servers say so themselves when a name is too long. */
const NICK = /^[A-Za-z_[\]\\`^{|}][A-Za-z0-9_[\]\\`^{|}-]{0,29}$/;

export function isNick(text: string): boolean {
  return NICK.test(text);
}

export function rememberedNick(folder: string): string | undefined {
  try {
    const nick = readFileSync(join(folder, 'nick'), 'utf8').trim();
    return isNick(nick) ? nick : undefined;
  } catch {
    return undefined;
  }
}

/** A place that cannot be written only means that the question comes again. */
export function rememberNick(folder: string, nick: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, 'nick'), `${nick}\n`);
  } catch {
    // Nothing depends on it.
  }
}

/** What the system calls this person, made fit to be a nick. */
export function suggestedNick(): string {
  let name = '';
  try {
    name = userInfo().username;
  } catch {
    // No entry for this user, as in some containers.
  }
  const fit = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9_-]/g, '')
    .replace(/^[0-9-]+/, '')
    .slice(0, 16);
  return isNick(fit) ? fit : 'guest';
}

/** Asks until the answer is a nick. Enter takes the suggestion. */
export async function askNick(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<string> {
  const suggestion = suggestedNick();
  const questions = createInterface({ input, output });
  const left = new AbortController();
  questions.on('close', () => left.abort());
  questions.on('SIGINT', () => questions.close());
  try {
    for (;;) {
      const answer = (
        await questions.question(`What shall others call you? [${suggestion}] `, { signal: left.signal })
      ).trim();
      if (answer === '') return suggestion;
      if (isNick(answer)) return answer;
      output.write('A nick begins with a letter and has letters, digits, - and _ only, at most 30.\n');
    }
  } catch (cause) {
    if (left.signal.aborted)
      throw new ParleyError('chat/no-nick', 'No nick, no chat. Name one with --nick.', { cause });
    throw cause;
  } finally {
    questions.close();
  }
}
