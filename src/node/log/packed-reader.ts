import { assert } from '../../core/base/assert.ts';

/** How a string that may be absent is counted. */
export function optionLength(text: string | undefined): number {
  return text === undefined ? 0 : text.length + 1;
}

/** Walks through packed text. It is ours alone, so what does not read as such is a broken invariant. */
export class PackedReader {
  readonly #text: string;
  #index = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get ended(): boolean {
    return this.#index >= this.#text.length;
  }

  get index(): number {
    return this.#index;
  }

  /** A whole number and the one character after it. */
  number(): number {
    const negative = this.#text.charCodeAt(this.#index) === 0x2d;
    if (negative) this.#index += 1;
    let value = 0;
    for (;;) {
      const digit = this.#text.charCodeAt(this.#index++) - 0x30;
      if (digit >= 0 && digit <= 9) value = value * 10 + digit;
      else break;
    }
    assert(this.#index <= this.#text.length, 'packed text ends within a number');
    return negative ? -value : value;
  }

  text(length: number): string {
    if (length === 0) return '';
    const start = this.#index;
    this.skip(length);
    return this.#text.slice(start, this.#index);
  }

  option(lengthPlusOne: number): string | undefined {
    return lengthPlusOne === 0 ? undefined : this.text(lengthPlusOne - 1);
  }

  skip(length: number): void {
    this.#index += length;
    assert(this.#index <= this.#text.length, 'packed text ends within a string');
  }

  /** What was read since `start`. */
  since(start: number): string {
    return this.#text.slice(start, this.#index);
  }
}
