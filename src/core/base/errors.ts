/**
 * The world refuses: disk full, port taken, certificate unreadable. Caught once per shell and shown to the person.
 * `code` is an interface (stable, `area/what`); `message` is a sentence that says what to do next and may change.
 */
export class ParleyError<Code extends string = string> extends Error {
  override readonly name = 'ParleyError';
  readonly code: Code;

  constructor(code: Code, message: string, options?: { cause?: unknown }) {
    super(message, options as ErrorOptions);
    this.code = code;
  }
}
