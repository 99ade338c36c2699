/**
 * Bytes from a terminal into keys, whatever way they are cut. Understood are UTF-8 text, control characters, ESC
 * before a key (Alt), CSI and SS3 sequences with modifiers, CSI-u (https://sw.kovidgoyal.net/kitty/keyboard-protocol/),
 * xterm's modifyOtherKeys, bracketed paste, and focus events; every other sequence is swallowed whole.
 *
 * Two things are decided by time. An ESC that nothing follows for `ESCAPE_MS` is the key itself. A paste whose end
 * does not come within `PASTE_MS` of its last byte is over: otherwise one lost marker would freeze the input for good.
 */

export type Key =
  /** `enter`, `alt-enter`, `ctrl-a`, `alt-b`, `shift-tab`, `f1`, `up`, `alt-up`, `pageup`: modifiers in the order ctrl, alt, shift. */
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string }
  /** Lines are separated by `\n`. */
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'focus'; readonly focused: boolean };

export const ESCAPE_MS = 50;
export const PASTE_MS = 200;
/** A longer paste is cut here: a message is far shorter, and files have their own way. */
export const PASTE_BYTES_MAX = 256 * 1024;
/** No sequence that a terminal sends for a key is longer; whatever is, is thrown away. */
const SEQUENCE_BYTES_MAX = 64;

const ESC = 0x1b;
const PASTE_END = Buffer.from('\x1b[201~');

export class KeyReader {
  /** When to call `woke`; undefined while nothing waits. */
  wakeAt: number | undefined;
  /** Bytes of a key that is not whole yet. */
  #pending: Buffer = Buffer.alloc(0);
  #paste: Buffer[] | undefined;

  feed(bytes: Uint8Array, now: number): Key[] {
    const keys: Key[] = [];
    let input: Buffer = this.#pending.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#pending, bytes]);
    this.#pending = Buffer.alloc(0);
    while (input.length > 0) {
      if (this.#paste !== undefined) {
        const rest = this.#readPaste(input, keys);
        if (rest === undefined) break;
        input = rest;
        continue;
      }
      const read = readKey(input);
      if (read === 'more') {
        this.#pending = input;
        break;
      }
      if (read.key === 'paste-begins') this.#paste = [];
      else if (read.key !== undefined) push(keys, read.key);
      input = input.subarray(read.bytes);
    }
    if (this.#paste !== undefined) this.wakeAt = now + PASTE_MS;
    else this.wakeAt = this.#pending.length > 0 ? now + ESCAPE_MS : undefined;
    return keys;
  }

  /** Time has passed: what waits for more bytes is taken as it is. */
  woke(now: number): Key[] {
    if (this.wakeAt === undefined || now < this.wakeAt) return [];
    this.wakeAt = undefined;
    const pending = this.#pending;
    this.#pending = Buffer.alloc(0);
    if (this.#paste !== undefined) {
      this.#keepPaste(pending);
      return this.#endPaste();
    }
    if (pending[0] !== ESC) return [];
    if (pending.length === 1) return [{ kind: 'key', name: 'escape' }];
    // `ESC [` and `ESC O` alone are Alt with that letter; a longer beginning of a sequence is thrown away.
    return pending.length === 2
      ? [{ kind: 'key', name: `alt-${String.fromCharCode(pending[1] ?? 0).toLowerCase()}` }]
      : [];
  }

  /** Returns what follows the end of the paste, or undefined when the paste goes on. */
  #readPaste(input: Buffer, keys: Key[]): Buffer | undefined {
    const end = input.indexOf(PASTE_END);
    if (end !== -1) {
      this.#keepPaste(input.subarray(0, end));
      keys.push(...this.#endPaste());
      return input.subarray(end + PASTE_END.length);
    }
    // The end marker may be cut in two: bytes that could be its beginning wait.
    let held = Math.min(PASTE_END.length - 1, input.length);
    while (held > 0 && !PASTE_END.subarray(0, held).equals(input.subarray(input.length - held))) held -= 1;
    this.#keepPaste(input.subarray(0, input.length - held));
    this.#pending = Buffer.from(input.subarray(input.length - held));
    return undefined;
  }

  #keepPaste(bytes: Buffer): void {
    let kept = 0;
    for (const part of this.#paste ?? []) kept += part.length;
    if (bytes.length > 0 && kept < PASTE_BYTES_MAX)
      this.#paste?.push(Buffer.from(bytes.subarray(0, PASTE_BYTES_MAX - kept)));
  }

  #endPaste(): Key[] {
    const text = Buffer.concat(this.#paste ?? []).toString('utf8');
    this.#paste = undefined;
    // Terminals send the line breaks of a paste as CR, as if they had been typed.
    return text === '' ? [] : [{ kind: 'paste', text: text.replace(/\r\n?/g, '\n') }];
  }
}

/** Letters typed in a row are one text. */
function push(keys: Key[], key: Key): void {
  const last = keys.at(-1);
  if (key.kind === 'text' && last?.kind === 'text')
    keys[keys.length - 1] = { kind: 'text', text: last.text + key.text };
  else keys.push(key);
}

interface Read {
  /** Undefined for a sequence that means nothing here. */
  readonly key: Key | 'paste-begins' | undefined;
  readonly bytes: number;
}

function readKey(input: Buffer): Read | 'more' {
  const first = input[0] ?? 0;
  if (first === ESC) return readEscape(input);
  if (first < 0x20 || first === 0x7f) return { key: named(controlName(first)), bytes: 1 };
  return readText(input);
}

function readEscape(input: Buffer): Read | 'more' {
  const second = input[1];
  if (second === undefined) return 'more';
  if (second === 0x5b) return readCsi(input);
  if (second === 0x4f) return readSs3(input);
  if (second === ESC) {
    // Some terminals put ESC before a whole sequence for Alt; two presses of Escape look the same at first.
    const inner = readKey(input.subarray(1));
    if (inner === 'more') return 'more';
    if (inner.key === 'paste-begins' || inner.key?.kind !== 'key') return { key: named('escape'), bytes: 1 };
    return { key: named(withAlt(inner.key.name)), bytes: inner.bytes + 1 };
  }
  const inner = readKey(input.subarray(1));
  if (inner === 'more') return 'more';
  if (inner.key === 'paste-begins' || inner.key === undefined) return { key: undefined, bytes: inner.bytes + 1 };
  if (inner.key.kind === 'key') return { key: named(withAlt(inner.key.name)), bytes: inner.bytes + 1 };
  if (inner.key.kind === 'text') return { key: named(withAlt(keyOfText(inner.key.text))), bytes: inner.bytes + 1 };
  return { key: undefined, bytes: inner.bytes + 1 };
}

function readText(input: Buffer): Read | 'more' {
  const first = input[0] ?? 0;
  const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  // A byte that cannot go on ends the letter early; what is not UTF-8 (a Latin-1 terminal) becomes U+FFFD, one a byte.
  for (let index = 1; index < length; index += 1) {
    const byte = input[index];
    if (byte === undefined) return 'more';
    if ((byte & 0xc0) !== 0x80) return { key: { kind: 'text', text: '\ufffd' }, bytes: index };
  }
  const text = input.toString('utf8', 0, length);
  return { key: { kind: 'text', text: text.startsWith('\ufffd') ? '\ufffd' : text }, bytes: length };
}

/** ESC [ parameters intermediates final (ECMA-48 §5.4). */
function readCsi(input: Buffer): Read | 'more' {
  let at = 2;
  while (at < input.length && at < SEQUENCE_BYTES_MAX) {
    const byte = input[at] ?? 0;
    if (byte >= 0x40 && byte <= 0x7e) {
      const parameters = input.toString('latin1', 2, at);
      return { key: csiKey(parameters, String.fromCharCode(byte)), bytes: at + 1 };
    }
    // A byte that no sequence may hold: the terminal began anew.
    if (byte < 0x20 || byte > 0x7e) return { key: undefined, bytes: at };
    at += 1;
  }
  return at >= SEQUENCE_BYTES_MAX ? { key: undefined, bytes: at } : 'more';
}

const CSI_LETTERS: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  E: 'begin',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
};

/** `ESC [ number ~`. */
const CSI_NUMBERS: Readonly<Record<string, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
};

function csiKey(parameters: string, final: string): Read['key'] {
  if (parameters === '' && final === 'I') return { kind: 'focus', focused: true };
  if (parameters === '' && final === 'O') return { kind: 'focus', focused: false };
  if (parameters === '' && final === 'Z') return named('shift-tab');
  if (!/^[\d;:]*$/.test(parameters)) return undefined;
  const [first = '', second = '', third = ''] = parameters.split(';');
  if (final === '~') {
    if (first === '200') return 'paste-begins';
    // xterm's modifyOtherKeys: 27 ; modifier ; code ~.
    if (first === '27') return codeKey(Number(third), modifiers(second));
    const name = CSI_NUMBERS[first];
    return name === undefined ? undefined : named(withModifiers(name, modifiers(second)));
  }
  if (final === 'u') return isRelease(second) ? undefined : codeKey(Number(first.split(':')[0]), modifiers(second));
  const name = CSI_LETTERS[final];
  return name === undefined || isRelease(second) ? undefined : named(withModifiers(name, modifiers(second)));
}

function readSs3(input: Buffer): Read | 'more' {
  const byte = input[2];
  if (byte === undefined) return 'more';
  const name = byte === 0x4d ? 'enter' : CSI_LETTERS[String.fromCharCode(byte)];
  if (name !== undefined) return { key: named(name), bytes: 3 };
  // Alt-Shift-O, then something else.
  return { key: named('alt-o'), bytes: 2 };
}

interface Modifiers {
  readonly shift: boolean;
  readonly alt: boolean;
  readonly ctrl: boolean;
}

/** One more than the sum of 1 (Shift), 2 (Alt), 4 (Ctrl), 8 (Super), …; behind a colon stands press, repeat or release. */
function modifiers(parameter: string): Modifiers {
  const bits = Math.max(0, (Number(parameter.split(':')[0]) || 1) - 1);
  // Meta (32) is what some terminals call Alt.
  return { shift: (bits & 1) !== 0, alt: (bits & (2 | 32)) !== 0, ctrl: (bits & 4) !== 0 };
}

function isRelease(parameter: string): boolean {
  return parameter.split(':')[1] === '3';
}

/** A key given by its Unicode code point. */
function codeKey(code: number, held: Modifiers): Key | undefined {
  if (!Number.isInteger(code) || code < 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
  if (code === ESC) return named(withModifiers('escape', held));
  if (code < 0x20 || code === 0x7f) return named(withModifiers(controlName(code), held));
  // The private use area holds keys (keypad, media) that have no meaning here.
  if (code >= 0xe000 && code <= 0xf8ff) return undefined;
  const text = String.fromCodePoint(code);
  if (!held.ctrl && !held.alt) return { kind: 'text', text: held.shift ? text.toUpperCase() : text };
  return named(withModifiers(keyOfText(text), { ...held, shift: false }));
}

function controlName(code: number): string {
  if (code === 0x0d) return 'enter';
  if (code === 0x09) return 'tab';
  if (code === 0x7f || code === 0x08) return 'backspace';
  if (code === 0) return 'ctrl-space';
  return `ctrl-${String.fromCharCode(code + 0x40).toLowerCase()}`;
}

function keyOfText(text: string): string {
  return text === ' ' ? 'space' : text.toLowerCase();
}

function withModifiers(name: string, held: Modifiers): string {
  return `${held.ctrl ? 'ctrl-' : ''}${held.alt ? 'alt-' : ''}${held.shift ? 'shift-' : ''}${name}`;
}

function withAlt(name: string): string {
  if (name.includes('alt-')) return name;
  return name.startsWith('ctrl-') ? `ctrl-alt-${name.slice('ctrl-'.length)}` : `alt-${name}`;
}

function named(name: string): Key {
  return { kind: 'key', name };
}
