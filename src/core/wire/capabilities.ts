/**
 * The capabilities Parley knows, and sets of them. A set is a number with one bit for each row, so that two
 * connections can be compared, and what they share computed, at no cost.
 */

/** Prefix of everything that is Parley's own: capabilities, tags, batch types (IRCv3 capability names, "vendor"). */
export const VENDOR = 'parley.chat/';

const IRCV3 = 'https://ircv3.net/specs/extensions/';

/** The order is the order in which CAP LS lists them. At most 31 rows: a set is the bits of a small integer. */
export const CAPABILITIES = [
  { name: 'account-notify', source: `${IRCV3}account-notify` },
  { name: 'account-tag', source: `${IRCV3}account-tag` },
  { name: 'away-notify', source: `${IRCV3}away-notify` },
  { name: 'batch', source: `${IRCV3}batch` },
  { name: 'cap-notify', source: `${IRCV3}capability-negotiation#cap-notify` },
  { name: 'chghost', source: `${IRCV3}chghost` },
  { name: 'draft/chathistory', source: `${IRCV3}chathistory` },
  { name: 'draft/event-playback', source: `${IRCV3}chathistory` },
  { name: 'draft/no-implicit-names', source: `${IRCV3}no-implicit-names` },
  { name: 'echo-message', source: `${IRCV3}echo-message` },
  { name: 'extended-join', source: `${IRCV3}extended-join` },
  { name: 'invite-notify', source: `${IRCV3}invite-notify` },
  { name: 'labeled-response', source: `${IRCV3}labeled-response` },
  { name: 'message-tags', source: `${IRCV3}message-tags` },
  { name: 'multi-prefix', source: `${IRCV3}multi-prefix` },
  { name: 'no-implicit-names', source: `${IRCV3}no-implicit-names` },
  { name: `${VENDOR}send-id`, source: 'docs/ext/send-id.md' },
  { name: 'sasl', source: `${IRCV3}sasl-3.2` },
  { name: 'server-time', source: `${IRCV3}server-time` },
  { name: 'setname', source: `${IRCV3}setname` },
  { name: 'standard-replies', source: `${IRCV3}standard-replies` },
  { name: 'userhost-in-names', source: `${IRCV3}userhost-in-names` },
] as const;

export type Capability = (typeof CAPABILITIES)[number]['name'];

/** A set of capabilities: bit `n` stands for row `n`. Unions and intersections are `|` and `&`. */
export type CapSet = number;

const BITS: ReadonlyMap<Capability, CapSet> = new Map(CAPABILITIES.map(({ name }, row) => [name, 1 << row]));
const NAMES: ReadonlyMap<string, Capability> = new Map(CAPABILITIES.map(({ name }) => [name, name]));

/** The set that holds this one. */
export function capBit(name: Capability): CapSet {
  return BITS.get(name) ?? 0;
}

/** The names in a set, in the order of the table. */
export function capNames(set: CapSet): Capability[] {
  const names: Capability[] = [];
  for (const { name } of CAPABILITIES) if ((set & capBit(name)) !== 0) names.push(name);
  return names;
}

/** The capability of this name, or undefined when we have none: names are compared as they stand. */
export function capNamed(name: string): Capability | undefined {
  return NAMES.get(name);
}
