/** A change as one line of JSON for programs. `id` is the same in all lines about one message. */
import type { Change } from './journal.ts';

export function jsonLine(change: Change): string {
  return JSON.stringify(describe(change));
}

function describe(change: Change): object {
  switch (change.kind) {
    case 'link': {
      const { state } = change.link;
      const reason = 'reason' in change.link ? { reason: change.link.reason } : {};
      return { type: 'state', state, nick: change.nick, ...reason };
    }
    case 'room':
      return { type: 'room', room: change.room.name, topic: change.room.topic };
    case 'said': {
      const { item, room } = change;
      const { msgid, replyTo } = item;
      return {
        type: 'message',
        room: room.name,
        id: item.key,
        ...(msgid !== undefined && { msgid }),
        time: new Date(item.at).toISOString(),
        from: item.from,
        own: item.own,
        form: item.form,
        text: item.text,
        mention: item.mentionsMe,
        ...(item.own && { state: item.delivery.state }),
        ...(replyTo !== undefined && { replyTo: replyTo.msgid }),
      };
    }
    case 'delivery': {
      const { item, room } = change;
      const { msgid, delivery } = item;
      const reason = delivery.state === 'failed' ? { reason: delivery.reason } : {};
      return {
        type: 'delivery',
        room: room.name,
        id: item.key,
        ...(msgid !== undefined && { msgid }),
        state: delivery.state,
        text: item.text,
        ...reason,
      };
    }
    case 'happened': {
      const { item, room } = change;
      const type = item.what === 'error' ? 'error' : 'happened';
      return {
        type,
        room: room.name,
        id: item.key,
        time: new Date(item.at).toISOString(),
        what: item.what,
        who: item.who,
        text: item.text,
      };
    }
    case 'gap':
      return { type: 'gap', room: change.room.name, id: change.item.key, time: new Date(change.item.at).toISOString() };
    case 'reacted':
      return { type: 'reaction', room: change.room.name, id: change.item.key, from: change.nick, emoji: change.emoji };
  }
}
