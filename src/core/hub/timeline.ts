/**
 * Timelines: where rows are kept, when they were said, and what they are called.
 *
 * A room's timeline is its folded name; a conversation of two is named by both identities. Rows of one timeline have
 * strictly rising times, so `at` is their key, and history, live delivery and server-time are one order.
 */
import type { Folded } from '../wire/casemap.ts';

/** Identities hold no space: accounts and stays are nick-like. `=` begins no room name. */
export function conversation(a: string, b: string): string {
  return a < b ? `=${a} ${b}` : `=${b} ${a}`;
}

/** The other of the two, seen from `identity`; undefined for a timeline that is not a conversation of theirs. */
export function otherOf(timeline: string, identity: string): string | undefined {
  if (!timeline.startsWith('=')) return undefined;
  const [a, b] = timeline.slice(1).split(' ');
  if (a === identity) return b;
  return b === identity ? a : undefined;
}

/** How many timelines' last times are held; past it the older half becomes one common floor. */
const REMEMBERED_MAX = 20_000;

/** Gives each row of a timeline its time: the log's clock, but always above the row before. */
export class Times {
  private readonly last = new Map<string, number>();
  private floor: number;

  /** `floor` is the latest time in the store: a clock that was set back must not write into the past. */
  constructor(floor: number) {
    this.floor = floor;
  }

  next(timeline: string | Folded, now: number): number {
    const at = Math.max(now, (this.last.get(timeline) ?? this.floor) + 1);
    this.last.set(timeline, at);
    if (this.last.size > REMEMBERED_MAX) this.forget();
    return at;
  }

  private forget(): void {
    let left = REMEMBERED_MAX / 2;
    for (const [timeline, at] of this.last) {
      if (left-- === 0) break;
      this.floor = Math.max(this.floor, at);
      this.last.delete(timeline);
    }
  }
}

/** A row's place in its timeline. Its message id is written only when somebody wants to see it. */
export class Place {
  readonly at: number;
  private readonly pos: number;
  private readonly incarnation: string;
  private written = '';

  constructor(at: number, pos: number, incarnation: string) {
    this.at = at;
    this.pos = pos;
    this.incarnation = incarnation;
  }

  get msgid(): string {
    if (this.written === '') this.written = writeMsgid(this.at, this.pos, this.incarnation);
    return this.written;
  }
}

/**
 * A message id tells the row's place: its time, then its position, then the store it is from. So it is unique for
 * ever, and history finds the place without an index. To clients it is opaque (IRCv3 message-ids).
 */
export function writeMsgid(at: number, pos: number, incarnation: string): string {
  return `${at.toString(36)}-${pos.toString(36)}-${incarnation}`;
}

const MSGID = /^([0-9a-z]{1,10})-([0-9a-z]{1,10})-[0-9a-z]{1,16}$/;

/** The time within a message id, or undefined when it is not one of ours. */
export function msgidTime(msgid: string): number | undefined {
  const at = MSGID.exec(msgid)?.[1];
  return at === undefined ? undefined : Number.parseInt(at, 36);
}
