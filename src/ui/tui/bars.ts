/** What stands around the log: the header with the link's state, the list of rooms, the status line. */
import type { ClientView, LinkState, RoomView } from '../../core/client/view.ts';
import { formatText, visibleText } from '../shared/format/format.ts';
import type { Face } from './face.ts';
import { fitRow, MUTED, padRow, PLAIN, span, spread, type Look, type Row, type Span } from './row.ts';
import { fit, pad, widthOf } from './width.ts';

const BAR: Look = { role: 'bar' };

export function headerRow(face: Face): Row {
  const { room, view, columns } = face;
  const right = [span(` ${linkText(view.link, face.now)}${face.secure ? ' tls' : ''} `, BAR)];
  if (room === undefined) return spread([span(' parley', BAR)], right, columns, BAR);
  const people =
    room.members.length > 0 ? `${room.members.length} ${room.members.length === 1 ? 'person' : 'people'}` : '';
  const about = [people, visibleText(formatText(room.topic))].filter((part) => part !== '').join(' · ');
  const left: Span[] = [span(` ${room.name}`, { ...BAR, bold: true }), span(about === '' ? '' : `  ${about}`, BAR)];
  return spread(left, right, columns, BAR);
}

/** Signs differ in shape, words say the rest. */
function linkText(link: LinkState, now: number): string {
  switch (link.state) {
    case 'connecting':
      return link.attempt > 1 ? `◌ connecting, try ${link.attempt}` : '◌ connecting';
    case 'registering':
      return '◌ signing in';
    case 'online':
      if (link.silentMs >= SILENT_MS) return `◔ no answer ${Math.round(link.silentMs / 1000)} s`;
      if (link.lagMs === undefined) return '● online';
      return `${link.lagMs < LAG_MS_GOOD ? '●' : '◐'} ${Math.round(link.lagMs)} ms`;
    case 'offline':
      return `○ offline · retry in ${Math.max(0, Math.ceil((link.retryAt - now) / 1000))} s`;
    case 'refused':
      return '✕ refused';
  }
}

/** A quick link, and the silence after which it is said. */
const LAG_MS_GOOD = 150;
const SILENT_MS = 5_000;

export function sidebarRows(face: Face, columns: number, height: number): Row[] {
  const inner = columns - 1;
  const { rooms, current } = face.view;
  const rows: Row[] = [];
  let chosen = 0;
  let section: RoomView['kind'] = 'server';
  for (const room of rooms) {
    if (room.kind !== section) {
      section = room.kind;
      rows.push([span(pad(section === 'room' ? ' ROOMS' : ' DIRECT', inner), MUTED)]);
    }
    if (room.id === current) chosen = rows.length;
    rows.push(roomRow(room, room.id === current, !face.reading, inner));
  }
  const top = Math.max(0, Math.min(chosen - Math.floor(height / 2), rows.length - height));
  const shown = rows.slice(top, top + height);
  while (shown.length < height) shown.push([span(' '.repeat(inner))]);
  return shown.map((row) => [...row, span('│', MUTED)]);
}

function roomRow(room: RoomView, current: boolean, away: boolean, columns: number): Row {
  // What comes in under the reader's eyes is not counted before them.
  const badge =
    current && !away
      ? ' '
      : room.mentions > 0
        ? `@${room.mentions} `
        : room.unread > 0
          ? `${Math.min(room.unread, 999)} `
          : ' ';
  const sign = room.failed > 0 ? '!' : current ? '▸' : ' ';
  const look: Look = current
    ? { role: 'chosen' }
    : room.mentions > 0
      ? { role: 'accent' }
      : room.unread > 0
        ? { bold: true }
        : !room.joined && room.kind !== 'server'
          ? MUTED
          : PLAIN;
  const name = room.joined || room.kind !== 'room' ? room.name : `(${room.name})`;
  const columnsOfName = columns - 1 - widthOf(badge);
  return [span(sign, room.failed > 0 ? { role: 'error' } : look), span(pad(name, columnsOfName) + badge, look)];
}

export function statusRow(face: Face, newer: number): Row {
  const right: Row = newer > 0 ? [span(` ↓ ${newer} newer below (End) `, { role: 'accent' })] : [];
  return spread(fitRow([span(' '), ...statusText(face)], face.columns), right, face.columns);
}

function statusText({ mode, remark, view, room, columns }: Face): Row {
  if (remark !== undefined && mode !== 'password') return [span(remark.text, { role: 'warning' })];
  if (mode === 'choose')
    return [span('r reply · + react · y copy · t try again · x discard · Enter load · Esc back', MUTED)];
  const trouble = troubleText(view, columns);
  if (trouble !== undefined) return [span(trouble, { role: 'warning' })];
  const typing = room?.typing ?? [];
  if (typing.length > 0) return [span(typingText(typing), MUTED)];
  return view.away === undefined ? [] : [span(`You are away: ${view.away}. /back when you are here.`, MUTED)];
}

/** What is wrong with the link, what is kept, and what to do. */
function troubleText({ link, unsent, nick }: ClientView, columns: number): string | undefined {
  const kept =
    unsent === 0
      ? ''
      : ` Your ${unsent === 1 ? 'message is' : `${unsent} messages are`} kept and will be sent when the link is back.`;
  if (link.state === 'offline') {
    const whole = sentence(`Not connected: ${link.reason}`) + kept;
    // On a narrow screen what is kept matters more than why.
    return unsent === 0 || widthOf(whole) < columns ? whole : `Not connected.${kept}`;
  }
  if (link.state !== 'refused') return undefined;
  const fixes = { nick: ` Choose another with /nick ${nick}_`, password: '', none: ' /connect tries again.' };
  return sentence(link.reason) + fixes[link.fix] + kept;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function typingText(nicks: readonly string[]): string {
  const [first = '', second = ''] = nicks;
  if (nicks.length === 1) return `${first} is typing…`;
  return nicks.length === 2 ? `${first} and ${second} are typing…` : `${nicks.length} people are typing…`;
}

/** The lines in place of the input while a question is open. */
export function questionRow(face: Face): Row | undefined {
  const { mode, view, paste, reaction, columns } = face;
  if (mode === 'quit') {
    const unsent =
      view.unsent === 0
        ? 'Quit?'
        : `${view.unsent} ${view.unsent === 1 ? 'message' : 'messages'} unsent (kept for next time).`;
    return padRow([span(` ${unsent} [Ctrl-C] quit [Esc] stay`, BAR)], columns, BAR);
  }
  if (mode === 'paste') {
    const lines = (paste ?? '').split('\n').length;
    const text = ` Paste ${lines} lines (${Buffer.byteLength(paste ?? '')} B): [Enter] send as one message [c] as code block [Esc] drop`;
    return padRow([span(text, BAR)], columns, BAR);
  }
  if (mode === 'react') {
    const typed =
      reaction.text === ''
        ? face.quickReactions.map((emoji, index) => `${index + 1} ${emoji}`).join('  ')
        : reaction.text;
    return fitRow([span('React with: ', MUTED), span(fit(typed, columns)), span('  (Enter, Esc)', MUTED)], columns);
  }
  return undefined;
}
