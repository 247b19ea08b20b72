// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../../../webroot/heliograph.js';
import { FakeClock, FakeServer, settled } from './fakes.js';

/** @typedef {import('../../../../webroot/heliograph.js').StateChange} StateChange */

/** @param {import('../../../../webroot/heliograph.js').ClientOptions['token']} token */
function setUp(token) {
  const server = new FakeServer();
  const clock = new FakeClock();
  const client = connect({ url: 'ws://host', WebSocket: server.WebSocket, clock, random: () => 0.5, token });
  /** @type {StateChange[]} */
  const states = [];
  client.on('state', change => states.push(change));
  return { server, clock, client, states };
}

/** Tokens one after the other. */
function counter() {
  let given = 0;
  return { next: async () => `t${++given}`, count: () => given };
}

/** @param {{server: FakeServer, clock: FakeClock}} setting @param {number} milliseconds */
async function pass({ server: { socket }, clock }, milliseconds) {
  for (let left = milliseconds; left > 0; left -= 10_000) {
    clock.advance(Math.min(left, 10_000));
    if (socket.readyState === 1) socket.say({ type: 'presence' });
    await settled();
  }
}

/** The pause before the next try is over. @param {{clock: FakeClock, states: StateChange[]}} setting */
function retry({ clock, states }) {
  clock.advance(states.at(-1)?.retryIn ?? 0);
}

test('a text is what hello brings, each time, and is not renewed', async () => {
  const setting = setUp('jwt');
  const socket = setting.server.welcome({ tokenTtl: 100 });
  await pass(setting, 99_000);
  assert.deepEqual(socket.sent.filter(({ type }) => type === 'renew'), []);
  socket.drop(1012);
  retry(setting);
  setting.server.socket.open();
  assert.equal(setting.server.socket.take('hello').token, 'jwt');
});

test('a function is asked before each connection, and nothing is opened until it answers', async () => {
  const tokens = counter();
  const setting = setUp(tokens.next);
  const { server } = setting;
  assert.equal(server.sockets.length, 0);
  await settled();
  server.socket.open();
  assert.equal(server.socket.take('hello').token, 't1');
  server.socket.drop(1006);
  retry(setting);
  await settled();
  server.socket.open();
  assert.equal(server.socket.take('hello').token, 't2');
});

test('it is renewed after 85% of its time, again and again, over the same connection', async () => {
  const tokens = counter();
  const setting = setUp(tokens.next);
  await settled();
  const socket = setting.server.welcome({ tokenTtl: 3600 });
  for (const token of ['t2', 't3']) {
    await pass(setting, 3_060_000 - 10);
    assert.deepEqual(socket.sent.filter(({ type }) => type === 'renew'), []);
    await pass(setting, 20);
    assert.equal(socket.sent.find(({ type }) => type === 'renew')?.token, token);
    socket.answer('renew', { type: 'ok', tokenTtl: 3600 });
  }
  assert.equal(setting.server.sockets.length, 1);
});

test('what was refused, or could not be had, is tried again', async () => {
  let tries = 0;
  const setting = setUp(async () => {
    if (++tries === 2) throw new Error('503');
    return `t${tries}`;
  });
  await settled();
  const socket = setting.server.welcome({ tokenTtl: 100 });
  await pass(setting, 85_010);
  assert.equal(tries, 2);
  await pass(setting, 5_000);
  assert.equal(tries, 3);
  socket.answer('renew', { type: 'error', code: 'unauthorized', message: 'token: exp: over' });
  await pass(setting, 5_000);
  assert.equal(socket.take('renew').token, 't4');
});

test('a token that cannot be had is no end: it is asked for again, and the page is told', async () => {
  let tries = 0;
  const setting = setUp(async () => {
    if (++tries === 1) throw new Error('login needed');
    return 't2';
  });
  const { server, states } = setting;
  await settled();
  assert.equal(states.at(-1)?.state, 'waiting');
  assert.match(String(states.at(-1)?.reason), /login needed/);
  assert.equal(states.at(-1)?.error?.code, 'unauthorized');
  retry(setting);
  await settled();
  server.welcome();
  assert.equal(states.at(-1)?.state, 'online');
});

test('a token that does not come within ten seconds is asked for again', async () => {
  let tries = 0;
  const setting = setUp(() => {
    tries++;
    return new Promise(() => {});
  });
  const { server, clock, states } = setting;
  await settled();
  clock.advance(10_000);
  assert.equal(states.at(-1)?.state, 'waiting');
  retry(setting);
  await settled();
  assert.equal(tries, 2);
  assert.equal(server.sockets.length, 0);
});

test('closed while a token is being asked for, it opens nothing', async () => {
  const { server, client } = setUp(counter().next);
  client.close();
  await settled();
  assert.equal(server.sockets.length, 0);
});

test('a session that ended with its token is followed by another with the next one', async () => {
  const setting = setUp(counter().next);
  const { server, client, states } = setting;
  await settled();
  server.welcome({ tokenTtl: 1 }).drop(4001);
  assert.equal(states.at(-1)?.state, 'waiting');
  retry(setting);
  await settled();
  server.socket.open();
  assert.equal(server.socket.take('hello').token, 't2');
  assert.notEqual(client.state, 'closed');
});

test('with a text for a token that is the end', () => {
  const { server, client } = setUp('jwt');
  server.welcome({ tokenTtl: 1 }).drop(4001);
  assert.equal(client.state, 'closed');
});

test('a token that is refused at once is the end, wherever it came from', async () => {
  const { server, client } = setUp(counter().next);
  await settled();
  server.socket.open();
  server.socket.answer('hello', { type: 'error', code: 'unauthorized', message: 'token: exp: over' });
  assert.equal(client.state, 'closed');
  await assert.rejects(client.ready, { code: 'unauthorized' });
});
