/** `parley replay FILE`: the hub once more, from a file that `serve --record` wrote. */
import { createHash } from 'node:crypto';
import { Hub } from '../core/hub/hub.ts';
import type { HubEffect, HubEvent } from '../core/hub/events.ts';
import { openRecording } from '../node/server/recording.ts';
import { told } from './told.ts';

export async function replay(file: string, print: boolean): Promise<void> {
  process.stdout.on('error', () => process.exit(0)); // a reader that has seen enough (`| head`)
  await told(async () => {
    const { settings, restored, events } = await openRecording(file);
    const hub = new Hub(settings, restored);
    const counts = new Map<string, number>();
    const hash = createHash('sha256');
    let taken = 0;
    for await (const event of events) {
      taken += 1;
      if (print) printEvent(event);
      for (const effect of hub.handle(event)) {
        counts.set(effect.kind, (counts.get(effect.kind) ?? 0) + 1);
        hash.update(JSON.stringify(effect)).update('\n');
        if (print) printEffect(effect);
      }
    }
    const summary = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => `${kind} ${count}`);
    process.stdout.write(`events ${taken}\n${summary.join('\n')}\nhash ${hash.digest('hex')}\n`);
  });
}

function printEvent(event: HubEvent): void {
  if (event.kind === 'opened') out(`${event.conn} opened from ${event.peer.kind} as ${event.host}`);
  if (event.kind === 'line') {
    out(`${event.conn} > ${typeof event.line === 'string' ? visible(event.line) : `(${event.line.fault})`}`);
  }
  if (event.kind === 'closed') out(`${event.conn} closed: ${event.reason}`);
}

function printEffect(effect: HubEffect): void {
  if (effect.kind === 'send') {
    for (const line of effect.text.trimEnd().split('\r\n')) out(`${effect.to.join(',')} < ${visible(line)}`);
  }
  if (effect.kind === 'close') out(`${effect.conn} close: ${effect.reason}`);
}

/** What people said may hold control characters, which must not reach a terminal. */
function visible(line: string): string {
  // eslint-disable-next-line no-control-regex
  return line.replace(/[\u0000-\u001f\u007f-\u009f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function out(line: string): void {
  process.stdout.write(`${line}\n`);
}
