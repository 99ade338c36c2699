/** We are wrong: a broken invariant of our own. Nothing catches it; the process stops with history already safe. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Stops the program when something that our own code guarantees does not hold. Never used on a peer's input. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Marks the end of a `switch` over a union: a missing case is a compile error. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${JSON.stringify(value)}`);
}
