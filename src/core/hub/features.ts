/** The features, one row each, and the tables made of them. */
import type { Capability } from '../wire/capabilities.ts';
import { assert } from '../base/assert.ts';
import type { Call } from './call.ts';
import type { Conn } from './conn.ts';
import type { Entry } from './entry.ts';
import type { HubSettings } from './events.ts';
import type { CommandRow, Feature } from './feature.ts';
import { accounts } from './features/accounts.ts';
import { capabilities } from './features/capabilities.ts';
import { devices } from './features/devices.ts';
import { directory } from './features/directory.ts';
import { edit } from './features/edit.ts';
import { help } from './features/help.ts';
import { history } from './features/history.ts';
import { messages } from './features/messages.ts';
import { metadata } from './features/metadata.ts';
import { modes } from './features/modes.ts';
import { moderation } from './features/moderation.ts';
import { monitor } from './features/monitor.ts';
import { multiline } from './features/multiline.ts';
import { operators } from './features/operators.ts';
import { ownedRooms } from './features/owned-rooms.ts';
import { presence } from './features/presence.ts';
import { readMarker } from './features/read-marker.ts';
import { redaction } from './features/redaction.ts';
import { registration } from './features/registration.ts';
import { rooms } from './features/rooms.ts';
import { sasl } from './features/sasl.ts';
import { search } from './features/search.ts';
import { serverInfo } from './features/server-info.ts';
import type { Fold } from './fold.ts';
import type { State } from './state.ts';

export const FEATURES: readonly Feature[] = [
  capabilities,
  registration,
  sasl,
  accounts,
  devices,
  rooms,
  ownedRooms,
  modes,
  messages,
  multiline,
  history,
  readMarker,
  redaction,
  edit,
  search,
  presence,
  monitor,
  directory,
  operators,
  moderation,
  serverInfo,
  help,
  metadata, // after the message of the day
];

/** Every command, by name. */
export const COMMANDS: ReadonlyMap<string, CommandRow> = collectCommands();

function collectCommands(): Map<string, CommandRow> {
  const commands = new Map<string, CommandRow>();
  for (const feature of FEATURES) {
    for (const [name, row] of Object.entries(feature.commands ?? {})) {
      assert(!commands.has(name), `two features handle ${name}`);
      commands.set(name, row);
    }
  }
  return commands;
}

type Rule = (entry: never, fold: Fold) => void;
const RULES: ReadonlyMap<string, Rule> = new Map(FEATURES.flatMap((feature) => Object.entries(feature.entries ?? {})));

/** Makes one ordered entry true. */
export function foldEntry(entry: Entry, fold: Fold): void {
  const rule = RULES.get(entry.kind);
  assert(rule !== undefined, `no feature has a rule for ${entry.kind}`);
  rule(entry as never, fold);
}

/** All capabilities there are, or those that these settings leave. */
export function offeredCapabilities(settings?: HubSettings): readonly Capability[] {
  return FEATURES.flatMap((feature) => {
    const withheld = settings === undefined ? [] : (feature.withheld?.(settings) ?? []);
    return (feature.capabilities ?? []).filter((name) => !withheld.includes(name));
  });
}

export function capabilityValue(name: Capability, settings: HubSettings): string {
  for (const { capabilityValue: values } of FEATURES) {
    const value = values?.[name];
    if (value !== undefined) return value(settings);
  }
  return '';
}

/** Tokens on one RPL_ISUPPORT line (https://modern.ircdocs.horse/#rplisupport-005). */
const TOKENS_PER_LINE = 13;

/** The parameters of each RPL_ISUPPORT, without the nick. */
export function isupportLines(settings: HubSettings): string[][] {
  const tokens = FEATURES.flatMap((feature) => feature.isupport?.(settings) ?? []);
  const lines: string[][] = [];
  for (let i = 0; i < tokens.length; i += TOKENS_PER_LINE)
    lines.push([...tokens.slice(i, i + TOKENS_PER_LINE), 'are supported by this server']);
  return lines;
}

export function welcomed(call: Call, state: State): void {
  for (const feature of FEATURES) feature.welcomed?.(call, state);
}

export function swept(state: State, at: number, propose: (entry: Entry) => void): void {
  for (const feature of FEATURES) feature.swept?.(state, at, propose);
}

export function gone(conn: Conn, state: State): void {
  for (const feature of FEATURES) feature.gone?.(conn, state);
}
