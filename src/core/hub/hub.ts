/** Placeholder: the hub is being written; the signatures are the contract. */
import type { Restored } from '../ports.ts';
import type { HubEffect, HubEvent, HubSettings } from './events.ts';

export declare class Hub {
  constructor(settings: HubSettings, restored: Restored);
  /** Takes one event; returns what must be done, in order. */
  handle(event: HubEvent): readonly HubEffect[];
  /** When to send `woke`; undefined for never. */
  readonly wakeAt: number | undefined;
  /** For metrics and the status line. */
  readonly counts: { readonly connections: number; readonly people: number; readonly rooms: number };
}
