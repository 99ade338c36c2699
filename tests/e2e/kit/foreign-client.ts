/** What the tests ask of clients that other people wrote: a person at one of them, seen from outside. */
export interface ForeignClient {
  readonly name: string;
  /** Resolves when it is in its room and takes commands. */
  ready(): Promise<void>;
  /** Types a line into the window of its room: a text, or a command. */
  enter(line: string): Promise<void>;
  /** Resolves to the first line that its window of a room, or of a conversation with somebody, shows. */
  shows(window: string, pattern: RegExp, ms?: number): Promise<string>;
  /** Texts that people said in a window, in the order in which they are shown. */
  said(window: string): readonly { readonly from: string; readonly text: string }[];
}
