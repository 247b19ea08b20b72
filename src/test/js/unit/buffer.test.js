// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../../../webroot/heliograph.js';
import { FakeClock, FakeServer, settled } from './fakes.js';

function setUp() {
  const server = new FakeServer();
  const clock = new FakeClock();
  const client = connect({ url: 'ws://host/v1/ws', WebSocket: server.WebSocket, clock, random: () => 0 });
  return { server, clock, client };
}

/** A client that had a connection and lost it. */
function cutOff() {
  const { server, clock, client } = setUp();
  server.welcome({ peer: 'me' }).drop(1006);
  return { server, clock, client };
}

/**
 * Connects again.
 *
 * @param {ReturnType<typeof setUp>} setting
 * @param {Record<string, any>} fields
 */
function comeBack({ server, clock }, fields) {
  clock.advance(1);
  return server.welcome(fields);
}

/** @param {import('./fakes.js').FakeSocket} socket */
function contents(socket) {
  return socket.sent.map(({ type, room, user, topic, to, data }) => [type, room ?? user ?? topic ?? to, data]);
}

test('what is sent before the first connection goes out with it', async () => {
  const { server, client } = setUp();
  const relay = client.relay('message', { to: 'p9' }, 'early');
  const socket = server.welcome();
  assert.deepEqual(contents(socket), [['message', 'p9', 'early']]);
  socket.answer('message', { type: 'ok' });
  await relay;
});

test('what is sent meanwhile goes out in its order, behind the joins and subscriptions that come first', async () => {
  const setting = setUp();
  const { server, client } = setting;
  const first = server.welcome({ peer: 'me' });
  const joining = client.join('r');
  first.answer('join', { type: 'joined', room: 'r', capacity: 2, order: 1, peers: [] });
  const room = await joining;
  first.drop(1006);
  const sent = [room.relay('message', 1), client.publish('news', 2), client.relay('message', { user: 'bob' }, 3)];
  const subscribing = client.subscribe('news');
  const socket = comeBack(setting, { peer: 'new' });
  assert.deepEqual(contents(socket), [['join', 'r', undefined], ['subscribe', 'news', undefined],
    ['message', 'r', 1], ['message', 'news', 2], ['message', 'bob', 3]]);
  for (const type of ['message', 'message', 'message', 'subscribe']) socket.answer(type, { type: 'ok' });
  await Promise.all([...sent, subscribing]);
});

test('a peer hears what waited for it only from the peer that meant it', async () => {
  for (const resumed of [true, false]) {
    const setting = cutOff();
    const relay = setting.client.relay('message', { to: 'p9' }, 'psst');
    const socket = comeBack(setting, { peer: resumed ? 'me' : 'new', resumed });
    if (resumed) socket.answer('message', { type: 'ok' });
    assert.deepEqual(socket.sent, []);
    if (resumed) await relay;
    else await assert.rejects(relay, { code: 'disconnected' });
  }
});

test('at most 256 frames wait; the next one is refused at once and the others keep their order', async () => {
  const setting = cutOff();
  const sent = Array.from({ length: 256 }, (_, index) => setting.client.publish('news', index));
  await assert.rejects(setting.client.publish('news', 'too many'), { code: 'too-many' });
  const socket = comeBack(setting, {});
  assert.deepEqual(socket.sent.map(({ data }) => data), Array.from({ length: 256 }, (_, index) => index));
  while (socket.sent.length > 0) socket.answer('message', { type: 'ok' });
  await Promise.all(sent);
});

test('at most a mebibyte waits, counted as it is sent, and there is room again once it is gone', async () => {
  const setting = cutOff();
  const half = 'ü'.repeat(262_100);
  const sent = [setting.client.publish('news', half)];
  sent.push(setting.client.publish('news', half));
  await assert.rejects(setting.client.publish('news', half), { code: 'too-many' });
  const socket = comeBack(setting, {});
  assert.equal(socket.sent.length, 2);
  while (socket.sent.length > 0) socket.answer('message', { type: 'ok' });
  await Promise.all(sent);
  socket.drop(1006);
  const again = setting.client.publish('news', half);
  comeBack(setting, {}).answer('message', { type: 'ok' });
  await again;
});

test('what changes while it waits is sent as it was', async () => {
  const setting = cutOff();
  const data = { score: 1 };
  const sent = setting.client.publish('news', data);
  data.score = 2;
  assert.deepEqual(comeBack(setting, {}).answer('message', { type: 'ok' }).data, { score: 1 });
  await sent;
});

test('a time-out covers the wait for a connection, and what is late is not sent any more', async () => {
  const setting = cutOff();
  const { clock, client, server } = setting;
  clock.advance(1);
  const late = client.publish('news', 'late', { timeout: 3_000 });
  const intime = client.publish('news', 'in time', { timeout: 5_000 });
  clock.advance(3_000);
  await assert.rejects(late, { code: 'timeout' });
  const socket = server.welcome();
  assert.deepEqual(contents(socket), [['message', 'news', 'in time']]);
  clock.advance(1_999);
  await settled();
  clock.advance(1);
  await assert.rejects(intime, { code: 'timeout' });
});

test('a request may be given another time-out than twenty seconds', async () => {
  const { server, clock, client } = setUp();
  server.welcome();
  const request = client.request({ type: 'one' }, { timeout: 500 });
  clock.advance(500);
  await assert.rejects(request, { code: 'timeout', message: 'no answer within 500 ms' });
});

test('what is of use only now fails at once', async () => {
  const { client } = cutOff();
  await assert.rejects(client.publish('cursor', [1, 2], { volatile: true }), { code: 'disconnected' });
});

test('closing rejects what waits, and nothing waits after it', async () => {
  const { client, clock } = cutOff();
  const waiting = client.publish('news', 1, { timeout: 1_000 });
  client.close();
  await assert.rejects(waiting, { code: 'closed' });
  await assert.rejects(client.publish('news', 2), { code: 'closed' });
  assert.equal(clock.pending, 0);
});

test('what is sent from within the welcome stays behind what has waited', async () => {
  const setting = setUp();
  const { server, client } = setting;
  const first = server.welcome({ peer: 'me' });
  const joining = client.join('r');
  const roster = { room: 'r', capacity: 2, order: 1, peers: [] };
  first.answer('join', { type: 'joined', ...roster });
  const room = await joining;
  first.drop(1006);
  room.on('peer-joined', () => void client.publish('news', 'second').catch(() => {}));
  void client.publish('news', 'first').catch(() => {});
  const socket = comeBack(setting, { peer: 'me', resumed: true, rooms: [{ ...roster, peers: [{ peer: 'p9', order: 2 }] }] });
  assert.deepEqual(socket.sent.map(({ data }) => data), ['first', 'second']);
});
