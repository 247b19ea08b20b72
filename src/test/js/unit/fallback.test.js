// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../../../webroot/heliograph.js';
import { FakeSockJs } from './fake-sockjs.js';
import { FakeClock, FakeServer, settled } from './fakes.js';

/** @typedef {import('../../../../webroot/heliograph.js').StateChange} StateChange */

const WELCOME = { type: 'welcome', peer: 'p1', session: 's1', resumed: false, iceServers: [], heartbeat: 25_000 };

/** @param {{server?: FakeServer, sockjs?: FakeSockJs, clock?: FakeClock}} [parts] */
function setUp({ server = new FakeServer(), sockjs = new FakeSockJs(), clock = new FakeClock() } = {}) {
  const { WebSocket } = server;
  const client = connect({ url: 'ws://host/prefix/v1/ws', WebSocket, fetch: sockjs.fetch, clock, random: () => 0.5 });
  /** @type {StateChange[]} */
  const states = [];
  client.on('state', change => states.push(change));
  return { server, sockjs, clock, client, states };
}

/** @param {FakeSockJs} sockjs */
async function welcome(sockjs) {
  sockjs.say('o');
  await settled();
  const [hello] = sockjs.take();
  assert.equal(hello.type, 'hello');
  sockjs.tell({ ...WELCOME, re: hello.id });
  await settled();
}

test('a WebSocket that opens is used, and SockJS is not tried', () => {
  const { server, sockjs, clock, client, states } = setUp();
  server.welcome();
  clock.advance(10_000);
  assert.deepEqual([client.transport, states.at(-1)?.transport, sockjs.sessions], ['websocket', 'websocket', []]);
});

test('an upgrade that is refused is followed by SockJS at once, and the client says so', async () => {
  const { server, sockjs, client, states } = setUp();
  server.socket.drop(1006);
  assert.equal(client.state, 'connecting');
  await welcome(sockjs);
  assert.deepEqual([client.state, client.transport, states.at(-1)?.transport, client.peer], ['online', 'sockjs', 'sockjs', 'p1']);
  client.post({ type: 'of-the-test' });
  assert.deepEqual(sockjs.take(), [{ type: 'of-the-test' }]);
});

test('delivery from end to end is the same over SockJS', async () => {
  const { server, sockjs, clock, client } = setUp();
  server.socket.drop(1006);
  await welcome(sockjs);
  const first = client.relay('offer', { to: 'p9' }, 1);
  const [offer] = sockjs.take();
  assert.deepEqual([offer.seq, offer.ack], [1, 0]);
  sockjs.call('xhr').fail();
  await settled();
  clock.advance(2_500);
  sockjs.say('o');
  await settled();
  const [hello] = sockjs.take();
  assert.equal(hello.resume, 's1');
  sockjs.tell({ ...WELCOME, resumed: true, rooms: [], calls: [], re: hello.id });
  await settled();
  assert.deepEqual(sockjs.take().map(({ seq, data }) => [seq, data]), [[0, { sent: 1, from: 1 }]]);
  sockjs.tell({ type: 'message', from: 'p9', seq: 0, ack: 0, data: { resend: true } });
  await settled();
  assert.deepEqual(sockjs.take().map(({ seq, data }) => [seq, data]), [[1, 1]]);
  sockjs.tell({ type: 'message', from: 'p9', seq: 0, ack: 1 });
  await first;
  client.close();
});

test('an upgrade that hangs holds it up for three seconds only, and is then given up', async () => {
  const { server, sockjs, clock, client } = setUp();
  clock.advance(2_999);
  assert.deepEqual(sockjs.sessions, []);
  clock.advance(1);
  await welcome(sockjs);
  assert.deepEqual([client.transport, server.socket.closedWith], ['sockjs', 1005]);
});

test('a WebSocket that was only slow wins if it is open first', async () => {
  const { server, sockjs, clock, client } = setUp();
  clock.advance(3_000);
  server.welcome();
  await settled();
  assert.deepEqual([client.transport, sockjs.open], ['websocket', []]);
});

test('where neither opens it is the network, and both are tried again later', async () => {
  const { server, sockjs, clock, client, states } = setUp();
  server.socket.drop(1006);
  sockjs.call('xhr').fail();
  await settled();
  assert.deepEqual([client.state, states.at(-1)?.code, client.transport], ['waiting', 1006, undefined]);
  clock.advance(states.at(-1)?.retryIn ?? 0);
  assert.deepEqual([server.sockets.length, sockjs.sessions.length], [2, 1]);
});

test('the page remembers that SockJS works, and tries a WebSocket again after five minutes', async () => {
  const first = setUp();
  first.server.socket.drop(1006);
  await welcome(first.sockjs);
  first.client.close();

  const second = setUp(first);
  assert.deepEqual([first.server.sockets.length, first.sockjs.sessions.length], [1, 2]);
  second.client.close();
  first.clock.advance(300_000);
  setUp(first);
  assert.deepEqual([first.server.sockets.length, first.sockjs.sessions.length], [2, 2]);
});

test('SockJS that fails is no longer the way', async () => {
  const { server, sockjs, clock, states, client } = setUp();
  server.socket.drop(1006);
  await welcome(sockjs);
  for (const sockets of [1, 2]) {
    sockjs.call('xhr').fail();
    await settled();
    assert.equal(client.state, 'waiting');
    clock.advance(states.at(-1)?.retryIn ?? 0);
    assert.equal(server.sockets.length, sockets);
  }
});

test('where a WebSocket has worked, it takes two more failures until SockJS is tried', async () => {
  const { server, sockjs, clock, states } = setUp();
  server.welcome().drop(1006);
  for (const sessions of [0, 0, 1]) {
    clock.advance(states.at(-1)?.retryIn ?? 0);
    server.socket.drop(1006);
    assert.equal(sockjs.sessions.length, sessions);
  }
});

test('without a WebSocket class there is SockJS, and without fetch there is none', async t => {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket');
  Reflect.deleteProperty(globalThis, 'WebSocket');
  t.after(() => own && Object.defineProperty(globalThis, 'WebSocket', own));
  const sockjs = new FakeSockJs();
  const client = connect({ url: 'ws://host/prefix/v1/ws', fetch: sockjs.fetch, clock: new FakeClock() });
  await welcome(sockjs);
  assert.equal(client.transport, 'sockjs');
  const server = new FakeServer();
  const plain = connect({ url: 'ws://host/prefix/v1/ws', WebSocket: server.WebSocket, clock: new FakeClock() });
  server.socket.drop(1006);
  assert.equal(plain.state, 'waiting');
});

test('over SockJS it pings every heartbeat, whatever it hears, and at each beat of the server', async () => {
  const { server, sockjs, clock, client } = setUp();
  server.socket.drop(1006);
  await welcome(sockjs);
  for (let turn = 0; turn < 3; turn++) {
    for (const wait of [12_000, 12_999]) {
      clock.advance(wait);
      sockjs.tell({ type: 'presence' });
      await settled();
      assert.throws(() => sockjs.call('xhr_send'), /not asked/);
    }
    clock.advance(1);
    assert.deepEqual(sockjs.take(), [{ type: 'ping' }]);
    await settled();
  }
  sockjs.say('h');
  await settled();
  assert.deepEqual(sockjs.take(), [{ type: 'ping' }]);
  client.close();
  assert.equal(clock.pending, 0);
});
