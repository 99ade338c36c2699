/** A change as one line for people: `12:05 ana: did you see`. No columns, no boxes, no colours, nothing that moves. */
import type { ClientView, LinkState, RoomView, SaidItem } from '../../core/client/view.ts';
import { formatText, visibleText } from '../shared/format/format.ts';
import type { Clock } from './clock.ts';
import type { Change } from './journal.ts';
import { printable } from './width.ts';

/** Undefined when there is nothing to say. */
export function plainLine(change: Change, view: ClientView, clock: Clock): string | undefined {
  switch (change.kind) {
    case 'link':
      return oneLine(`-- ${linkLine(change.link, change.nick)}`);
    case 'room':
      return change.room.kind === 'server' ? undefined : oneLine(roomLine(change.room));
    case 'said':
      // What is on its way is told when it arrived, or when it has to wait.
      return change.item.own && change.item.delivery.state === 'sending' ? undefined : saidLine(change, view, clock);
    case 'delivery':
      return change.item.delivery.state === 'sending' ? undefined : saidLine(change, view, clock);
    case 'happened':
      return happenedLine(change, view, clock);
    case 'gap':
      return oneLine(`-- ${where(change.room, view)}Messages are missing here.`);
    case 'reacted':
      return oneLine(
        `-- ${where(change.room, view)}${change.nick} reacted ${change.emoji} to ${change.item.from}: ${start(change.item.text)}`,
      );
  }
}

function roomLine({ name, topic }: RoomView): string {
  return `-- You are in ${name} now.${topic === '' ? '' : ` Topic: ${visibleText(formatText(topic))}`}`;
}

/** What the server tells everybody who connects is left out unless it is asked for: a dozen lines that nobody hears twice. */
function happenedLine(
  { room, item }: Extract<Change, { kind: 'happened' }>,
  view: ClientView,
  clock: Clock,
): string | undefined {
  if (room.kind === 'server' && room.id !== view.current && item.what === 'info') return undefined;
  return oneLine(`${clock.time(item.at)} ${where(room, view)}${item.what === 'error' ? '! ' : ''}${item.text}`);
}

function saidLine(
  { room, item }: Extract<Change, { kind: 'said' | 'delivery' }>,
  view: ClientView,
  clock: Clock,
): string {
  const text = visibleText(formatText(item.text));
  const line = `${clock.time(item.at)} ${where(room, view)}${speaker(item)}${text}`;
  if (item.delivery.state === 'failed') return oneLine(`! not sent (${item.delivery.reason}): ${text}`);
  return oneLine(item.delivery.state === 'queued' ? `-- queued: ${text}` : line);
}

function speaker({ form, from, replyTo }: SaidItem): string {
  if (form === 'action') return `* ${from} `;
  if (form === 'notice') return `-${from}- `;
  if (replyTo === undefined) return `${from}: `;
  return `${from} replied to ${replyTo.from === '' ? 'an earlier message' : replyTo.from}: `;
}

/** Only what is not in the current room says where it is. */
function where(room: { readonly id: string; readonly name: string }, view: ClientView): string {
  return room.id === view.current ? '' : `[${room.name}] `;
}

function linkLine(link: LinkState, nick: string): string {
  switch (link.state) {
    case 'connecting':
      return 'Connecting.';
    case 'registering':
      return 'Signing in.';
    case 'online':
      return `Online as ${nick}.`;
    case 'offline':
      return `Not connected: ${link.reason.replace(/\.$/, '')}. Trying again by itself; what you write is kept.`;
    case 'refused':
      return `Refused: ${link.reason}`;
  }
}

/** Enough of a message to know which it is. */
function start(text: string): string {
  const visible = visibleText(formatText(text));
  return visible.length > 40 ? `${visible.slice(0, 40)}…` : visible;
}

function oneLine(text: string): string {
  return printable(text).replaceAll('\n', ' ');
}
