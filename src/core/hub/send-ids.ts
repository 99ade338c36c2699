import type { Place } from './timeline.ts';

/**
 * Send ids: a client names each message with an id of its own choice and sends it again, with the same id, when a
 * link broke before the echo came. The first arrival is what counts; a later one is answered with its result.
 * The newest are held here; older ones are found in the store (docs/ext/send-id.md).
 */
export interface Sent {
  readonly place: Place;
  /** The line as it was sent, to tell a resend from a second message under the same id. */
  readonly body: string;
  readonly tags: string;
}

/** Some minutes of a busy server, and at most 45 MB when every message has all the tags it may; the store knows the rest. */
const HELD_MAX = 10_000;

/** At least 96 bits in base 64, so that nobody can name (and so silence) a message of somebody else. */
const SEND_ID = /^[A-Za-z0-9_-]{16,64}$/;

export function isSendId(text: string): boolean {
  return SEND_ID.test(text);
}

export class SendIds {
  private readonly held = new Map<string, Sent>();

  get(sendId: string): Sent | undefined {
    return this.held.get(sendId);
  }

  /** The message was taken back: that there was one is all that a resend needs. */
  forgetWords(sendId: string): void {
    const sent = this.held.get(sendId);
    if (sent !== undefined) this.held.set(sendId, { ...sent, body: '', tags: '' });
  }

  add(sendId: string, sent: Sent): void {
    this.held.set(sendId, sent);
    if (this.held.size <= HELD_MAX) return;
    for (const oldest of this.held.keys()) {
      this.held.delete(oldest);
      break;
    }
  }
}
