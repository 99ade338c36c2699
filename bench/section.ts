/** What every part of the bench takes and gives back. */
export interface BenchOptions {
  /** A look in seconds instead of figures to rely on. */
  readonly quick: boolean;
  /** How often everything is measured; each part has its own default. */
  readonly rounds?: number;
  /** Tells a person that something is going on. */
  readonly progress: (text: string) => void;
}

export interface Section {
  readonly name: string;
  /** For people: Markdown that also reads well in a terminal. */
  readonly lines: readonly string[];
  /** For programs: everything that was measured. */
  readonly figures: unknown;
}
