/** Finding where a link ends. Only schemes that lead to a page, a letter or a chat are links; `javascript:` never is. */

/** What cannot stand in a link: white space, control characters, quotes, brackets and the marks `|` and `` ` ``. */
const BODY = /[^\s\x00-\x1f\x7f<>"|`\\^{}]+/y;
const VALID = /^(?:(?:https?|ircs?):\/\/[\p{L}\p{N}[]|mailto:[^@]+@[^@]+$)/iu;

/**
 * The link that begins here, or undefined when what follows is none; `run` is how much was looked at, and holds no
 * other link. Punctuation that ends the sentence, closing marks, and a bracket that was opened before the link are
 * left outside.
 */
export function readLink(text: string, at: number): { link: string | undefined; run: number } {
  BODY.lastIndex = at;
  const run = BODY.exec(text)?.[0] ?? '';
  const link = withoutTail(run);
  return { link: VALID.test(link) ? link : undefined, run: run.length };
}

const CLOSING: Readonly<Record<string, string>> = { ')': '(', ']': '[' };

function withoutTail(run: string): string {
  const open: Record<string, number> = { '(': 0, ')': 0, '[': 0, ']': 0 };
  for (const char of run) if (char in open) open[char] = (open[char] ?? 0) + 1;
  let end = run.length;
  for (; end > 0; end -= 1) {
    const last = run[end - 1] as string;
    const opener = CLOSING[last];
    if (opener !== undefined && (open[last] ?? 0) > (open[opener] ?? 0)) open[last] = (open[last] ?? 0) - 1;
    else if (!".,:;!?'*_~".includes(last)) break;
  }
  return run.slice(0, end);
}
