// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../../../webroot/heliograph.js';
import { FakeClock, FakeServer, settled } from './fakes.js';

/** @typedef {import('./fakes.js').FakeSocket} FakeSocket */

function setUp() {
  const server = new FakeServer();
  const clock = new FakeClock();
  const client = connect({ url: 'ws://host/v1/ws', WebSocket: server.WebSocket, clock, random: () => 0.5 });
  return { server, clock, client };
}

/** A client that has subscribed to `news` and watches `bob`. */
async function listening() {
  const { server, clock, client } = setUp();
  const socket = server.welcome();
  const standing = Promise.all([client.subscribe('news'), client.watch(['bob'])]);
  socket.answer('subscribe', { type: 'ok' });
  socket.say({ type: 'presence', user: 'bob', peers: 2 });
  socket.answer('watch', { type: 'ok' });
  await standing;
  return { server, clock, client, socket };
}

/** @param {FakeSocket} socket */
function asked(socket) {
  return socket.sent.map(({ type, topic, users }) => [type, topic ?? users]);
}

test('what is published to a topic arrives as a message of that topic', async () => {
  const { client, socket } = await listening();
  /** @type {unknown[]} */
  const heard = [];
  client.on('message', ({ topic, from, data }) => heard.push([topic, from, data]));
  socket.say({ type: 'message', from: 'p9', topic: 'news', data: 'rain' });
  assert.deepEqual(heard, [['news', 'p9', 'rain']]);
});

test('presence is known before the watch is answered, and follows', async () => {
  const { client, socket } = await listening();
  assert.deepEqual([...client.presence], [['bob', 2]]);
  /** @type {unknown[]} */
  const heard = [];
  client.on('presence', ({ user, peers }) => heard.push([user, peers]));
  socket.say({ type: 'presence', user: 'bob', peers: 0 });
  assert.deepEqual([heard, client.presence.get('bob')], [[['bob', 0]], 0]);
});

test('unsubscribing and unwatching is told, and what comes late of it is forgotten', async () => {
  const { client, socket } = await listening();
  const done = Promise.all([client.unsubscribe('news'), client.unwatch(['bob'])]);
  socket.say({ type: 'presence', user: 'bob', peers: 1 });
  assert.deepEqual(asked(socket), [['unsubscribe', 'news'], ['unwatch', ['bob']]]);
  socket.answer('unsubscribe', { type: 'ok' });
  socket.answer('unwatch', { type: 'ok' });
  await done;
  assert.deepEqual([...client.presence], []);
});

test('of a watch that is refused no presence stays', async () => {
  const { client, socket } = await listening();
  const watched = client.watch(['ann']);
  socket.say({ type: 'presence', user: 'ann', peers: 3 });
  socket.answer('watch', { type: 'error', code: 'unavailable', message: 'directory' });
  await assert.rejects(watched, { code: 'unavailable' });
  assert.deepEqual([...client.presence], [['bob', 2]]);
});

test('a reconnect that resumed nothing makes all of it again', async () => {
  const { server, clock, client, socket } = await listening();
  socket.drop(1006);
  await client.unsubscribe('news');
  const sport = client.subscribe('sport');
  clock.advance(5_000);
  const next = server.welcome();
  assert.deepEqual(asked(next), [['subscribe', 'sport'], ['watch', ['bob']]]);
  next.answer('subscribe', { type: 'ok' });
  await sport;
});

test('a session that was resumed is only told what changed meanwhile', async () => {
  const { server, clock, client, socket } = await listening();
  socket.drop(1006);
  await client.unsubscribe('news');
  const sport = client.subscribe('sport');
  void client.watch(['bob', 'carol']).catch(() => {});
  clock.advance(5_000);
  const next = server.welcome({ peer: 'p1', resumed: true, topics: ['news'], watching: ['bob'] });
  assert.deepEqual(asked(next), [['subscribe', 'sport'], ['unsubscribe', 'news'], ['watch', ['carol']]]);
  next.answer('subscribe', { type: 'ok' });
  await sport;
});

test('what is asked before the first connection stands with it', async () => {
  const { server, client } = setUp();
  const watching = client.watch(['bob']);
  server.welcome().answer('watch', { type: 'ok' });
  await watching;
});

test('what the server refuses rejects and is not asked again', async () => {
  const { server, clock, client } = setUp();
  const socket = server.welcome();
  const watching = client.watch(['bob']);
  socket.answer('watch', { type: 'error', code: 'too-many', message: 'watched users: 256' });
  await assert.rejects(watching, { code: 'too-many' });
  socket.drop(1006);
  clock.advance(5_000);
  assert.deepEqual(server.welcome().sent, []);
});

test('what stood and is refused for now is asked for again; refused for good, it is told', async () => {
  const { server, clock, client, socket } = await listening();
  /** @type {unknown[]} */
  const lost = [];
  client.on('unsubscribed', ({ topic, error }) => lost.push([topic, error.code]));
  client.on('unwatched', ({ users, error }) => lost.push([users, error.code]));
  socket.drop(1006);
  clock.advance(5_000);
  const next = server.welcome();
  next.answer('subscribe', { type: 'error', code: 'unavailable' });
  next.answer('watch', { type: 'error', code: 'forbidden' });
  assert.deepEqual([asked(next), lost], [[], [[['bob'], 'forbidden']]]);
  clock.advance(2_500);
  next.answer('subscribe', { type: 'ok' });
  assert.deepEqual(lost.length, 1);
});

test('a subscription refused once more to one that has it leaves it standing', async () => {
  const { server, clock, client, socket } = await listening();
  const again = client.subscribe('news');
  socket.answer('subscribe', { type: 'error', code: 'rate-limited' });
  await assert.rejects(again, { code: 'rate-limited' });
  socket.drop(1006);
  clock.advance(5_000);
  server.welcome().take('subscribe');
});

test('many users are watched in frames that are never too long', async () => {
  const { server, client } = setUp();
  const socket = server.welcome();
  const watching = client.watch(Array.from({ length: 250 }, (_, index) => `${'😀'.repeat(120)}${index}`));
  assert.deepEqual(socket.sent.map(({ users }) => users.length), [100, 100, 50]);
  assert.ok(socket.sent.every(frame => new TextEncoder().encode(JSON.stringify(frame)).length < 65_536));
  for (let turn = 0; turn < 3; turn++) socket.answer('watch', { type: 'ok' });
  await watching;
});

test('closing rejects who waits for a subscription, and leaves no timer', async () => {
  const { client, clock, socket } = await listening();
  const waiting = assert.rejects(client.subscribe('sport'), { code: 'closed' });
  client.close();
  await waiting;
  await assert.rejects(client.subscribe('more'), { code: 'closed' });
  await settled();
  assert.deepEqual([clock.pending, socket.closedWith], [0, 1000]);
});
