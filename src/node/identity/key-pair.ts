/** A certificate (with its chain) and its key, PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}
