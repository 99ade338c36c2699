/**
 * SEARCH: finds what was said, in the rooms one is in and in one's own conversations
 * (https://codeberg.org/emersion/soju/src/branch/master/doc/ext/search.md).
 */
import { fold } from '../../wire/casemap.ts';
import { parseTags, type Tags } from '../../wire/message.ts';
import { parseServerTime } from '../../wire/server-time.ts';
import type { Query } from '../../ports.ts';
import type { Call } from '../call.ts';
import type { Feature } from '../feature.ts';
import { shown } from '../kept-message.ts';
import type { State } from '../state.ts';
import { conversation } from '../timeline.ts';
import { lineOf } from './history.ts';

export const search: Feature = {
  commands: {
    SEARCH: { run: find, params: 1, when: 'registered' },
  },
  capabilities: ['soju.im/search'],
};

type Where = Pick<Extract<Query, { kind: 'search' }>, 'within' | 'identity'>;

/** Words that one search may have: each is looked for in every message. */
const WORDS_MAX = 10;

const KEYS = new Set(['in', 'from', 'after', 'before', 'text', 'limit', 'has']);

/** SEARCH <key>=<value>;…, written like tags: in, from, after, before, text, limit, has=link */
function find(call: Call, state: State): void {
  const parsed = parseTags(call.message.params.join(' '));
  if (!parsed.ok) {
    call.fail('INVALID_PARAMS', 'Give what to look for as key=value;key=value');
    return;
  }
  const query = queryOf(call, state, parsed.tags);
  if (query === undefined) return;
  call.ask(query, (answer) => {
    if (answer.kind !== 'rows') {
      call.fail('INTERNAL_ERROR', 'The search could not be run; try again');
      return;
    }
    const replies = answer.rows.map((row) => lineOf(row, state.incarnation));
    call.reply({ type: 'soju.im/search', params: [], replies });
  });
}

/** Undefined when something makes no sense; then the caller has been told. */
function queryOf(call: Call, state: State, tags: Tags): Query | undefined {
  const wrong = (key: string, why: string): undefined => call.fail('INVALID_PARAMS', key, why) as undefined;
  for (const key of tags.keys()) if (!KEYS.has(key)) return wrong(shown(key), 'There is no such key');
  const { historyPage } = state.settings.limits;
  const after = timeOf(tags.get('after'), 0);
  const before = timeOf(tags.get('before'), Number.MAX_SAFE_INTEGER - 1);
  const limit = tags.get('limit') ?? String(historyPage);
  const words = (tags.get('text') ?? '').split(' ').filter((word) => word !== '');
  const has = tags.get('has') ?? '';
  if (after === undefined) return wrong('after', 'The time is written like 2026-11-20T12:00:00.000Z');
  if (before === undefined) return wrong('before', 'The time is written like 2026-11-20T12:00:00.000Z');
  if (!/^[1-9]\d{0,8}$/.test(limit)) return wrong('limit', 'The limit is a number from 1 up');
  if (words.length > WORDS_MAX) return wrong('text', `Look for at most ${WORDS_MAX} words`);
  if (has !== '' && has !== 'link') return wrong('has', 'A message has a link: has=link');
  const where = whereOf(call, state, tags.get('in'));
  if (where === undefined) return wrong('in', 'You are not there');
  return {
    kind: 'search',
    ...where,
    words,
    from: fold(tags.get('from') ?? ''),
    links: has === 'link',
    after: after - 1,
    before: before + 1,
    limit: Math.min(Number(limit), historyPage),
    newest: !tags.has('after') || tags.has('before'),
  };
}

function timeOf(text: string | undefined, otherwise: number): number | undefined {
  return text === undefined ? otherwise : parseServerTime(text);
}

/** What may be looked through: what one could read page by page. */
function whereOf(call: Call, state: State, name: string | undefined): Where | undefined {
  const { person } = call;
  if (name === undefined) {
    const within = [...person.rooms.keys()].map((room) => ({ timeline: room.folded, after: room.historyAfter }));
    return { within, identity: person.identity };
  }
  if (name.startsWith('#')) {
    const room = state.room(name);
    if (room === undefined || !room.members.has(person.id)) return undefined;
    return { within: [{ timeline: room.folded, after: room.historyAfter }], identity: '' };
  }
  const other = state.personNamed(name)?.identity ?? state.accounts.named(name)?.id;
  if (other === undefined) return undefined;
  return { within: [{ timeline: conversation(person.identity, other), after: -1 }], identity: '' };
}
