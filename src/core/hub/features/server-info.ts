/** What the server says of itself: MOTD, LUSERS, VERSION, TIME, ADMIN, INFO, LINKS (RFC 2812 §3.4). */
import {
  ERR_NOMOTD,
  ERR_NOTREGISTERED,
  RPL_ADMINLOC1,
  RPL_ADMINME,
  RPL_ENDOFINFO,
  RPL_ENDOFLINKS,
  RPL_ENDOFMOTD,
  RPL_GLOBALUSERS,
  RPL_INFO,
  RPL_ISUPPORT,
  RPL_LINKS,
  RPL_LOCALUSERS,
  RPL_LUSERCHANNELS,
  RPL_LUSERCLIENT,
  RPL_LUSERME,
  RPL_LUSEROP,
  RPL_LUSERUNKNOWN,
  RPL_MOTD,
  RPL_MOTDSTART,
  RPL_TIME,
  RPL_VERSION,
} from '../../wire/numerics.ts';
import type { Call } from '../call.ts';
import type { Feature } from '../feature.ts';
import { isupportLines } from '../features.ts';
import { line } from '../line.ts';
import type { State } from '../state.ts';

export const serverInfo: Feature = {
  commands: {
    MOTD: { run: motd, params: 0, when: 'registered' },
    LUSERS: { run: lusers, params: 0, when: 'registered' },
    VERSION: { run: version, params: 0, when: 'registered' },
    TIME: { run: time, params: 0, when: 'registered' },
    ADMIN: { run: admin, params: 0, when: 'registered' },
    INFO: { run: info, params: 0, when: 'registered' },
    LINKS: { run: links, params: 0, when: 'registered' },
    ISUPPORT: { run: isupport, params: 0, when: 'any' },
  },
  capabilities: ['draft/extended-isupport'],
  isupport: ({ networkName, icon, safeRate }) => [
    `NETWORK=${networkName.replaceAll(' ', '\\x20')}`,
    ...(icon === undefined ? [] : [`draft/ICON=${icon}`]),
    // Nobody is cut off for sending fast: lines wait, then reading does (soju.im/SAFERATE, without a prefix in Ergo).
    ...(safeRate === true ? ['SAFERATE'] : []),
  ],
  welcomed: (call, state) => {
    lusers(call, state);
    motd(call, state);
  },
};

function motd(call: Call, state: State): void {
  const { motd: lines, serverName } = state.settings;
  if (lines.length === 0) {
    call.numeric(ERR_NOMOTD, 'There is no message of the day');
    return;
  }
  call.numeric(RPL_MOTDSTART, `- ${serverName} message of the day -`);
  for (const text of lines) call.numeric(RPL_MOTD, `- ${text}`);
  call.numeric(RPL_ENDOFMOTD, 'End of message of the day');
}

function lusers(call: Call, state: State): void {
  const hidden = state.having('i');
  const operators = state.having('o');
  const people = state.people.size;
  let unknown = 0;
  for (const conn of state.conns.values()) if (conn.person === undefined) unknown += 1;
  const most = String(state.peopleMost);
  call.numeric(RPL_LUSERCLIENT, `There are ${people - hidden} users and ${hidden} invisible on 1 servers`);
  call.numeric(RPL_LUSEROP, String(operators), 'operator(s) online');
  call.numeric(RPL_LUSERUNKNOWN, String(unknown), 'unknown connection(s)');
  call.numeric(RPL_LUSERCHANNELS, String(state.rooms.size), 'channels formed');
  call.numeric(RPL_LUSERME, `I have ${people} clients and 0 servers`);
  call.numeric(RPL_LOCALUSERS, String(people), most, `Current local users ${people}, max ${most}`);
  call.numeric(RPL_GLOBALUSERS, String(people), most, `Current global users ${people}, max ${most}`);
}

function version(call: Call, state: State): void {
  const { version: text, serverName } = state.settings;
  call.numeric(RPL_VERSION, text, serverName, 'https://parley.chat');
  for (const params of isupportLines(state.settings)) call.numeric(RPL_ISUPPORT, ...params);
}

/** ISUPPORT: the tokens of the welcome, also before it (https://ircv3.net/specs/extensions/extended-isupport). */
function isupport(call: Call, { settings }: State): void {
  const { conn } = call;
  if (conn.person === undefined && !conn.announced.has('draft/extended-isupport')) {
    call.numeric(ERR_NOTREGISTERED, 'Register first: send NICK and USER, or ask for draft/extended-isupport');
    return;
  }
  const replies = isupportLines(settings).map((params) =>
    line(settings.serverName, RPL_ISUPPORT, [conn.name, ...params]),
  );
  if (conn.announced.has('draft/extended-isupport')) call.reply({ type: 'draft/isupport', params: [], replies });
  else for (const reply of replies) call.reply(reply);
}

function time(call: Call, state: State): void {
  call.numeric(RPL_TIME, state.settings.serverName, new Date(call.at).toUTCString());
}

function admin(call: Call, state: State): void {
  call.numeric(RPL_ADMINME, state.settings.serverName, 'Administrative information');
  call.numeric(RPL_ADMINLOC1, `Whoever runs ${state.settings.networkName}`);
}

function info(call: Call, state: State): void {
  call.numeric(RPL_INFO, `${state.settings.version}: chat and files between machines, over sockets you own`);
  call.numeric(RPL_INFO, `Started ${new Date(state.startedAt).toISOString()}`);
  call.numeric(RPL_ENDOFINFO, 'End of information');
}

/** One server is linked to none; it is listed when there is something to say of it. */
function links(call: Call, state: State): void {
  const { serverName, description } = state.settings;
  if (description !== undefined) call.numeric(RPL_LINKS, serverName, serverName, `0 ${description}`);
  call.numeric(RPL_ENDOFLINKS, '*', 'End of links');
}
