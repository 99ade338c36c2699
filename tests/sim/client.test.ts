/** Client engines against the real hub, over links that break: nothing typed is lost, doubled or out of order. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../../src/core/base/random.ts';
import type { RoomView } from '../../src/core/client/view.ts';
import { type Person, type ServerKind, World } from './client-world.ts';

/** What the hub's disk holds of a room, in order: who said what. */
function stored(world: World, timeline: string): { from: string; text: string }[] {
  const page = { after: -1, before: Number.MAX_SAFE_INTEGER, limit: 100_000, newest: false, events: false };
  const answer = world.host.disk.answer({ kind: 'page', timeline, ...page });
  assert(answer.kind === 'rows');
  return answer.rows.map(({ body }) => {
    const match = /^:([^!]+)\S* PRIVMSG \S+ :?(.*)$/.exec(body);
    assert(match !== null, body);
    return { from: match[1]!, text: match[2]! };
  });
}

function assertSettled(room: RoomView): void {
  for (const item of room.items) {
    assert.notEqual(item.kind, 'gap', `a gap is left in ${room.name}`);
    if (item.kind === 'said')
      assert.equal(item.delivery.state, 'sent', `${item.text}: ${JSON.stringify(item.delivery)}`);
  }
  const times = room.items.map(({ at }) => at);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
    'items rise by time',
  );
}

test('two people talk, and each sees everything once', () => {
  const world = new World(new Random(1));
  const [ann, bob] = [world.add('ann'), world.add('bob')];
  world.settle();
  ann.say('#tea', 'hello');
  bob.say('#tea', 'hi ann');
  ann.say('#tea', '/me waves');
  world.settle();
  assert.deepEqual(ann.texts('#tea'), ['hello', 'hi ann', 'waves']);
  assert.deepEqual(bob.texts('#tea'), ['hello', 'hi ann', 'waves']);
  assert.equal(bob.said('#tea')[2]?.form, 'action');
  assert.equal(ann.said('#tea')[1]?.mentionsMe, true);
  assert.equal(ann.client.view.unsent, 0);
  assertSettled(ann.room('#tea'));
});

test('five hundred missed messages are fetched, without hole or double', () => {
  const world = new World(new Random(2));
  const [ann, bob] = [world.add('ann'), world.add('bob')];
  world.settle();
  ann.say('#tea', 'before');
  world.settle();
  bob.cut('Connection reset');
  const wanted = ['before'];
  for (let i = 0; i < 500; i++) {
    ann.say('#tea', `missed ${i}`);
    wanted.push(`missed ${i}`);
    world.settle();
  }
  world.pass(5_000);
  assert.deepEqual(bob.texts('#tea'), wanted);
  assertSettled(bob.room('#tea'));
  assert.equal(bob.room('#tea').unread, 501);
});

test('a very long absence leaves a gap that the person fills', () => {
  const world = new World(new Random(3));
  const [ann, bob] = [world.add('ann'), world.add('bob')];
  world.settle();
  ann.say('#tea', 'before');
  world.settle();
  bob.cut('Connection reset');
  for (let i = 0; i < 1_500; i++) {
    ann.say('#tea', `missed ${i}`);
    world.settle();
  }
  world.pass(5_000);
  for (let presses = 0; presses < 10; presses++) {
    const gap = bob.room('#tea').items.find(({ kind }) => kind === 'gap');
    if (gap === undefined) break;
    assert.equal(gap.kind === 'gap' && gap.loading, false);
    assert(presses < 9, 'the gap never closes');
    bob.act({ do: 'fill-gap', room: bob.room('#tea').id, key: gap.key });
    world.settle();
  }
  assert.equal(bob.texts('#tea').length, 1_501);
  assertSettled(bob.room('#tea'));
});

test('a gap that was being filled when the link broke is filled after it', () => {
  const world = new World(new Random(8));
  const [ann, bob] = [world.add('ann'), world.add('bob')];
  world.settle();
  ann.say('#tea', 'before');
  world.settle();
  bob.cut('Connection reset');
  for (let i = 0; i < 450; i++) {
    ann.say('#tea', `missed ${i}`);
    world.settle();
  }
  // The link holds for two pages, breaks, and messages come meanwhile.
  while (bob.room('#tea').items.length < 210) {
    world.host.now += 50;
    bob.wake();
    bob.connect();
    bob.keep();
    while (bob.up.length > 0) bob.deliverUp();
    world.host.settle();
    bob.deliverDown(60);
  }
  bob.cut('Connection reset');
  assert(bob.room('#tea').items.some(({ kind }) => kind === 'gap'));
  ann.say('#tea', 'after');
  world.pass(10_000);
  assert.deepEqual(bob.texts('#tea'), ann.texts('#tea'));
  assertSettled(bob.room('#tea'));
});

test('scrolling up reaches the first message', () => {
  const world = new World(new Random(9));
  const ann = world.add('ann');
  world.settle();
  for (let i = 0; i < 730; i++) {
    ann.say('#tea', `n${i}`);
    world.settle();
  }
  const bob = world.add('bob');
  world.settle();
  assert(bob.texts('#tea').length <= 100);
  for (let pages = 0; !bob.room('#tea').beginningKnown; pages++) {
    assert(pages < 10, 'too many pages');
    bob.act({ do: 'older', room: bob.room('#tea').id });
    world.settle();
  }
  assert.deepEqual(
    bob.texts('#tea'),
    Array.from({ length: 730 }, (_, i) => `n${i}`),
  );
  assert.equal(bob.room('#tea').unread, 0, 'what was said before one came is not unread');
  assertSettled(bob.room('#tea'));
});

test('a link that breaks at any step loses nothing and doubles nothing', () => {
  // Each run is the same story, cut after one more delivery than the run before, until the story ends uncut.
  for (let step = 0; ; step++) {
    const world = new World(new Random(4));
    const [ann, bob] = [world.add('ann'), world.add('bob')];
    world.settle();
    let deliveries = 0;
    let cut = false;
    const one = (deliver: () => void): void => {
      if (deliveries++ === step) {
        ann.cut('Connection reset');
        cut = true;
      } else deliver();
    };
    for (const text of ['one', 'two', 'three\nfour', 'five']) {
      ann.say('#tea', text);
      one(() => ann.keep());
      while (ann.up.length > 0) one(() => ann.deliverUp());
      one(() => world.host.settle());
      while (ann.down.length > 0) one(() => ann.deliverDown(1));
    }
    world.pass(60_000);
    const wanted = ['one', 'two', 'three', 'four', 'five'];
    assert.deepEqual(
      stored(world, '#tea').map(({ text }) => text),
      wanted,
      `stored, cut at ${step}`,
    );
    assert.deepEqual(ann.texts('#tea'), wanted, `seen by the sender, cut at ${step}`);
    assert.deepEqual(bob.texts('#tea'), wanted, `seen by the other, cut at ${step}`);
    assertSettled(ann.room('#tea'));
    if (!cut) {
      assert(step > 10, 'the story has steps');
      return;
    }
  }
});

test('what was typed offline is there after kill and restart, and goes out once', () => {
  const world = new World(new Random(5));
  const ann = world.add('ann');
  world.settle();
  ann.cut('Connection reset');
  ann.say('#tea', 'kept one');
  ann.say('#tea', 'kept two');
  ann.keep();
  ann.crash();
  assert.deepEqual(ann.texts('#tea'), ['kept one', 'kept two']);
  assert.deepEqual(
    ann.said('#tea').map(({ delivery }) => delivery.state),
    ['queued', 'queued'],
  );
  assert.equal(ann.client.view.unsent, 2);
  world.pass(5_000);
  assert.deepEqual(ann.texts('#tea'), ['kept one', 'kept two']);
  assert.equal(ann.client.view.unsent, 0);
  assertSettled(ann.room('#tea'));
});

test('somebody who wrote to us while we were away is found after the restart', () => {
  const world = new World(new Random(6));
  const [ann, bob] = [world.add('ann'), world.add('bob')];
  world.settle();
  world.pass(3_000);
  bob.say('#tea', '/msg ann first');
  world.settle();
  ann.act({ do: 'read', room: ann.room('bob').id });
  world.pass(3_000);
  assert.deepEqual(ann.texts('bob'), ['first']);
  assert.equal(ann.room('bob').unread, 0);
});

// ------------------------------------------------------------------------------------------------- Stories

/** One story: chance decides who types, what arrives when, which links break and who is killed. */
function story(seed: number, server: ServerKind): void {
  const random = new Random(seed);
  const world = new World(random, random.chance(0.5) ? 'late' : 'immediate', server);
  const rooms = ['#tea', '#den'] as const;
  const people = ['ann', 'bob', 'cat'].map((nick) => world.add(nick, rooms));
  world.settle();
  const typed = new Map<string, string[]>();
  let unkept: { person: Person; list: string[]; text: string }[] = [];
  for (let step = 0; step < 300; step++) {
    const person = random.pick(people)!;
    switch (random.below(14)) {
      case 0:
      case 1: {
        const room = random.pick(rooms);
        const text = `${person.nick} ${step}`;
        const list = typed.get(`${person.nick} ${room}`) ?? [];
        typed.set(`${person.nick} ${room}`, list);
        list.push(text);
        unkept.push({ person, list, text });
        person.say(room, text);
        break;
      }
      case 2:
      case 3:
        person.keep();
        unkept = unkept.filter((entry) => entry.person !== person);
        break;
      case 4:
        person.connect();
        break;
      case 5:
        if (random.chance(0.3)) person.cut('Connection reset');
        else if (random.chance(0.1)) person.abandon();
        else person.refuse();
        break;
      case 6:
        if (random.chance(0.15)) {
          // What was typed a moment ago and is not on disk is gone, and has never been sent.
          for (const { list, text } of unkept.filter((entry) => entry.person === person))
            list.splice(list.indexOf(text), 1);
          unkept = unkept.filter((entry) => entry.person !== person);
          person.crash();
        }
        break;
      case 7:
        if (random.chance(0.1)) {
          for (const one of people) one.cut('Server killed');
          world.host.crash();
        }
        break;
      case 8:
        world.host.now += random.below(400);
        for (const one of people) one.wake();
        world.host.wake();
        break;
      case 9:
        world.host.order(random.below(3));
        world.host.endTurn();
        break;
      case 10:
        world.host.store();
        world.host.release();
        world.host.answer();
        break;
      case 11:
        world.host.settle();
        break;
      case 12:
        for (let n = random.below(6); n > 0; n--) person.deliverUp();
        break;
      default:
        person.deliverDown(1 + random.below(6));
    }
  }
  world.pass(240_000);
  for (const room of rooms) {
    const rows = stored(world, room);
    for (const person of people) {
      const wanted = typed.get(`${person.nick} ${room}`) ?? [];
      const said = rows.filter(({ text }) => text.startsWith(`${person.nick} `)).map(({ text }) => text);
      if (server === 'old') assertNothingLost(person, room, wanted, said);
      else assert.deepEqual(said, wanted, `${person.nick} in ${room}`);
    }
    if (server === 'old') continue; // it has no history: what was missed stays missed
    for (const person of people) {
      assert.deepEqual(
        person.texts(room),
        rows.map(({ text }) => text),
        `${room} as ${person.nick} sees it`,
      );
      assertSettled(person.room(room));
    }
  }
  for (const person of people) {
    assert.equal(person.client.view.unsent, 0);
    assert.equal(person.client.view.nick, person.nick, 'the name is ours again when the ghost is gone');
  }
}

/** Where nobody can know what arrived, the person is told of each message that may not have. */
function assertNothingLost(person: Person, room: string, wanted: readonly string[], said: readonly string[]): void {
  assert.deepEqual(
    said,
    wanted.filter((text) => said.includes(text)),
    `order and no doubles, ${person.nick} in ${room}`,
  );
  const failed = person.said(room).filter(({ own, delivery }) => own && delivery.state === 'failed');
  for (const text of wanted) {
    if (!said.includes(text))
      assert(
        failed.some((item) => item.text === text),
        `${text} is neither there nor failed`,
      );
  }
}

/** Seeds of a short run; `CLIENT_STORIES=5000` makes it a long one. */
const STORIES = Number(process.env['CLIENT_STORIES'] ?? 60);

for (const server of ['parley', 'modern', 'old'] as const) {
  for (let seed = 1; seed <= STORIES; seed++) test(`story ${seed}, ${server} server`, () => story(seed, server));
}
