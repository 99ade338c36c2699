/**
 * What the calling thread and the storage thread say to each other. The caller sends a list of orders, then nothing
 * until it hears `served`; so all that it was asked meanwhile goes as one list, and is one transaction.
 */
import type { Answer, Restored, Retention, StoredQuery } from '../../core/ports.ts';
import type { Synchronous } from './sqlite-open.ts';

export interface StorageThreadData {
  readonly file: string;
  readonly synchronous: Synchronous;
}

/** A string is a frame (see frame.ts). Orders take effect in their order; `close` is the last. */
export type Order =
  | string
  | StoredQuery
  | { readonly kind: 'retain'; readonly rule: Retention; readonly now: number }
  | { readonly kind: 'close' };

export type Report =
  | { readonly kind: 'opened'; readonly restored: Restored }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  /** To the queries of the list being served, in their order. */
  | { readonly kind: 'answers'; readonly answers: readonly Answer[] }
  /** So many more frames are durable. */
  | { readonly kind: 'stored'; readonly frames: number }
  /** The list has been served: send the next. So many more frames are durable. */
  | { readonly kind: 'served'; readonly frames: number }
  | { readonly kind: 'trouble'; readonly why: string | undefined }
  | { readonly kind: 'retained'; readonly rows: number }
  /** The file is closed. `why` says what kept frames from being stored, if any were left. */
  | { readonly kind: 'closed'; readonly why: string | undefined };
