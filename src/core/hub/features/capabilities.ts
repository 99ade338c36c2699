/**
 * CAP: what a connection wants to hear and how (https://ircv3.net/specs/extensions/capability-negotiation).
 */
import {
  type AnnouncedCapability,
  capBit,
  capNamed,
  capNames,
  type CapSet,
  isWritten,
} from '../../wire/capabilities.ts';
import { utf8Length } from '../../wire/utf8.ts';
import { ERR_INVALIDCAPCMD } from '../../wire/numerics.ts';
import type { Call } from '../call.ts';
import type { Conn } from '../conn.ts';
import type { HubSettings } from '../events.ts';
import type { Feature } from '../feature.ts';
import { capabilityValue, offeredCapabilities } from '../features.ts';
import type { State } from '../state.ts';
import { tryArrival } from './registration.ts';

export const capabilities: Feature = {
  commands: {
    CAP: { run: cap, params: 1, when: 'any' },
  },
  capabilities: ['cap-notify', 'message-tags', 'server-time', 'batch', 'labeled-response', 'standard-replies'],
};

/** What one CAP line may list: 510 bytes less server name, `CAP`, nick, subcommand and `*`. */
const LIST_BYTES_MAX = 400;

/** CAP <LS|LIST|REQ|END> [version or capabilities] */
function cap(call: Call, state: State): void {
  const { conn } = call;
  const subcommand = call.param(0).toUpperCase();
  switch (subcommand) {
    case 'LS': {
      const version = Number.parseInt(call.param(1), 10);
      if (version >= 302) {
        conn.capVersion = Math.max(conn.capVersion, version);
        conn.caps |= capBit('cap-notify'); // implied by 302
      }
      negotiate(call);
      list(call, 'LS', offers(conn, state.settings));
      break;
    }
    case 'LIST':
      list(call, 'LIST', [...capNames(conn.caps), ...conn.announced].sort());
      break;
    case 'REQ':
      negotiate(call);
      request(call, state, call.param(1));
      break;
    case 'END':
      if (conn.person === undefined && conn.hello.negotiating) {
        conn.hello.negotiating = false;
        tryArrival(call, state);
      }
      break;
    default:
      call.numeric(ERR_INVALIDCAPCMD, call.param(0) || '*', 'Invalid CAP command');
  }
}

/** A connection that began to negotiate is not welcomed before CAP END. */
function negotiate(call: Call): void {
  if (call.conn.person === undefined) call.conn.hello.negotiating = true;
}

function offers({ capVersion, peer }: Conn, settings: HubSettings): string[] {
  const names = offeredCapabilities(settings).map((name) => {
    const value = capVersion >= 302 ? capabilityValue(name, settings) : '';
    return value === '' ? name : `${name}=${value}`;
  });
  // Not to be asked for: it tells where TLS is, or how long to keep to it (https://ircv3.net/specs/extensions/sts).
  const { sts } = settings;
  if (sts !== undefined && capVersion >= 302)
    names.push(peer.secure ? `sts=duration=${sts.seconds}` : `sts=port=${sts.port}`);
  return names;
}

/**
 * In several lines when one is too short; those but the last carry `*` (version 302). Older clients get one line: what
 * does not fit they can still ask for, and it is drafts and extensions of our own that do not.
 */
function list(call: Call, subcommand: string, words: readonly string[]): void {
  const { conn } = call;
  const several = conn.capVersion >= 302;
  const ordered = several ? words : [...words].sort((a, b) => Number(a.includes('/')) - Number(b.includes('/')));
  const lines: string[] = [];
  let text = '';
  for (const word of ordered) {
    const longer = text === '' ? word : `${text} ${word}`;
    if (utf8Length(longer) <= LIST_BYTES_MAX) {
      text = longer;
    } else if (several) {
      lines.push(text);
      text = word;
    } else {
      break;
    }
  }
  for (const full of lines) call.server('CAP', conn.name, subcommand, '*', full);
  call.server('CAP', conn.name, subcommand, text);
}

/** All or nothing: one unknown name refuses the whole request. */
function request(call: Call, state: State, text: string): void {
  const { conn } = call;
  let add: CapSet = 0;
  let remove: CapSet = 0;
  const announced = new Set<AnnouncedCapability>(conn.announced);
  const offered = new Set<string>(offeredCapabilities(state.settings));
  for (const word of text.split(' ')) {
    if (word === '') continue;
    const off = word.startsWith('-');
    const name = capNamed(off ? word.slice(1) : word);
    // cap-notify cannot be switched off by those to whom version 302 implies it.
    if (name === undefined || !offered.has(name) || (off && name === 'cap-notify' && conn.capVersion >= 302)) {
      call.server('CAP', conn.name, 'NAK', text);
      return;
    }
    if (!isWritten(name)) {
      if (off) announced.delete(name);
      else announced.add(name);
    } else if (off) {
      remove |= capBit(name);
      add &= ~capBit(name);
    } else {
      add |= capBit(name);
      remove &= ~capBit(name);
    }
  }
  // The answer comes under the capabilities that were in force when it was asked for.
  call.server('CAP', conn.name, 'ACK', text);
  conn.caps = (conn.caps | add) & ~remove;
  conn.announced = announced;
}
