// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../../../webroot/heliograph.js';
import { FakeClock, FakeServer, settled } from './fakes.js';

function setUp() {
  const server = new FakeServer();
  const clock = new FakeClock();
  const client = connect({ url: 'ws://host/v1/ws', WebSocket: server.WebSocket, clock, random: () => 0 });
  const socket = server.welcome({ peer: 'me' });
  return { server, clock, client, socket };
}

test('a question is answered by the message handler of the other side', async () => {
  const [alice, bob] = [setUp(), setUp()];
  bob.client.on('message', ({ data, reply }) => void reply?.({ pong: data }));
  const answer = alice.client.ask({ user: 'bob' }, 'ping');
  const { user, data } = alice.socket.answer('message', { type: 'ok' });
  assert.equal(user, 'bob');
  bob.socket.say({ type: 'message', from: 'alice', user, data });
  const back = bob.socket.answer('message', { type: 'ok' });
  assert.equal(back.to, 'alice');
  alice.socket.say({ type: 'message', from: 'bob', data: back.data });
  assert.deepEqual(await answer, { pong: 'ping' });
  assert.equal(alice.clock.pending, 1, 'only the heartbeat');
});

test('who asks hears no message of the answer, and a second answer is nobody\'s', async () => {
  const { client, socket } = setUp();
  /** @type {unknown[]} */
  const heard = [];
  client.on('message', message => heard.push(message));
  const answer = client.ask({ to: 'p9' }, 'who?');
  const { data } = socket.answer('message', { type: 'ok' });
  const id = data['heliograph:ask'];
  for (const name of ['first', 'second']) socket.say({ type: 'message', from: 'p9', data: { 'heliograph:answer': id, data: name } });
  assert.equal(await answer, 'first');
  assert.deepEqual(heard, []);
});

test('a message that asks nothing has no reply, whatever its data', () => {
  const { client, socket } = setUp();
  /** @type {unknown[]} */
  const heard = [];
  client.on('message', ({ data, reply }) => heard.push([data, reply]));
  for (const data of [null, 'text', 7, { 'heliograph:ask': 7 }]) socket.say({ type: 'message', from: 'p9', data });
  assert.deepEqual(heard, [[null, undefined], ['text', undefined], [7, undefined], [{ 'heliograph:ask': 7 }, undefined]]);
});

test('a room hears the question too', async () => {
  const { client, socket } = setUp();
  const joining = client.join('r');
  socket.answer('join', { type: 'joined', room: 'r', capacity: 2, order: 1, peers: [] });
  const room = await joining;
  room.on('message', ({ data, reply }) => void reply?.(data + 1));
  socket.say({ type: 'message', from: 'p9', room: 'r', data: { 'heliograph:ask': 'q', data: 41 } });
  assert.deepEqual(socket.take('message').data, { 'heliograph:answer': 'q', data: 42 });
});

test('a question nobody answers fails in time, one that reached nobody at once', async () => {
  const { client, clock, socket } = setUp();
  const lonely = client.ask({ user: 'bob' }, 1, { timeout: 3_000 });
  socket.answer('message', { type: 'ok' });
  await settled();
  clock.advance(3_000);
  await assert.rejects(lonely, { code: 'timeout', message: 'nobody answered within 3000 ms' });
  const offline = client.ask({ user: 'bob' }, 1);
  socket.answer('message', { type: 'error', code: 'user-offline' });
  await assert.rejects(offline, { code: 'user-offline' });
  assert.equal(clock.pending, 1, 'only the heartbeat');
});

test('an answer may still come after a resume, and cannot after a reconnect without', async () => {
  for (const resumed of [true, false]) {
    const { server, clock, client, socket } = setUp();
    const answer = client.ask({ to: 'p9' }, 'well?');
    const { data } = socket.answer('message', { type: 'ok' });
    await settled();
    socket.drop(1006);
    const later = client.ask({ user: 'bob' }, 'waits for the connection');
    clock.advance(1);
    const next = server.welcome({ peer: resumed ? 'me' : 'new', resumed });
    const back = { type: 'message', from: 'p9', data: { 'heliograph:answer': data['heliograph:ask'], data: 'well' } };
    next.say(back);
    if (resumed) assert.equal(await answer, 'well');
    else await assert.rejects(answer, { code: 'disconnected' });
    if (resumed) assert.deepEqual(next.answer('message', { type: 'ok' }).data, { sent: 1, from: 1 }, 'p9 is asked to confirm');
    const { data: { 'heliograph:ask': id } } = next.answer('message', { type: 'ok' });
    next.say({ ...back, data: { 'heliograph:answer': id, data: 'yes' } });
    assert.equal(await later, 'yes');
  }
});

test('an answer to one who is gone rejects for whoever waits for it, and troubles nobody else', async () => {
  const { client, socket } = setUp();
  const asked = client.next('message');
  socket.say({ type: 'message', from: 'p9', data: { 'heliograph:ask': 'q' } });
  const { reply } = await asked;
  const [heeded] = [reply?.('here'), reply?.('there')];
  for (let turn = 0; turn < 2; turn++) socket.answer('message', { type: 'error', code: 'peer-unreachable' });
  await assert.rejects(heeded ?? Promise.resolve(), { code: 'peer-unreachable' });
  await settled();
});

test('closing rejects what is open', async () => {
  const { client, clock, socket } = setUp();
  const answer = client.ask({ to: 'p9' });
  socket.answer('message', { type: 'ok' });
  await settled();
  client.close();
  await assert.rejects(answer, { code: 'closed' });
  assert.equal(clock.pending, 0);
});
