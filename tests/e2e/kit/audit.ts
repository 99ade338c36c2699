/** Compares what people saw with what history holds. Pure, so that it can be tested against tampered history. */
import type { Seen } from './irc.ts';

/** What one observer saw in one room between joining and losing the link: without a gap, so in history as well. */
export interface Run {
  readonly observer: string;
  readonly seen: readonly Seen[];
}

export interface Testimony {
  /** Texts that were handed to the server, in the order of each sender. No text is sent twice. */
  readonly sent: ReadonlyMap<string, readonly string[]>;
  /** Echoes that senders got, resends included. */
  readonly echoed: readonly Seen[];
  readonly runs: readonly Run[];
}

/** All that is wrong with the history of one room; empty when everything is as promised. */
export function faultsIn(history: readonly Seen[], { sent, echoed, runs }: Testimony): string[] {
  const faults: string[] = [];
  const place = new Map<string, number>();
  const texts = new Set<string>();
  for (const [index, row] of history.entries()) {
    const before = history[index - 1];
    if (before !== undefined && before.time >= row.time) faults.push(`time: ${before.time} is before ${shown(row)}`);
    if (place.has(row.msgid)) faults.push(`doubled id: ${shown(row)}`);
    if (texts.has(row.text)) faults.push(`doubled text: ${shown(row)}`);
    place.set(row.msgid, index);
    texts.add(row.text);
  }
  faults.push(...faultsOfSenders(history, sent));
  for (const echo of echoed) {
    const row = history[place.get(echo.msgid) ?? -1];
    if (row === undefined) faults.push(`lost: ${shown(echo)} was acknowledged`);
    else if (shown(row) !== shown(echo)) faults.push(`changed: ${shown(echo)} was acknowledged, ${shown(row)} is kept`);
  }
  for (const { observer, seen } of runs) faults.push(...faultsOfRun(history, place, observer, seen));
  return faults;
}

/** Each sender's messages are in the order in which they were written, and nobody else's words are among them. */
function faultsOfSenders(history: readonly Seen[], sent: Testimony['sent']): string[] {
  const faults: string[] = [];
  const ranks = new Map<string, Map<string, number>>();
  for (const [nick, texts] of sent) ranks.set(nick, new Map(texts.map((text, rank) => [text, rank])));
  const last = new Map<string, number>();
  for (const row of history) {
    const rank = ranks.get(row.from)?.get(row.text);
    if (rank === undefined) faults.push(`invented: ${shown(row)}`);
    else if (rank < (last.get(row.from) ?? -1)) faults.push(`order of the sender: ${shown(row)}`);
    else last.set(row.from, rank);
  }
  return faults;
}

/** The run is a piece of history: the same messages next to each other. */
function faultsOfRun(
  history: readonly Seen[],
  place: ReadonlyMap<string, number>,
  observer: string,
  seen: readonly Seen[],
): string[] {
  const [first] = seen;
  if (first === undefined) return [];
  const start = place.get(first.msgid);
  if (start === undefined) return [`lost: ${observer} saw ${shown(first)}`];
  for (const [index, live] of seen.entries()) {
    const row = history[start + index];
    if (row === undefined || shown(row) !== shown(live)) {
      return [`order: ${observer} saw ${shown(live)} where history has ${row === undefined ? 'an end' : shown(row)}`];
    }
  }
  return [];
}

function shown({ msgid, time, from, target, text }: Seen): string {
  return `${time} ${msgid} <${from}> ${target} "${text}"`;
}
