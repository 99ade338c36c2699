/** Placeholder replaced by the wire author; the signatures are the contract. */
export type Tags = ReadonlyMap<string, string>;
export const NO_TAGS: Tags = new Map();

export interface Message {
  readonly tags: Tags;
  /** Without the leading colon; empty when the line named none. */
  readonly source: string;
  /** In upper case. */
  readonly command: string;
  readonly params: readonly string[];
}
export type MessageFault = 'empty' | 'bad-command' | 'tags-too-long' | 'tag-without-key';
export type Parsed = { readonly ok: true; readonly message: Message } | { readonly ok: false; readonly fault: MessageFault };
export declare function parseMessage(line: string): Parsed;
/** Partial is allowed: source and tags may be left out. No line ending. */
export declare function formatMessage(message: { tags?: Tags; source?: string; command: string; params: readonly string[] }): string;
/** `:source COMMAND a b :c` without tags: the last parameter gets a colon when it needs one (empty, has a space, begins with a colon). */
export declare function formatBody(source: string, command: string, params: readonly string[]): string;
/** Reads `a=1;+b` (no `@`). The last of two equal keys wins (IRCv3 message-tags). */
export declare function parseTags(text: string): { ok: true; tags: Tags } | { ok: false; fault: MessageFault };
/** Writes tags without the `@`, values escaped; empty for none. */
export declare function formatTags(tags: Tags): string;
export declare function escapeTagValue(value: string): string;
