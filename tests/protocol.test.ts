/** PROTOCOL.md lists what the server speaks, and where each is tested; this compares it with the code. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { COMMANDS, offeredCapabilities } from '../src/core/hub/features.ts';
import { HELP } from '../src/core/hub/features/help.ts';

const page = readFileSync(new URL('../PROTOCOL.md', import.meta.url), 'utf8');
const transcripts = new Map(
  readdirSync(new URL('transcripts/', import.meta.url))
    .filter((name) => name.endsWith('.txt'))
    .map((name) => [name.replace('.txt', ''), readFileSync(new URL(`transcripts/${name}`, import.meta.url), 'utf8')]),
);

/** The rows of the table under a heading, as cells. */
function rows(heading: string): string[][] {
  const section = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function codeWords(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
}

test('the page lists the capabilities that the server offers', () => {
  const listed = rows('Capabilities').flatMap(([name = '']) => codeWords(name));
  assert.deepEqual(listed.sort(), [...offeredCapabilities()].sort());
});

test('the page and HELP list the commands that the server knows', () => {
  const listed = rows('Commands').flatMap(([names = '']) => codeWords(names));
  assert.deepEqual(listed.sort(), [...COMMANDS.keys()].sort());
  assert.deepEqual(Object.keys(HELP).sort(), [...COMMANDS.keys()].filter((name) => name !== 'ERROR').sort());
});

test('what the page says is tested stands in the transcripts it names', () => {
  for (const [names = '', ...cells] of [...rows('Capabilities'), ...rows('Commands')]) {
    const texts = (cells.at(-1) ?? '').split(', ').map((name) => {
      const text = transcripts.get(name);
      assert.ok(text !== undefined, `there is no transcript called ${name}`);
      return text;
    });
    for (const word of codeWords(names)) {
      assert.ok(
        texts.some((text) => text.includes(word)),
        `${word} is in none of ${cells.at(-1)}`,
      );
    }
  }
});

test('one unknown heading would not go unnoticed', () => {
  assert.deepEqual(rows('No such heading'), []);
  assert.ok(rows('Capabilities').length > 10 && rows('Commands').length > 5);
});
