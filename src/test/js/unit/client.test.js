// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../../../webroot/heliograph.js';
import { FakeClock, FakeServer, seeded, settled } from './fakes.js';

/** @typedef {import('../../../../webroot/heliograph.js').StateChange} StateChange */

/** @param {import('../../../../webroot/heliograph.js').ClientOptions} [options] */
function setUp(options) {
  const server = new FakeServer();
  const clock = new FakeClock();
  const { WebSocket } = server;
  const client = connect({ url: 'wss://host/prefix/v1/ws', WebSocket, clock, random: () => 0.5, ...options });
  /** @type {StateChange[]} */
  const states = [];
  client.on('state', change => states.push(change));
  return { server, clock, client, states };
}

test('a server is found by its own address, and a WebSocket by its', () => {
  const found = ['https://host', 'http://host:8080/below', 'http://host/below/', 'ws://host/v1/ws', 'wss://elsewhere/path?a=b']
    .map(url => setUp({ url }).server.socket.url);
  assert.deepEqual(found,
    ['wss://host/v1/ws', 'ws://host:8080/below/v1/ws', 'ws://host/below/v1/ws', 'ws://host/v1/ws', 'wss://elsewhere/path?a=b']);
  assert.throws(() => setUp({ url: 'host' }), /Invalid URL/);
  assert.throws(() => setUp({ url: 'ftp://host' }), /ftp/);
});

test('the first frame is a hello with what the application gave', () => {
  const { server } = setUp({ user: 'alice', data: { name: 'Alice' }, token: 'jwt' });
  server.socket.open();
  const { id, ...hello } = server.socket.take('hello');
  assert.deepEqual(hello, { type: 'hello', user: 'alice', data: { name: 'Alice' }, token: 'jwt' });
  assert.equal(typeof id, 'string');
  assert.equal(server.socket.protocol, 'heliograph.v1');
});

test('ready resolves at the welcome, which tells who one is', async () => {
  const { server, client } = setUp();
  server.welcome({ peer: 'me', user: 'alice', iceServers: [{ urls: ['stun:host'] }] });
  await client.ready;
  assert.deepEqual([client.peer, client.user, client.iceServers], ['me', 'alice', [{ urls: ['stun:host'] }]]);
});

test('answers find their questions in any order', async () => {
  const { server, client } = setUp();
  const socket = server.welcome();
  const [one, two] = [client.request({ type: 'one' }), client.request({ type: 'two' })];
  socket.answer('two', { type: 'ok', n: 2 });
  socket.answer('one', { type: 'ok', n: 1 });
  assert.deepEqual([(await one).n, (await two).n], [1, 2]);
});

test('an error answer rejects with its code', async () => {
  const { server, client } = setUp();
  const socket = server.welcome();
  const relay = client.relay('offer', { to: 'p9' }, { sdp: '' });
  socket.answer('offer', { type: 'error', code: 'peer-unreachable', message: 'no such peer' });
  await assert.rejects(relay, { name: 'SignalingError', code: 'peer-unreachable', message: 'no such peer' });
});

test('a request without an answer fails after twenty seconds, and a late answer does no harm', async () => {
  const { server, client, clock } = setUp();
  const socket = server.welcome();
  const request = client.request({ type: 'one' });
  const { id } = socket.take('one');
  clock.advance(20_000);
  await assert.rejects(request, { code: 'timeout' });
  socket.say({ type: 'ok', re: id });
});

test('requests fail at once while there is no connection, and with the connection they were sent on', async () => {
  const { server, client } = setUp();
  await assert.rejects(client.request({ type: 'early' }), { code: 'disconnected' });
  const socket = server.welcome();
  const lost = client.request({ type: 'one' });
  socket.drop(1006);
  await assert.rejects(lost, { code: 'disconnected' });
});

test('frames arrive under their type; what is no frame is ignored', () => {
  const { server, client } = setUp();
  const socket = server.welcome();
  /** @type {unknown[]} */
  const heard = [];
  client.on('message', ({ from, data }) => heard.push([from, data]));
  client.on('error', ({ code }) => heard.push(code));
  socket.onmessage?.({ data: 'no json' });
  socket.onmessage?.({ data: '[]' });
  socket.say({ type: 'of-the-future' });
  socket.say({ type: 'message', from: 'p9', data: [1] });
  socket.say({ type: 'error', code: 'rate-limited' });
  assert.deepEqual(heard, [['p9', [1]], 'rate-limited']);
});

for (const code of [1006, 1011, 1012, 1013, 4000]) {
  test(`after close ${code} it comes back with its session`, () => {
    const { server, clock, states } = setUp();
    server.welcome({ session: 'secret' }).drop(code);
    const { state, retryIn = 0 } = states.at(-1) ?? {};
    assert.deepEqual([state, retryIn], ['waiting', code === 1013 ? 7_500 : 2_500]);
    clock.advance(retryIn - 1);
    assert.equal(server.sockets.length, 1);
    clock.advance(1);
    assert.equal(server.sockets.length, 2);
    server.socket.open();
    assert.equal(server.socket.take('hello').resume, 'secret');
  });
}

for (const code of [1000, 1001, 1003, 1005, 1007, 1008, 1009, 4001, 4002, 4003]) {
  test(`after close ${code} it does not come back`, () => {
    const { server, clock, client, states } = setUp();
    server.welcome().drop(code);
    assert.deepEqual([client.state, states.at(-1)?.code], ['closed', code]);
    clock.advance(3_600_000);
    assert.deepEqual([server.sockets.length, clock.pending], [1, 0]);
  });
}

test('tries in vain lie further and further apart', () => {
  const { server, clock, states } = setUp();
  for (let turn = 0; turn < 7; turn++) {
    server.socket.drop(1006);
    clock.advance(states.at(-1)?.retryIn ?? 0);
  }
  const delays = states.filter(({ state }) => state === 'waiting').map(({ retryIn }) => retryIn);
  assert.deepEqual(delays, [2_500, 2_500, 2_500, 5_000, 10_000, 15_000, 15_000]);
});

test('a refused token ends it with the reason', async () => {
  const { server, client } = setUp({ token: 'bad' });
  server.socket.open();
  server.socket.answer('hello', { type: 'error', code: 'unauthorized', message: 'token expired' });
  await assert.rejects(client.ready, { code: 'unauthorized' });
  assert.equal(client.state, 'closed');
});

test('a cluster that cannot answer now is asked again', () => {
  const { server, client } = setUp();
  server.socket.open();
  server.socket.answer('hello', { type: 'error', code: 'unavailable' });
  assert.equal(client.state, 'waiting');
});

test('a connection that does not open within ten seconds is given up', () => {
  const { server, clock, client } = setUp();
  clock.advance(10_000);
  assert.deepEqual([client.state, server.socket.closedWith], ['waiting', 4000]);
});

test('silence is answered with a ping, and a missing answer with a new connection', () => {
  const { server, clock, client } = setUp();
  const socket = server.welcome({ heartbeat: 25_000 });
  clock.advance(20_000);
  socket.say({ type: 'presence' });
  clock.advance(24_999);
  assert.deepEqual(socket.sent, []);
  clock.advance(1);
  socket.take('ping');
  socket.say({ type: 'pong' });
  clock.advance(25_000);
  socket.take('ping');
  clock.advance(9_999);
  assert.equal(client.state, 'online');
  clock.advance(1);
  assert.deepEqual([client.state, socket.closedWith], ['waiting', 4000]);
});

test('a drain opens the new connection before it closes the old one, within the window', () => {
  const { server, clock, client } = setUp();
  const old = server.welcome({ peer: 'before', session: 'secret' });
  old.say({ type: 'draining', reconnectWithin: 8_000 });
  clock.advance(3_199);
  assert.equal(server.sockets.length, 1);
  clock.advance(1);
  assert.deepEqual([server.sockets.length, old.closedWith, client.state], [2, undefined, 'online']);
  /** @type {unknown[]} */
  const heard = [];
  client.on('message', ({ data }) => heard.push(data));
  old.say({ type: 'message', from: 'p9', data: 'still heard' });
  server.welcome({ peer: 'after' });
  assert.deepEqual([heard, old.closedWith, client.state, client.peer], [['still heard'], 1000, 'online', 'after']);
});

test('a drain to a session that goes on is not ended by the old connection being taken over', () => {
  const { server, clock, client } = setUp();
  const old = server.welcome({ peer: 'same' });
  old.say({ type: 'draining', reconnectWithin: 1_000 });
  clock.advance(1_000);
  old.drop(4003);
  assert.equal(client.state, 'connecting');
  server.welcome({ peer: 'same', resumed: true });
  assert.deepEqual([client.state, client.peer], ['online', 'same']);
});

test('what is sent while it changes over waits for the new connection, in its order, and nothing goes out on the old one', async () => {
  const { server, clock, client } = setUp();
  const old = server.welcome({ peer: 'same' });
  const before = client.publish('news', 'before');
  old.say({ type: 'draining', reconnectWithin: 1_000 });
  clock.advance(400);
  const during = client.publish('news', 'while it opens');
  assert.deepEqual(old.sent.map(({ data }) => data), ['before', 'while it opens']);
  for (let twice = 0; twice < 2; twice++) old.answer('message', { type: 'ok' });
  await Promise.all([before, during]);
  server.socket.open();
  const waiting = [1, 2, 3].map(each => client.publish('news', each));
  await assert.rejects(client.request({ type: 'now' }), { code: 'disconnected' });
  assert.deepEqual([old.sent, server.socket.sent.map(({ type }) => type)], [[], ['hello']]);
  const next = server.welcome({ peer: 'same', resumed: true, rooms: [], calls: [] });
  assert.deepEqual(next.sent.filter(({ type }) => type !== 'hello').map(({ data }) => data), [1, 2, 3]);
  for (let turn = 0; turn < 3; turn++) next.answer('message', { type: 'ok' });
  await Promise.all(waiting);
  assert.equal(old.closedWith, 4003, 'not 1000, which would end the session');
});

test('a connection that breaks while it takes over is followed by another one, whatever becomes of the old one', () => {
  for (const last of ['new', 'old']) {
    const { server, clock, client } = setUp();
    const old = server.welcome({ peer: 'same', session: 'secret' });
    old.say({ type: 'draining', reconnectWithin: 1_000 });
    clock.advance(400);
    const second = server.socket;
    second.open();
    const closings = [() => second.drop(1006), () => old.drop(4003)];
    for (const close of last === 'new' ? closings.reverse() : closings) close();
    assert.equal(client.state, 'waiting');
    clock.advance(5_000);
    server.socket.open();
    assert.equal(server.socket.take('hello').resume, 'secret');
    server.welcome({ peer: 'same', resumed: true, rooms: [], calls: [] });
    assert.equal(client.state, 'online');
    server.socket.drop(4003);
    assert.equal(client.state, 'closed', 'this time it was somebody else');
  }
});

test('once another connection has greeted, nothing is sent on the old one, even if that one was refused', async () => {
  const { server, clock, client } = setUp();
  const old = server.welcome({ peer: 'same', session: 'secret' });
  old.say({ type: 'draining', reconnectWithin: 0 });
  clock.advance(0);
  server.socket.open();
  server.socket.answer('hello', { type: 'error', code: 'unavailable' });
  const waiting = client.publish('news', 1);
  assert.deepEqual([client.state, old.sent], ['online', []]);
  clock.advance(2_500);
  server.welcome({ peer: 'same', resumed: true, rooms: [], calls: [] }).answer('message', { type: 'ok' });
  await waiting;
});

for (const [what, refuse] of /** @type {[string, (socket: import('./fakes.js').FakeSocket) => unknown][]} */ ([
  ['the error unavailable', socket => socket.answer('hello', { type: 'error', code: 'unavailable' })],
  ['close 1012', socket => socket.drop(1012)],
  ['close 1013', socket => socket.drop(1013)],
])) {
  test(`a hello that meets ${what} is tried again with the same session`, () => {
    const { server, clock, states } = setUp();
    server.welcome({ session: 'secret' }).drop(1006);
    for (let turn = 0; turn < 4; turn++) {
      clock.advance(states.at(-1)?.retryIn ?? 0);
      server.socket.open();
      assert.equal(server.socket.sent[0].resume, 'secret');
      refuse(server.socket);
    }
  });
}

test('of two thousand clients cut off at once less than a quarter is back in each second; one that comes online is at once', async t => {
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const borrowed = { addEventListener: page.addEventListener.bind(page), removeEventListener: page.removeEventListener.bind(page), document: page };
  const clock = new FakeClock();
  const random = seeded(2026);
  const server = new FakeServer();
  const clients = Array.from({ length: 2_000 }, () => {
    const client = connect({ url: 'ws://host', WebSocket: server.WebSocket, clock, random });
    server.welcome();
    return client;
  });
  Object.assign(globalThis, borrowed);
  const single = connect({ url: 'ws://host', WebSocket: server.WebSocket, clock, random });
  t.after(() => Object.keys(borrowed).forEach(name => Reflect.deleteProperty(globalThis, name)));
  server.welcome();
  for (const socket of [...server.sockets]) socket.drop(1006);
  page.dispatchEvent(new Event('online'));
  assert.deepEqual([server.sockets.length, single.state], [2_002, 'connecting']);
  const tries = [];
  for (let second = 0; second < 5; second++) {
    const before = server.sockets.length;
    clock.advance(1_000);
    tries.push(server.sockets.length - before);
  }
  assert.equal(tries.reduce((sum, each) => sum + each), 2_000);
  assert.ok(tries.every(count => count < 500), `${tries}`);
  for (const client of [...clients, single]) client.close();
});

test('close ends the session, and leaves no timer behind', async () => {
  const { server, clock, client } = setUp();
  const socket = server.welcome();
  const request = client.request({ type: 'one' });
  client.close();
  await assert.rejects(request, { code: 'disconnected' });
  await assert.rejects(client.request({ type: 'two' }), { code: 'disconnected' });
  assert.deepEqual([socket.closedWith, client.state, clock.pending], [1000, 'closed', 0]);
});

test('closing before the welcome rejects whoever waits for it', async () => {
  const { clock, client, server } = setUp();
  server.socket.open();
  client.close();
  await assert.rejects(client.ready, { code: 'closed' });
  assert.equal(clock.pending, 0);
});

test('a page that comes online or into view tries at once, and one that is hidden for good says so', async t => {
  const page = Object.assign(new EventTarget(), { visibilityState: 'hidden' });
  const borrowed = { addEventListener: page.addEventListener.bind(page), removeEventListener: page.removeEventListener.bind(page), document: page };
  Object.assign(globalThis, borrowed);
  t.after(() => Object.keys(borrowed).forEach(name => Reflect.deleteProperty(globalThis, name)));
  const { server, client } = setUp();
  const first = server.welcome();
  page.dispatchEvent(new Event('online'));
  first.take('ping');

  first.drop(1006);
  page.dispatchEvent(new Event('visibilitychange'));
  assert.equal(server.sockets.length, 1);
  page.dispatchEvent(new Event('online'));
  assert.equal(server.sockets.length, 2);

  server.socket.drop(1006);
  page.visibilityState = 'visible';
  page.dispatchEvent(new Event('visibilitychange'));
  assert.equal(server.sockets.length, 3);

  const last = server.welcome();
  page.dispatchEvent(new Event('pagehide'));
  assert.equal(last.closedWith, 1000);
  page.dispatchEvent(new Event('pageshow'));
  server.socket.open();
  assert.equal(server.socket.take('hello').resume, undefined);
  client.close();
  await settled();
  page.dispatchEvent(new Event('online'));
  assert.equal(server.sockets.length, 4);
});
