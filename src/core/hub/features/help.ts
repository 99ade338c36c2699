/** HELP: the commands this server knows, and what each one takes (https://modern.ircdocs.horse/#help-message). */
import { ERR_HELPNOTFOUND, RPL_ENDOFHELP, RPL_HELPSTART, RPL_HELPTXT } from '../../wire/numerics.ts';
import type { Call } from '../call.ts';
import type { Feature } from '../feature.ts';

export const help: Feature = {
  commands: {
    HELP: { run: tell, params: 0, when: 'registered' },
    HELPOP: { run: tell, params: 0, when: 'registered' },
  },
};

/** A test compares these with the commands there are. */
export const HELP: Readonly<Record<string, string>> = {
  ADMIN: 'ADMIN: who runs this server',
  AUTHENTICATE: 'AUTHENTICATE PLAIN|SCRAM-SHA-256|EXTERNAL: log in to an account (for clients)',
  AWAY: 'AWAY [:text]: say that you are away; without text, that you are back',
  BATCH: 'BATCH +name draft/multiline target, lines, BATCH -name: a message of several lines (for clients)',
  CAP: 'CAP LS|LIST|REQ|END: negotiate capabilities (for clients)',
  CHATHISTORY: 'CHATHISTORY LATEST|BEFORE|AFTER|AROUND|BETWEEN|TARGETS ...: read what was said before',
  DEVICE: 'DEVICE LIST|ADD|NAME|REVOKE|LINK ...: the devices of your account',
  EDIT: 'EDIT target msgid :text: correct what you said (for clients)',
  DEFCON: 'DEFCON [5..1]: close the server step by step (operators)',
  HELP: 'HELP [command]',
  HELPOP: 'HELPOP [command]: the same as HELP',
  INFO: 'INFO: about this server',
  ISUPPORT: 'ISUPPORT: what this server supports, in the form of its welcome',
  INVITE: 'INVITE nick #room: ask somebody into a room; INVITE alone lists where you were asked',
  ISON: 'ISON nick [nick ...]: which of them are here',
  JOIN: 'JOIN #room[,#room] [key[,key]]: enter rooms; JOIN 0 leaves all',
  KICK: 'KICK #room nick[,nick] [:reason]: put people out of a room',
  KILL: 'KILL nick [:reason]: disconnect somebody (operators)',
  LINKS: 'LINKS: the servers of this network',
  LIST: 'LIST [condition[,condition]]: rooms; conditions are masks, >n and <n people, C<n T<n minutes since made or topic set',
  LOGOUT: 'LOGOUT: stay, but without your account',
  LUSERS: 'LUSERS: how many are here',
  MARKREAD: 'MARKREAD target [timestamp=time]: up to where you have read (for clients)',
  MKPASSWD: 'MKPASSWD password: what the configuration may keep of it (operators)',
  METADATA:
    'METADATA nick|#room|* GET|LIST|SET|CLEAR|SYNC|SUB|UNSUB|SUBS [key] [:value]: what people say of themselves',
  MODE: 'MODE #room|nick [modes [parameters]]: what a room allows, and to whom',
  MONITOR: 'MONITOR +|- nick[,nick], or C, L, S: hear when people come and go; clear, list, who is here',
  MOTD: 'MOTD: the message of the day',
  NAMES: 'NAMES #room[,#room]: who is in a room',
  NICK: 'NICK nick: take another nick',
  NOTICE: 'NOTICE target :text: like PRIVMSG, never answered by programs',
  OPER: 'OPER name password: become an operator of this server',
  PART: 'PART #room[,#room] [:reason]: leave rooms',
  PASS: 'PASS password: the server password, before NICK and USER',
  PASSWD: 'PASSWD password: set or change the password of your account',
  PING: 'PING token: answered by PONG token',
  PONG: 'PONG token: the answer to PING',
  PRIVMSG: 'PRIVMSG target[,target] :text: say something to a room or a person',
  QUIT: 'QUIT [:reason]: leave the network',
  REDACT: 'REDACT target msgid [:reason]: take back a message (for clients)',
  REGISTER: 'REGISTER account|* * password: make an account; * means your nick',
  REHASH: 'REHASH: read the configuration again (operators)',
  ROOM: 'ROOM REGISTER|DROP|INFO|ACCESS|FILTER #room [...]: rooms that belong to an account; ACCESS #room account a|o|h|v|-',
  SEARCH: 'SEARCH key=value;...: find what was said; keys are text, in, from, after, before, limit, has=link',
  SETNAME: 'SETNAME :name: change your real name',
  TAGMSG: 'TAGMSG target: tags without a text: reactions, typing (for clients)',
  TIME: 'TIME: the time of this server',
  TOPIC: 'TOPIC #room [:topic]: see or set the topic',
  UBAN: 'UBAN ADD nick|address|network|a:account|mask [time] [:reason], DEL, LIST: keep out (operators)',
  USER: 'USER user 0 * :real name: who you are, when registering',
  USERHOST: 'USERHOST nick [nick ...]: user and host of each',
  VERSION: 'VERSION: what this server runs',
  VERIFY: 'VERIFY account code: not needed here',
  WALLOPS: 'WALLOPS :text: to everybody with mode +w (operators)',
  WHO: 'WHO #room|nick|mask [o][%fields[,token]]: list people',
  WHOIS: 'WHOIS nick: about one person',
  WHOWAS: 'WHOWAS nick[,nick] [count]: about people who left',
};

function tell(call: Call): void {
  const subject = call.param(0).toUpperCase();
  if (subject === '') {
    call.numeric(RPL_HELPSTART, '*', 'Commands; HELP <command> tells more');
    const names = Object.keys(HELP);
    for (let i = 0; i < names.length; i += 8) call.numeric(RPL_HELPTXT, '*', names.slice(i, i + 8).join(' '));
    call.numeric(RPL_ENDOFHELP, '*', 'End of help');
    return;
  }
  const text = HELP[subject];
  if (text === undefined) {
    call.numeric(ERR_HELPNOTFOUND, /^[A-Z0-9]{1,30}$/.test(subject) ? subject : '*', 'There is no help on that');
    return;
  }
  call.numeric(RPL_HELPSTART, subject, text);
  call.numeric(RPL_ENDOFHELP, subject, 'End of help');
}
