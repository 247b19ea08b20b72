// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../../../webroot/heliograph.js';
import { FakeClock, FakeServer, settled } from './fakes.js';

/** @typedef {import('../../../../webroot/heliograph.js').Frame} Frame */
/** @typedef {import('./fakes.js').FakeSocket} FakeSocket */

function setUp() {
  const server = new FakeServer();
  const clock = new FakeClock();
  const client = connect({ url: 'ws://host', WebSocket: server.WebSocket, clock, random: () => 0 });
  const socket = server.welcome({ peer: 'me' });
  /** @type {unknown[]} */
  const heard = [];
  client.on('message', ({ data }) => heard.push(data));
  /** @type {unknown[]} */
  const dropped = [];
  client.on('dropped', ({ to, count, reason }) => dropped.push([to, count, reason]));
  /** @param {unknown} data @param {import('../../../../webroot/heliograph.js').SendOptions} [options] */
  const relay = (data, options) => client.relay('message', { to: 'p9' }, data, options);
  return { server, clock, client, socket, heard, dropped, relay };
}

/** The same, with a partner that has shown that it confirms. */
function acquainted() {
  const setting = setUp();
  from(setting.socket, { seq: 1, ack: 0, data: 'hello' });
  setting.clock.advance(200);
  setting.socket.answer('message', { type: 'ok' });
  return setting;
}

/** @param {FakeSocket} socket @param {Record<string, any>} fields */
function from(socket, fields) {
  socket.say({ type: 'message', from: 'p9', ...fields });
}

/** What was sent meanwhile, and takes it. @param {FakeSocket} socket */
function take(socket) {
  return socket.sent.splice(0).filter(({ to }) => to === 'p9').map(({ seq, ack, data }) => ({ seq, ack, data }));
}

/** @param {FakeSocket} socket the server takes all that was sent, or refuses it @param {Frame} [answer] */
function answerAll(socket, answer = { type: 'ok' }) {
  while (socket.sent.length > 0) socket.answer(socket.sent[0].type, answer);
}

/**
 * Time passes on a connection that is heard.
 *
 * @param {{clock: FakeClock, socket: FakeSocket}} setting
 * @param {number} seconds
 * @param {(second: number) => void} [each]
 */
function pass({ clock, socket }, seconds, each = () => {}) {
  for (let second = 1; second <= seconds; second++) {
    clock.advance(1_000);
    socket.say({ type: 'pong' });
    each(second);
  }
}

test('relays to a peer are numbered from 1 for each peer, and say how far its own have come', () => {
  const { client, socket } = setUp();
  for (const to of ['p9', 'p9', 'p8']) void client.relay('candidate', { to }, null);
  from(socket, { seq: 1, ack: 0 });
  void client.relay('offer', { to: 'p9' });
  void client.publish('news', 1);
  assert.deepEqual(socket.sent.map(({ to, seq, ack }) => [to, seq, ack]),
    [['p9', 1, 0], ['p9', 2, 0], ['p8', 1, 0], ['p9', 3, 1], [undefined, undefined, undefined]]);
});

test('what comes is confirmed once for all of it, soon, or with what is sent anyway', () => {
  const { clock, socket, relay } = setUp();
  for (let seq = 1; seq <= 5; seq++) from(socket, { seq, ack: 0 });
  clock.advance(199);
  assert.deepEqual(take(socket), []);
  clock.advance(1);
  assert.deepEqual(take(socket), [{ seq: 0, ack: 5, data: undefined }]);
  from(socket, { seq: 6, ack: 0 });
  void relay('by the way');
  clock.advance(999);
  assert.deepEqual(take(socket), [{ seq: 1, ack: 6, data: 'by the way' }]);
});

test('of many at once every thirty-second is confirmed without waiting', () => {
  const { socket } = setUp();
  for (let seq = 1; seq <= 70; seq++) from(socket, { seq, ack: 0 });
  assert.deepEqual(take(socket).map(({ ack }) => ack), [32, 64]);
});

test('what comes again is left out and confirmed again; what comes too early is asked for once', () => {
  const { client, clock, socket, heard } = setUp();
  for (const seq of [1, 1, 3, 4, 2, 3, 4]) from(socket, { seq, ack: 0, data: seq });
  assert.deepEqual(heard, [1, 2, 3, 4]);
  assert.deepEqual(client.delivery, { resent: 0, duplicates: 1, pending: 0 });
  clock.advance(200);
  assert.deepEqual(take(socket), [{ seq: 0, ack: 1, data: { resend: true } }, { seq: 0, ack: 4, data: undefined }]);
});

test('who knows how to confirm and does not is asked, and sent again what it misses', async () => {
  const { client, clock, socket, relay } = acquainted();
  const sent = [1, 2, 3].map(each => relay(each));
  answerAll(socket);
  await Promise.all(sent);
  clock.advance(2_000);
  assert.deepEqual(take(socket), [{ seq: 0, ack: 1, data: { sent: 3, from: 1 } }]);
  from(socket, { seq: 0, ack: 1, data: { resend: true } });
  assert.deepEqual(take(socket), [{ seq: 2, ack: 1, data: 2 }, { seq: 3, ack: 1, data: 3 }]);
  assert.deepEqual(client.delivery, { resent: 2, duplicates: 0, pending: 2 });
  from(socket, { seq: 0, ack: 3 });
  assert.equal(client.delivery.pending, 0);
});

test('while the server has yet to answer, nothing is asked', () => {
  const setting = acquainted();
  const { socket, relay } = setting;
  const waiting = () => socket.sent.filter(({ to }) => to === 'p9').map(({ seq }) => seq);
  void relay(1);
  pass(setting, 5);
  assert.deepEqual(waiting(), [1]);
  socket.answer('message', { type: 'ok' });
  setting.clock.advance(900);
  assert.deepEqual(waiting(), []);
  pass(setting, 15);
  assert.deepEqual(waiting(), [0]);
});

test('where confirmations take long, they are asked for later', () => {
  const setting = acquainted();
  const { socket, relay } = setting;
  for (let seq = 1; seq <= 30; seq++) {
    void relay(seq);
    answerAll(socket);
    pass(setting, 3, () => answerAll(socket));
    from(socket, { seq: 0, ack: seq });
  }
  void relay('the last');
  answerAll(socket);
  pass(setting, 5);
  assert.deepEqual(take(socket), []);
  pass(setting, 3);
  assert.deepEqual(take(socket), [{ seq: 0, ack: 1, data: { sent: 31, from: 31 } }]);
});

test('a question is answered at once, and tells what need not be waited for', () => {
  const { socket, heard } = setUp();
  from(socket, { seq: 1, ack: 0, data: 'a' });
  from(socket, { seq: 0, ack: 0, data: { sent: 1, from: 2 } });
  from(socket, { seq: 0, ack: 0, data: { sent: 4, from: 2 } });
  from(socket, { seq: 0, ack: 0, data: { sent: 4, from: 4 } });
  from(socket, { seq: 4, ack: 0, data: 'd' });
  assert.deepEqual(take(socket).map(({ ack, data }) => [ack, data]), [[1, undefined], [1, { resend: true }], [3, { resend: true }]]);
  assert.deepEqual(heard, ['a', 'd']);
});

test('a question comes seldom to one who stays silent, and once it is given up no more', async () => {
  const { client, clock, socket, dropped, relay } = acquainted();
  const sent = relay(1);
  answerAll(socket);
  await sent;
  /** @type {number[]} */
  const asked = [];
  pass({ clock, socket }, 300, second => {
    if (take(socket).length > 0) asked.push(second);
    answerAll(socket);
  });
  assert.ok(asked.length < 12 && (asked.at(-1) ?? 0) < 60, `${asked}`);
  assert.deepEqual(dropped, [['p9', 1, 'unconfirmed']]);
  assert.deepEqual([client.delivery.pending, clock.pending], [0, 1]);
});

test('nobody waits for what was given up', async () => {
  const { clock, socket, relay } = acquainted();
  const late = relay('late', { timeout: 500 });
  const next = relay('next');
  take(socket);
  clock.advance(500);
  await assert.rejects(late, { code: 'timeout' });
  from(socket, { seq: 0, ack: 0, data: { resend: true } });
  assert.deepEqual(take(socket), [{ seq: 0, ack: 1, data: { sent: 2, from: 2 } }]);
  from(socket, { seq: 0, ack: 1, data: { resend: true } });
  assert.deepEqual(take(socket), [{ seq: 2, ack: 1, data: 'next' }]);
  from(socket, { seq: 0, ack: 2 });
  await next;
});

test('a partner that answers without numbers is left alone', async () => {
  const { client, clock, socket, heard, dropped, relay } = setUp();
  const first = relay('offer');
  socket.answer('message', { type: 'ok' });
  await first;
  from(socket, { data: 'answer' });
  const [lost, refused] = [relay('lost'), relay('refused')];
  socket.answer('message', { type: 'ok' });
  socket.answer('message', { type: 'error', code: 'unavailable' });
  await lost;
  await assert.rejects(refused, { code: 'unavailable' });
  socket.say({ type: 'dropped', to: 'p9', count: 1, reason: 'node-lost' });
  pass({ clock, socket }, 60);
  assert.deepEqual([take(socket), heard, dropped], [[], ['answer'], [['p9', 1, 'node-lost']]]);
  assert.deepEqual([client.delivery.pending, clock.pending], [0, 1]);
  const cut = relay('cut off');
  socket.drop(1006);
  await assert.rejects(cut, { code: 'disconnected' });
});

test('a partner that never says anything is asked a few times, and nothing false is told of it', async () => {
  const { client, clock, socket, dropped, relay } = setUp();
  const sent = relay('offer');
  answerAll(socket);
  await sent;
  /** @type {number[]} */
  const asked = [];
  pass({ clock, socket }, 300, second => {
    if (socket.sent.some(({ to }) => to === 'p9')) asked.push(second);
    answerAll(socket);
  });
  assert.deepEqual([asked, dropped], [[2, 6, 14, 30], []]);
  assert.deepEqual([client.delivery.pending, clock.pending], [0, 1]);
});

test('a question that did not reach a stranger is asked again, until one does', async () => {
  const { clock, socket, relay } = setUp();
  const sent = relay('offer');
  answerAll(socket);
  await sent;
  /** @type {number[]} */
  const asked = [];
  pass({ clock, socket }, 50, second => {
    if (socket.sent.some(({ to }) => to === 'p9')) asked.push(second);
    answerAll(socket, second < 8 ? { type: 'error', code: 'unavailable' } : { type: 'ok' });
  });
  assert.deepEqual(asked, [2, 4, 6, 8, 12, 20, 36]);
});

test('a stranger whom no question reaches any more is given up, and the application told', async () => {
  const { client, clock, socket, dropped, relay } = setUp();
  const sent = relay('offer');
  answerAll(socket);
  await sent;
  pass({ clock, socket }, 60, second => {
    answerAll(socket, second < 8 ? { type: 'ok' } : { type: 'error', code: 'unavailable' });
  });
  assert.deepEqual(dropped, [['p9', 1, 'unconfirmed']]);
  assert.equal(client.delivery.pending, 0);
});

test('what was said first is protected, should the partner turn out to confirm', async () => {
  const { server, clock, socket, relay } = setUp();
  const taken = relay('taken');
  socket.answer('message', { type: 'ok' });
  await taken;
  const under = relay('under way');
  socket.drop(1006);
  clock.advance(1);
  const next = server.welcome({ peer: 'me', resumed: true, rooms: [], calls: [] });
  assert.deepEqual(take(next), [{ seq: 0, ack: 0, data: { sent: 2, from: 1 } }], 'asked, since nothing may come twice to a stranger');
  from(next, { seq: 0, ack: 0, data: { resend: true } });
  assert.deepEqual(take(next), [{ seq: 1, ack: 0, data: 'taken' }, { seq: 2, ack: 0, data: 'under way' }]);
  from(next, { seq: 0, ack: 2 });
  await under;
});

test('an error that may pass is not the application\'s: confirmed after all, it has arrived', async () => {
  for (const code of ['unavailable', 'peer-unreachable', 'internal']) {
    const { clock, socket, relay } = acquainted();
    const sent = relay(1);
    socket.answer('message', { type: 'error', code, to: 'p9' });
    let over = false;
    void sent.finally(() => void (over = true)).catch(() => {});
    clock.advance(2_000);
    await settled();
    assert.equal(over, false);
    take(socket);
    from(socket, { seq: 0, ack: 0, data: { resend: true } });
    assert.deepEqual(take(socket), [{ seq: 1, ack: 1, data: 1 }]);
    from(socket, { seq: 0, ack: 1 });
    await sent;
  }
});

test('an error that stays is told after a minute, and one that cannot pass at once', async () => {
  const { clock, socket, dropped, relay } = acquainted();
  const [taken, kept] = [relay(1), relay(2)];
  socket.answer('message', { type: 'ok' });
  await taken;
  const refused = { type: 'error', code: 'peer-unreachable', to: 'p9' };
  answerAll(socket, refused);
  for (let second = 0; second < 61; second++) {
    socket.say({ type: 'pong' });
    clock.advance(1_000);
    answerAll(socket, refused);
  }
  await assert.rejects(kept, { code: 'peer-unreachable' });
  assert.deepEqual(dropped, [['p9', 1, 'unconfirmed']]);
  const bad = relay(3);
  socket.answer('message', { type: 'error', code: 'bad-request' });
  await assert.rejects(bad, { code: 'bad-request' });
});

test('a stranger that cannot be reached is told at once, unless a roster has it', async () => {
  const { client, clock, socket, relay } = setUp();
  const gone = relay(1);
  socket.answer('message', { type: 'error', code: 'peer-unreachable' });
  await assert.rejects(gone, { code: 'peer-unreachable' });
  const joining = client.join('r');
  socket.answer('join', { type: 'joined', room: 'r', capacity: 2, order: 2, peers: [{ peer: 'p9', order: 1 }] });
  await joining;
  const away = relay(2);
  socket.answer('message', { type: 'error', code: 'peer-unreachable' });
  clock.advance(2_000);
  assert.deepEqual(take(socket).map(({ data }) => data), [{ sent: 2, from: 2 }]);
  from(socket, { seq: 0, ack: 2 });
  await away;
});

test('of a partner that has left the room the server is asked whether it is gone', async () => {
  const { client, socket, dropped, relay } = acquainted();
  const joining = client.join('r');
  socket.answer('join', { type: 'joined', room: 'r', capacity: 2, order: 2, peers: [{ peer: 'p9', order: 1 }] });
  await joining;
  const taken = relay(1);
  answerAll(socket);
  await taken;
  const under = relay(2);
  take(socket);
  socket.say({ type: 'peer-left', room: 'r', peer: 'p9', reason: 'lost' });
  socket.answer('message', { type: 'error', code: 'peer-unreachable' });
  await assert.rejects(under, { code: 'peer-unreachable' });
  assert.deepEqual(dropped, [['p9', 1, 'unconfirmed']]);
});

test('what the server says it lost is found out and sent again; nobody else need know', async () => {
  const { clock, socket, dropped, relay } = acquainted();
  const sent = relay(1);
  answerAll(socket);
  await sent;
  socket.say({ type: 'dropped', to: 'p9', count: 1, reason: 'node-lost' });
  assert.deepEqual(take(socket), [{ seq: 0, ack: 1, data: { sent: 1, from: 1 } }]);
  from(socket, { seq: 0, ack: 0, data: { resend: true } });
  assert.deepEqual(take(socket), [{ seq: 1, ack: 1, data: 1 }]);
  from(socket, { seq: 0, ack: 1 });
  clock.advance(60_000);
  assert.deepEqual(dropped, []);
});

test('a confirmation that the server cannot pass on is sent again, a few times', () => {
  const { clock, socket } = setUp();
  from(socket, { seq: 3, ack: 0 });
  for (let time = 1; time <= 3; time++) {
    assert.deepEqual(socket.sent.map(({ seq, ack, data }) => ({ seq, ack, data })), [{ seq: 0, ack: 0, data: { resend: true } }]);
    answerAll(socket, { type: 'error', code: 'unavailable', message: '' });
    clock.advance(250);
  }
  assert.deepEqual(take(socket), []);
});

test('what the server says it lost may have been a confirmation', () => {
  const { clock, socket, dropped } = acquainted();
  socket.say({ type: 'dropped', to: 'p9', count: 1, reason: 'node-lost' });
  assert.deepEqual(take(socket), [{ seq: 0, ack: 1, data: undefined }]);
  from(socket, { seq: 3, ack: 0 });
  take(socket);
  socket.say({ type: 'dropped', to: 'p9', count: 1, reason: 'node-lost' });
  assert.deepEqual(take(socket), [{ seq: 0, ack: 1, data: { resend: true } }]);
  clock.advance(1_000);
  assert.deepEqual(dropped, []);
});

test('what the server says it lost of a stranger is told once it is sure that nobody repairs it', async () => {
  const { clock, socket, dropped, relay } = setUp();
  const sent = relay(1);
  answerAll(socket);
  await sent;
  socket.say({ type: 'dropped', to: 'p9', count: 1, reason: 'node-lost' });
  answerAll(socket);
  assert.deepEqual(dropped, []);
  for (let second = 0; second < 61; second++) {
    socket.say({ type: 'pong' });
    clock.advance(1_000);
    answerAll(socket);
  }
  assert.deepEqual(dropped, [['p9', 1, 'node-lost']]);
});

test('a partner whose session has expired is given up', async () => {
  const { socket, dropped, relay } = acquainted();
  const taken = relay(1);
  answerAll(socket);
  await taken;
  const under = relay(2);
  socket.say({ type: 'dropped', to: 'p9', count: 1, reason: 'expired' });
  await assert.rejects(under, { code: 'disconnected' });
  assert.deepEqual(dropped, [['p9', 1, 'unconfirmed']]);
});

test('a session that is not resumed takes along what waits, and numbers begin anew', async () => {
  const { server, clock, socket, dropped, relay } = acquainted();
  const taken = relay(1);
  answerAll(socket);
  await taken;
  const under = relay(2);
  socket.drop(1006);
  clock.advance(1);
  const next = server.welcome({ peer: 'new' });
  await assert.rejects(under, { code: 'disconnected' });
  assert.deepEqual(dropped, [['p9', 1, 'unconfirmed']]);
  void relay(3);
  assert.deepEqual(take(next), [{ seq: 1, ack: 0, data: 3 }]);
});

test('what waits for a connection is numbered when it goes out', async () => {
  const { server, clock, socket, relay } = acquainted();
  const first = relay(1);
  socket.drop(1006);
  const second = relay(2);
  clock.advance(1);
  const next = server.welcome({ peer: 'me', resumed: true, rooms: [], calls: [] });
  assert.deepEqual(take(next), [{ seq: 0, ack: 1, data: { sent: 1, from: 1 } }, { seq: 2, ack: 1, data: 2 }]);
  from(next, { seq: 0, ack: 2 });
  await Promise.all([first, second]);
});

test('at most 1,024 relays to a peer wait to be confirmed', async () => {
  const { socket, relay } = acquainted();
  const sent = Array.from({ length: 1_024 }, (_, index) => relay(index));
  await assert.rejects(relay('too many'), { code: 'too-many', message: /at most 1024 frames/ });
  from(socket, { seq: 0, ack: 1_024 });
  await Promise.all(sent);
  void relay('room again');
  assert.equal(take(socket).at(-1)?.seq, 1_025);
});

test('at most 8 Mi characters wait to be confirmed, to whomever', async () => {
  const { client, socket, relay } = acquainted();
  const half = 'x'.repeat(4_194_200);
  void relay(half);
  const other = client.relay('message', { to: 'p8' }, half);
  await assert.rejects(relay('x'.repeat(200)), { code: 'too-many' });
  from(socket, { seq: 0, ack: 1 });
  from(socket, { from: 'p8', seq: 0, ack: 1 });
  await other;
  void relay(half);
});

test('one who takes more than that without a word is one that does not confirm', async () => {
  const { client, clock, socket, relay } = setUp();
  for (let count = 0; count < 3_000; count++) {
    const sent = relay(count);
    answerAll(socket);
    await sent;
  }
  clock.advance(2_000);
  assert.equal(client.delivery.pending, 0);
});

test('who was taken for one that does not confirm, and does after all, misses nothing of what was sent last', async () => {
  const { client, clock, socket, relay } = setUp();
  const first = relay('first');
  answerAll(socket);
  await first;
  pass({ clock, socket }, 61, () => {
    answerAll(socket);
  });
  const sent = [relay('second'), relay('third')];
  assert.deepEqual(socket.sent.map(({ seq }) => seq), [2, 3]);
  answerAll(socket);
  await Promise.all(sent);
  from(socket, { seq: 0, ack: 0, data: { resend: true } });
  from(socket, { seq: 0, ack: 1, data: { resend: true } });
  assert.deepEqual(take(socket), [
    { seq: 0, ack: 0, data: { sent: 3, from: 2 } },
    { seq: 2, ack: 0, data: 'second' },
    { seq: 3, ack: 0, data: 'third' },
  ]);
  from(socket, { seq: 0, ack: 3 });
  assert.equal(client.delivery.pending, 0);
});

test('confirmations and questions are for nobody else; what is volatile is numbered for nobody', async () => {
  const { client, clock, socket, heard, relay } = acquainted();
  from(socket, { seq: 0, ack: 0 });
  from(socket, { seq: 0, ack: 0, data: { sent: 1, from: 2 } });
  from(socket, { ack: 0, data: 'volatile' });
  assert.deepEqual(heard, ['hello', 'volatile']);
  take(socket);
  const sent = relay('cursor', { volatile: true });
  assert.deepEqual(take(socket), [{ seq: undefined, ack: 1, data: 'cursor' }]);
  client.post({ type: 'message', to: 'p9', data: 'raw' });
  assert.deepEqual(take(socket), [{ seq: undefined, ack: 1, data: 'raw' }]);
  assert.equal(client.delivery.pending, 0);
  clock.advance(20_000);
  await assert.rejects(sent, { code: 'timeout' });
});

test('the application sees neither numbers nor confirmations on what it gets', async () => {
  const { client, socket } = setUp();
  const candidate = client.next('candidate');
  socket.say({ type: 'candidate', from: 'p9', data: null, seq: 1, ack: 0 });
  assert.deepEqual(await candidate, { type: 'candidate', from: 'p9', data: null });
});

test('numbers of a room or a user mean nothing', () => {
  const { socket, heard } = setUp();
  for (const address of [{ room: 'r' }, { user: 'u' }, { topic: 't' }]) {
    for (let twice = 0; twice < 2; twice++) from(socket, { ...address, seq: 5, ack: 1, data: Object.keys(address)[0] });
  }
  assert.deepEqual(heard, ['room', 'room', 'user', 'user', 'topic', 'topic']);
});

test('a partner that asks without end is answered, not flooded', () => {
  const { client, socket, relay } = acquainted();
  for (let count = 0; count < 100; count++) void relay(count).catch(() => {});
  take(socket);
  for (let turn = 0; turn < 1_000; turn++) from(socket, { seq: 0, ack: 0, data: { resend: true } });
  assert.equal(take(socket).length, 100);
  client.close();
});

test('a flood of candidates has one timer, and closing leaves none', async () => {
  const { client, clock, socket, relay } = acquainted();
  const sent = Array.from({ length: 500 }, (_, index) => relay(index));
  answerAll(socket);
  await Promise.all(sent);
  clock.advance(1);
  assert.ok(clock.pending <= 3, `${clock.pending}`); // the heartbeat, the look, and a confirmation
  client.close();
  assert.deepEqual([clock.pending, client.delivery.pending], [0, 0]);
});
