import { buildCommand } from '@stricli/core';
import type { ServeFlags } from './serve-settings.ts';

const text = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: String, optional: true, brief, placeholder }) as const;

const listener = (brief: string) =>
  ({ kind: 'parsed', parse: String, optional: true, variadic: true, brief, placeholder: 'HOST:PORT' }) as const;

const onOff = (brief: string) => ({ kind: 'boolean', default: false, withNegated: false, brief }) as const;

export const serveCommand = buildCommand({
  docs: {
    brief: 'Run a server: rooms and history for browsers, parley chat and any IRC client',
    fullDescription: `Run a server: rooms and history for browsers, parley chat and any IRC client.

Without flags it is for this computer only: IRC on 127.0.0.1:6667, the web client on http://localhost:7667,
messages kept in your data directory. The listening flags may be given several times, or be "none"; port 0 lets the
system choose. Signals: INT and TERM stop in order, HUP reads configuration and certificate again.`,
  },
  parameters: {
    flags: {
      lan: onOff('Open to the local network, with TLS and an invitation key'),
      data: text('Directory for messages and keys', 'DIR'),
      memory: onOff('Keep nothing on disk'),
      irc: listener('IRC without TLS'),
      ircTls: listener('IRC with TLS'),
      web: listener('Web client and IRC over WebSocket; HTTPS when there is a certificate'),
      tlsCert: text('Certificate with its chain, PEM', 'FILE'),
      tlsKey: text('Key of the certificate, PEM', 'FILE'),
      config: text('Configuration file, TOML; flags win over it', 'FILE'),
      name: text("The server's name in IRC", 'NAME'),
      network: text("The network's name, shown to people", 'NAME'),
      password: text('Password for everybody (visible in process lists; or set PARLEY_PASSWORD)', 'TEXT'),
      maxClients: text('Connections in all; the next one is told that the server is full', 'N'),
      durability: text('"full": what was acknowledged survives a power cut; "relaxed": a crash of Parley', 'KIND'),
      json: onOff('Print one line of JSON per event, the first when every port is open'),
      record: text('Write every event for "parley replay"; holds all that is said, and passwords', 'FILE'),
    },
  },
  loader: async () => {
    const { serve } = await import('./serve.ts');
    return (flags: ServeFlags) => serve(flags);
  },
});
