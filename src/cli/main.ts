/**
 * The command line. Each verb is one file, and only the verb that runs is loaded, so that `--version` costs nothing
 * and `serve` does not wait for the terminal client's code.
 */
import type { StricliProcess } from '@stricli/core';
import { version } from './version.ts';

const VERBS = {
  serve: {
    brief: 'Run a server: rooms and history for browsers, parley chat and any IRC client',
    load: async () => (await import('./serve-command.ts')).serveCommand,
  },
  chat: {
    brief: 'Chat in this terminal',
    load: async () => (await import('./chat.ts')).chatCommand,
  },
  replay: {
    brief: 'Run a file of recorded events (serve --record) through the hub again',
    load: async () => (await import('./replay-command.ts')).replayCommand,
  },
};

const DESCRIPTION = `Chat between machines, over sockets you own.

  parley serve            on one machine; it prints a link for browsers and an address for IRC clients
  parley serve --lan      the same, for everybody in your network, with TLS and an invitation
  parley chat HOST        on the others, for those who live in a terminal

Each verb tells more with --help.`;

async function main(args: readonly string[]): Promise<void> {
  if (args[0] === '--version' || args[0] === '-v') {
    process.stdout.write(`${version()}\n`);
    return;
  }
  const { buildApplication, buildCommand, buildRouteMap, run } = await import('@stricli/core');
  const unloaded = (brief: string) => buildCommand({ docs: { brief }, parameters: {}, func: () => {} });
  const route = async (verb: keyof typeof VERBS) =>
    args[0] === verb ? VERBS[verb].load() : unloaded(VERBS[verb].brief);
  const routes = buildRouteMap({
    routes: { serve: await route('serve'), chat: await route('chat'), replay: await route('replay') },
    docs: { brief: 'Chat between machines, over sockets you own', fullDescription: DESCRIPTION },
  });
  const app = buildApplication(routes, {
    name: 'parley',
    scanner: { caseStyle: 'allow-kebab-for-camel' },
    documentation: { disableAnsiColor: process.env['NO_COLOR'] !== undefined },
  });
  const { stdout, stderr, env } = process;
  const shell: StricliProcess = { stdout, stderr, env };
  await run(app, args.length === 0 ? ['--help'] : args, { process: shell });
  // Stricli tells kinds of mistakes apart by negative codes; shells know only that something went wrong.
  const code = shell.exitCode ?? 0;
  if (code !== 0) process.exitCode = 1;
  if (Number(code) < 0)
    stderr.write(`Try: parley ${args[0] !== undefined && args[0] in VERBS ? `${args[0]} ` : ''}--help\n`);
}

await main(process.argv.slice(2));
