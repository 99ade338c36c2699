/**
 * The capabilities Parley knows, and sets of them. What decides how lines are written has a bit: a set of those is a
 * number, so that two connections can be compared, and what they share computed, at no cost. The others only say that
 * something is there; who asked for them is remembered by name, so there may be any number of them.
 */

/** Prefix of everything that is Parley's own: capabilities, tags, batch types (IRCv3 capability names, "vendor"). */
export const VENDOR = 'parley.chat/';

const IRCV3 = 'https://ircv3.net/specs/extensions/';

/** Those that decide what a connection is sent, and how. At most 31 rows: a set is the bits of a small integer. */
export const CAPABILITIES = [
  { name: 'account-notify', source: `${IRCV3}account-notify` },
  { name: 'account-tag', source: `${IRCV3}account-tag` },
  { name: 'away-notify', source: `${IRCV3}away-notify` },
  { name: 'batch', source: `${IRCV3}batch` },
  { name: 'cap-notify', source: `${IRCV3}capability-negotiation#cap-notify` },
  { name: 'chghost', source: `${IRCV3}chghost` },
  { name: 'draft/event-playback', source: `${IRCV3}chathistory` },
  { name: 'draft/message-redaction', source: `${IRCV3}message-redaction` },
  { name: 'draft/multiline', source: `${IRCV3}multiline` },
  { name: 'draft/no-implicit-names', source: `${IRCV3}no-implicit-names` },
  { name: 'echo-message', source: `${IRCV3}echo-message` },
  { name: 'extended-join', source: `${IRCV3}extended-join` },
  { name: 'invite-notify', source: `${IRCV3}invite-notify` },
  { name: 'message-tags', source: `${IRCV3}message-tags` },
  { name: 'multi-prefix', source: `${IRCV3}multi-prefix` },
  { name: 'no-implicit-names', source: `${IRCV3}no-implicit-names` },
  { name: `${VENDOR}edit`, source: 'docs/ext/edit.md' },
  { name: 'server-time', source: `${IRCV3}server-time` },
  { name: 'setname', source: `${IRCV3}setname` },
  { name: 'userhost-in-names', source: `${IRCV3}userhost-in-names` },
] as const;

/** Those that only say that something is there: a command, a tag, a form of answer. Asking for one changes nothing. */
export const ANNOUNCED = [
  { name: 'draft/account-registration', source: `${IRCV3}account-registration` },
  { name: 'draft/extended-isupport', source: `${IRCV3}extended-isupport` },
  { name: 'draft/metadata-2', source: 'https://github.com/ircv3/ircv3-specifications/pull/501' },
  { name: 'draft/metadata-3', source: 'https://github.com/ircv3/ircv3-specifications/pull/613' },
  { name: 'draft/pre-away', source: `${IRCV3}pre-away` },
  { name: 'extended-monitor', source: `${IRCV3}extended-monitor` },
  { name: 'draft/chathistory', source: `${IRCV3}chathistory` },
  { name: 'draft/read-marker', source: `${IRCV3}read-marker` },
  // What labels change is asked for by the label itself, line by line.
  { name: 'labeled-response', source: `${IRCV3}labeled-response` },
  { name: `${VENDOR}device`, source: 'docs/ext/device.md' },
  { name: `${VENDOR}send-id`, source: 'docs/ext/send-id.md' },
  { name: 'soju.im/search', source: 'https://codeberg.org/emersion/soju/src/branch/master/doc/ext/search.md' },
  { name: 'sasl', source: `${IRCV3}sasl-3.2` },
  { name: 'standard-replies', source: `${IRCV3}standard-replies` },
] as const;

/** A capability that has a bit. */
export type WrittenCapability = (typeof CAPABILITIES)[number]['name'];
export type AnnouncedCapability = (typeof ANNOUNCED)[number]['name'];
export type Capability = WrittenCapability | AnnouncedCapability;

/** A set of capabilities with bits: bit `n` stands for row `n`. Unions and intersections are `|` and `&`. */
export type CapSet = number;

const BITS: ReadonlyMap<Capability, CapSet> = new Map(CAPABILITIES.map(({ name }, row) => [name, 1 << row]));
const NAMES: ReadonlyMap<string, Capability> = new Map([...CAPABILITIES, ...ANNOUNCED].map(({ name }) => [name, name]));

/** The set that holds this one. */
export function capBit(name: WrittenCapability): CapSet {
  return BITS.get(name) ?? 0;
}

/** Whether this one decides how lines are written, and so has a bit. */
export function isWritten(name: Capability): name is WrittenCapability {
  return BITS.has(name);
}

/** The names in a set, in the order of the table. */
export function capNames(set: CapSet): WrittenCapability[] {
  const names: WrittenCapability[] = [];
  for (const { name } of CAPABILITIES) if ((set & capBit(name)) !== 0) names.push(name);
  return names;
}

/** The capability of this name, or undefined when we have none: names are compared as they stand. */
export function capNamed(name: string): Capability | undefined {
  return NAMES.get(name);
}
