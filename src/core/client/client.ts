/** Placeholder replaced by the client author; the signatures are the contract. */
import type { ClientEffect, ClientEvent, ClientSettings } from './events.ts';
import type { ClientView } from './view.ts';

/** Chance is handed in: a number in [0, 1). */
export type Chance = () => number;

export declare class Client {
  constructor(settings: ClientSettings, chance: Chance);
  /** Takes one event; returns what must be done, in order. `view` is up to date afterwards. */
  handle(event: ClientEvent): ClientEffect[];
  /** When to send `woke`; undefined for never. */
  readonly wakeAt: number | undefined;
  readonly view: ClientView;
}
