import { fold, type Folded } from '../wire/casemap.ts';

/** Tokens kept from RPL_ISUPPORT: no server has a hundred, and one could send them for ever. */
const TOKENS_MAX = 300;

/**
 * What the server says about itself (RPL_ISUPPORT), with the defaults of servers that say nothing.
 * https://modern.ircdocs.horse/#rplisupport-parameters
 */
export class ServerFacts {
  network = '';
  /** Most messages one CHATHISTORY may ask for; 0 when the server names no limit. */
  historyPage = 0;
  /** Bytes of a line with its ending. */
  lineBytes = 512;
  nickLength = 30;
  roomTypes = '#&';
  /** `@` and `+`: the symbols of ranks, highest first, and the mode letters behind them. */
  prefixSymbols = '@+';
  prefixModes = 'ov';
  /** Room modes by kind: lists, always with a parameter, with one when set, never. */
  modeKinds: readonly string[] = ['b', 'k', 'l', 'imnpst'];
  /** Client-only tags the server drops: names, or `*` with exceptions (IRCv3 message-tags, CLIENTTAGDENY). */
  private tagsDenied: readonly string[] = [];
  private rfc1459 = false;
  private tokens = 0;

  /** How names are compared on this server. */
  fold(name: string): Folded {
    return this.rfc1459 ? fold(name.replace(/[[\]\\~]/g, (c) => RFC1459[c] ?? c)) : fold(name);
  }

  isRoom(name: string): boolean {
    return name !== '' && this.roomTypes.includes(name.charAt(0));
  }

  /** `@#tea` is said to those in #tea with a rank: the room is #tea (STATUSMSG). */
  roomOf(target: string): string {
    const bare = this.prefixSymbols.includes(target.charAt(0)) ? target.slice(1) : target;
    return this.isRoom(bare) ? bare : target;
  }

  allowsTag(name: string): boolean {
    if (this.tagsDenied.includes(`-${name}`)) return true;
    return !this.tagsDenied.includes('*') && !this.tagsDenied.includes(name);
  }

  /** Takes the parameters of one RPL_ISUPPORT, without the nick and the closing sentence. */
  learn(tokens: readonly string[]): void {
    for (const token of tokens) {
      if (this.tokens++ > TOKENS_MAX) return;
      const equals = token.indexOf('=');
      const name = equals === -1 ? token : token.slice(0, equals);
      this.learnOne(name, equals === -1 ? '' : token.slice(equals + 1));
    }
  }

  private learnOne(name: string, value: string): void {
    switch (name) {
      case 'NETWORK':
        this.network = value.replaceAll('\\x20', ' ');
        break;
      case 'CHATHISTORY':
        this.historyPage = count(value, 0, 10_000, 0);
        break;
      case 'LINELEN':
        this.lineBytes = count(value, 512, 16_384, 512);
        break;
      case 'NICKLEN':
        this.nickLength = count(value, 1, 200, 30);
        break;
      case 'CHANTYPES':
        if (/^[^\sA-Za-z0-9]{1,8}$/.test(value)) this.roomTypes = value;
        break;
      case 'PREFIX':
        this.learnPrefix(value);
        break;
      case 'CHANMODES':
        this.modeKinds = value.split(',').slice(0, 4);
        break;
      case 'CASEMAPPING':
        this.rfc1459 = value === 'rfc1459' || value === 'strict-rfc1459' || value === 'rfc1459-strict';
        break;
      case 'CLIENTTAGDENY':
        this.tagsDenied = value.split(',').slice(0, 100);
        break;
    }
  }

  private learnPrefix(value: string): void {
    const match = /^\(([A-Za-z]{0,16})\)([^\sA-Za-z0-9]{0,16})$/.exec(value);
    if (match?.[1] === undefined || match[2] === undefined || match[1].length !== match[2].length) return;
    this.prefixModes = match[1];
    this.prefixSymbols = match[2];
  }
}

const RFC1459: Record<string, string> = { '[': '{', ']': '}', '\\': '|', '~': '^' };

function count(text: string, min: number, max: number, otherwise: number): number {
  const n = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  return n >= min && n <= max ? n : otherwise;
}
