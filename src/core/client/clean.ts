/**
 * Makes text of others fit to be shown. Everything remote passes here once, on its way into the view, so that a face
 * may print it as it is: no terminal sequence, no character that moves or hides what stands beside it.
 *
 * What goes: C0, C1 and DEL (the escape character among them), direction overrides, embeddings and isolates (Unicode
 * TR 9; they can make a line read backwards), characters that show nothing beyond what writing and emoji need, more
 * marks on one letter than any language puts there. Lone surrogates become U+FFFD. Line ends, separators and
 * tabs become spaces: a message is one line.
 */

/** Marks and joiners on one letter. Emoji sequences and pointed Hebrew need at most 3; 4 leaves room. */
const ATTACHED_MAX = 4;
/** A flag of a region is a black flag with at most this many tag characters (Unicode TR 51, ED-14a). */
const FLAG_TAGS_MAX = 7;
/** Longer than any line that a transport lets through with its tags; only a bound for what is looked at. */
const TEXT_UNITS_MAX = 16_384;
/** Names wider than this help nobody. Rooms and nicks of real servers are at most 200 and 64 bytes. */
const NAME_UNITS_MAX = 200;

const PLAIN = /^[\x20-\x7e]*$/;

/** For message text and topics: the mIRC formatting codes stay, for the formatter. */
export function clean(text: string): string {
  return PLAIN.test(text) ? text.slice(0, TEXT_UNITS_MAX) : scrub(text.slice(0, TEXT_UNITS_MAX), true);
}

/** For text that is put into sentences (reasons, real names): formatting codes go as well. */
export function cleanPlain(text: string): string {
  const bounded = text.slice(0, TEXT_UNITS_MAX);
  // The digits of a colour code would stay behind as text.
  return PLAIN.test(bounded) ? bounded : scrub(bounded.replace(COLOUR, ''), false);
}

/** For nicks, rooms, hosts, emoji: nothing invisible, no spaces, at most two marks a letter; never empty. */
export function cleanName(name: string): string {
  const bounded = name.slice(0, NAME_UNITS_MAX);
  if (NAME.test(bounded)) return bounded;
  const visible = scrub(bounded, false).replace(NOT_IN_NAME, '').replace(MANY_MARKS, '$1');
  return visible === '' ? '?' : visible;
}

// eslint-disable-next-line no-control-regex
const COLOUR = /\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9a-fA-F]{6}(?:,[0-9a-fA-F]{6})?)?/g;
const NAME = /^[\x21-\x7e]+$/;
/** Spaces, format characters, joiners and the fillers that look like nothing. */
const NOT_IN_NAME = /[\s\p{Cf}\u034f\u115f\u1160\u2800\u3164\uffa0]/gu;
const MANY_MARKS = /(\p{M}{2})\p{M}+/gu;

/** Bold, colour, hex colour, reset, monospace, reverse, italics, strike-through, underline. */
const FORMATTING = new Set([0x02, 0x03, 0x04, 0x0f, 0x11, 0x16, 0x1d, 0x1e, 0x1f]);
const MARK = /\p{M}/u;
const BLACK_FLAG = 0x1f3f4;

function scrub(text: string, formatting: boolean): string {
  let out = '';
  let attached = 0;
  let flagTags = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (isControl(code)) {
      if (code === 0x09 || code === 0x0a || code === 0x0d) out += ' ';
      else if (formatting && FORMATTING.has(code)) out += character;
      else continue; // what shows nothing does not begin a new letter either
      attached = flagTags = 0;
    } else if (code === 0x2028 || code === 0x2029) {
      out += ' ';
      attached = flagTags = 0;
    } else if (code >= 0xd800 && code <= 0xdfff) {
      out += '\ufffd';
      attached = flagTags = 0;
    } else if (isDirection(code) || (code >= 0xfff9 && code <= 0xfffb)) {
      continue;
    } else if (code >= 0xe0020 && code <= 0xe007f) {
      if (flagTags > 0 && flagTags-- > 0) out += character;
    } else if (isInvisible(code) || (code >= 0x300 && MARK.test(character))) {
      if (attached++ < ATTACHED_MAX) out += character;
    } else {
      out += character;
      attached = 0;
      flagTags = code === BLACK_FLAG ? FLAG_TAGS_MAX : 0;
    }
  }
  return out;
}

function isControl(code: number): boolean {
  return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

/** Embeddings and overrides U+202A to U+202E, isolates U+2066 to U+2069. The plain marks are invisible, not these. */
function isDirection(code: number): boolean {
  return (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/** Takes no room: zero-width spaces and joiners, direction marks, soft hyphen, invisible operators, old tags. */
function isInvisible(code: number): boolean {
  return (
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x2060 && code <= 0x2065) ||
    (code >= 0x206a && code <= 0x206f) ||
    code === 0xad ||
    code === 0x61c ||
    code === 0x180e ||
    code === 0xfeff ||
    (code >= 0xe0000 && code <= 0xe0fff)
  );
}
