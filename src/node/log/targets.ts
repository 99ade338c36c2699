import type { Query } from '../../core/ports.ts';

export type TargetsQuery = Extract<Query, { kind: 'targets' }>;
export interface Target {
  readonly timeline: string;
  readonly at: number;
}

/** Of timelines with the time of their newest message: those that the query asks for, in its order. */
export function chooseTargets(newest: ReadonlyMap<string, number>, query: TargetsQuery): Target[] {
  const targets: Target[] = [];
  for (const [timeline, at] of newest) {
    if (at > query.after && at < query.before) targets.push({ timeline, at });
  }
  // Two timelines may share a millisecond; the name makes the order the same in every store.
  targets.sort((a, b) => a.at - b.at || (a.timeline < b.timeline ? -1 : 1));
  return targets.slice(0, Math.max(0, query.limit));
}
