import { buildCommand } from '@stricli/core';

export const replayCommand = buildCommand({
  docs: {
    brief: 'Run a file of recorded events (serve --record) through the hub again',
    fullDescription: `Run a file of recorded events (serve --record) through the hub again.

Prints how many effects of each kind came out and a hash over all of them: the same file gives the same hash on every
machine, and a changed hash after a change of the code shows that the hub now behaves differently.`,
  },
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'The recorded file', placeholder: 'FILE' }],
    },
    flags: {
      print: { kind: 'boolean', default: false, withNegated: false, brief: 'Print the lines, in and out' },
    },
  },
  loader: async () => {
    const { replay } = await import('./replay.ts');
    return (flags: { readonly print: boolean }, file: string) => replay(file, flags.print);
  },
});
