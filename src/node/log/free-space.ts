import { statfs } from 'node:fs/promises';

/** Below this, new messages are refused: what is left is for what was accepted, and for the rest of the machine. */
const FREE_BYTES_MIN = 64 * 1024 * 1024;

/** Above this they are accepted again. Between the two nothing changes, lest it flutters. */
const FREE_BYTES_ENOUGH = 80 * 1024 * 1024;

const CHECK_MS = 5_000;

/** The bytes that we may still write to the disk of `path`. */
export async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

/** Tells when the disk is nearly full, before something fails on it, and when it is no longer. */
export class FreeSpaceWatch {
  readonly #path: string;
  readonly #freeBytes: (path: string) => Promise<number>;
  readonly #onChange: (why: string | undefined) => void;
  readonly #timer: NodeJS.Timeout;
  #low = false;
  #stopped = false;

  constructor(
    path: string,
    onChange: (why: string | undefined) => void,
    { free = freeBytes, everyMs = CHECK_MS }: { free?: typeof freeBytes; everyMs?: number } = {},
  ) {
    this.#path = path;
    this.#freeBytes = free;
    this.#onChange = onChange;
    this.#timer = setInterval(() => void this.check(), everyMs);
    this.#timer.unref();
    void this.check();
  }

  async check(): Promise<void> {
    let free: number;
    try {
      free = await this.#freeBytes(this.#path);
    } catch {
      return; // Some file systems do not tell; then a full one is noticed when it is full.
    }
    const low = free < (this.#low ? FREE_BYTES_ENOUGH : FREE_BYTES_MIN);
    if (low === this.#low || this.#stopped) return;
    this.#low = low;
    const mib = Math.floor(free / 1024 / 1024);
    const why = `The disk is nearly full (${mib} MiB left): free some space for ${this.#path}. New messages wait until then.`;
    this.#onChange(low ? why : undefined);
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }
}
