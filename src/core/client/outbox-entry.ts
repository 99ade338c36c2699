import type { Folded } from '../wire/casemap.ts';
import type { Chance } from './client.ts';
import { isTime, readJson } from './keeper.ts';
import type { SaidItem } from './view.ts';

/** 26 characters of 36 kinds are 134 bits: nobody guesses them, no two are equal. */
const SEND_ID_LENGTH = 26;

export type Form = SaidItem['form'];

/** What is kept of a message on its way. */
export interface KeptEntry {
  readonly sendId: string;
  readonly target: string;
  readonly form: Form;
  readonly text: string;
  readonly replyTo: string | undefined;
  readonly at: number;
  /** The number it is kept under; later ones are sent later. */
  readonly seq: number;
  /**
   * The name under which it may have been sent, by what is kept; empty when it was not. A server without send ids has
   * to be asked first what became of it.
   */
  readonly as: string;
  /** Why it failed; empty when it did not. */
  readonly reason: string;
}

/** A message on its way. */
export interface Entry extends KeptEntry {
  readonly key: string;
  room: Folded;
  target: string;
  seq: number;
  as: string;
  reason: string;
  /** It may be sent when this `keep` is safe. */
  keep: number;
  state: 'queued' | 'flying' | 'failed';
  /** It was handed to a link that broke. */
  unsure: boolean;
  label: string;
  sentAt: number;
  /** Once the server answered this PING, it has handled the message. */
  barrier: number;
}

export function newEntry(kept: KeptEntry, room: Folded): Entry {
  const fresh = { keep: 0, state: 'queued' as const, unsure: false, label: '', sentAt: 0, barrier: 0 };
  return { ...kept, ...fresh, key: `s${kept.sendId}`, room };
}

/** Sorts like the numbers do. */
export function keepKey({ seq }: KeptEntry): string {
  return `out:${String(seq).padStart(12, '0')}`;
}

export function writeEntry({ sendId, target, form, text, replyTo, at, as, reason }: KeptEntry): string {
  return JSON.stringify({ sendId, target, form, text, replyTo, at, as, reason });
}

/** Reads what `writeEntry` wrote; undefined for anything else, because a store can be damaged or older. */
export function readEntry(key: string, value: string): KeptEntry | undefined {
  const seq = Number(/^out:(\d{1,15})$/.exec(key)?.[1] ?? NaN);
  const { sendId, target, form, text, replyTo, at, as, reason } = readJson(value) ?? {};
  if (Number.isNaN(seq) || typeof sendId !== 'string' || !/^[\w-]{16,64}$/.test(sendId)) return undefined;
  if (typeof target !== 'string' || target === '' || typeof text !== 'string' || !isTime(at)) return undefined;
  return {
    sendId,
    target,
    form: form === 'action' || form === 'notice' ? form : 'message',
    text,
    replyTo: typeof replyTo === 'string' ? replyTo : undefined,
    at,
    seq,
    as: typeof as === 'string' ? as : '',
    reason: typeof reason === 'string' ? reason : '',
  };
}

export function makeSendId(chance: Chance): string {
  let id = '';
  while (id.length < SEND_ID_LENGTH) id += Math.floor(chance() * 36).toString(36);
  return id;
}
