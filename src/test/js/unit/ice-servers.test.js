// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../../../webroot/heliograph.js';
import { FakeClock, FakeServer } from './fakes.js';

const HOUR = 3_600_000;

/** @param {number} expiry @returns {RTCIceServer[]} */
const servers = expiry => [{ urls: ['turn:host'], username: `${expiry}:alice`, credential: 'signed' }];

/** @param {() => number} [random] */
function setUp(random = () => 0.5) {
  const server = new FakeServer();
  const clock = new FakeClock();
  const client = connect({ url: 'ws://host', WebSocket: server.WebSocket, clock, random });
  /** @type {import('../../../../webroot/heliograph.js').IceServersChange[]} */
  const changes = [];
  client.on('ice-servers', change => changes.push(change));
  return { server, clock, client, changes };
}

/**
 * Lets time pass on a connection that answers its pings.
 *
 * @param {{server: FakeServer, clock: FakeClock}} setting
 * @param {number} milliseconds
 */
function pass({ server: { socket }, clock }, milliseconds) {
  for (let left = milliseconds; left > 0; left -= 10_000) {
    clock.advance(Math.min(left, 10_000));
    if (socket.readyState === 1) socket.say({ type: 'presence' });
  }
}

/** @param {FakeServer} server */
function asked({ socket }) {
  return socket.sent.filter(({ type }) => type === 'ice').length;
}

test('every welcome brings the servers, and says so', () => {
  const { server, client, changes } = setUp();
  server.welcome({ iceServers: servers(1), iceTtl: 3600 });
  assert.deepEqual(client.iceServers, servers(1));
  assert.deepEqual(changes, [{ iceServers: servers(1), iceTtl: 3600 }]);
});

for (const [random, share] of [[0, 0.8], [0.5, 0.85], [0.999999, 0.8999999]]) {
  test(`at a random ${random} it asks for others after ${share} of their time, again and again`, () => {
    const setting = setUp(() => random);
    const { server, client, changes } = setting;
    const socket = server.welcome({ iceServers: servers(1), iceTtl: 3600 });
    for (const expiry of [2, 3]) {
      pass(setting, share * HOUR - 10);
      assert.equal(asked(server), 0);
      pass(setting, 20);
      socket.answer('ice', { type: 'ice-servers', iceServers: servers(expiry), iceTtl: 3600 });
      assert.deepEqual([client.iceServers, changes.at(-1)], [servers(expiry), { iceServers: servers(expiry), iceTtl: 3600 }]);
    }
  });
}

test('what does not expire is not renewed', () => {
  for (const iceTtl of [undefined, 0]) {
    const setting = setUp();
    setting.server.welcome({ iceServers: servers(1), iceTtl });
    pass(setting, 48 * HOUR);
    assert.equal(asked(setting.server), 0);
  }
});

test('a time longer than timers take is no time of zero', () => {
  const setting = setUp();
  setting.server.welcome({ iceServers: servers(1), iceTtl: 2 ** 40 });
  pass(setting, 48 * HOUR);
  assert.equal(asked(setting.server), 0);
});

test('after a refusal it asks again, later each time until it gets an answer', () => {
  const setting = setUp();
  const { server, client } = setting;
  const socket = server.welcome({ iceServers: servers(1), iceTtl: 3600 });
  pass(setting, 0.85 * HOUR);
  for (const pause of [2_500, 2_500, 2_500, 5_000, 10_000, 15_000, 15_000]) {
    socket.answer('ice', { type: 'error', code: 'unavailable', message: 'not now' });
    pass(setting, pause - 1);
    assert.equal(asked(server), 0);
    pass(setting, 1);
    assert.equal(asked(server), 1);
  }
  socket.answer('ice', { type: 'ice-servers', iceServers: servers(2), iceTtl: 3600 });
  assert.deepEqual(client.iceServers, servers(2));
  pass(setting, 0.85 * HOUR);
  socket.answer('ice', { type: 'error', code: 'unavailable' });
  pass(setting, 2_500);
  assert.equal(asked(server), 1);
});

test('without an answer it asks again, too', () => {
  const setting = setUp();
  setting.server.welcome({ iceServers: servers(1), iceTtl: 3600 });
  pass(setting, 0.85 * HOUR + 20_000 + 2_500);
  assert.equal(asked(setting.server), 2);
});

test('while it is not connected it does not ask, and the next welcome brings new ones', () => {
  const setting = setUp();
  const { server, clock, client, changes } = setting;
  const first = server.welcome({ iceServers: servers(1), iceTtl: 3600 });
  pass(setting, 0.85 * HOUR);
  assert.equal(asked(server), 1);
  first.drop(1006);
  clock.advance(2_500);
  clock.advance(9_000);
  assert.deepEqual([client.iceServers, asked(server)], [servers(1), 0]);
  server.welcome({ iceServers: servers(2), iceTtl: 3600 });
  assert.deepEqual([client.iceServers, changes.length], [servers(2), 2]);
  pass(setting, 0.85 * HOUR - 1);
  assert.equal(asked(server), 0);
  pass(setting, 1);
  assert.equal(asked(server), 1);
});

test('servers that come without being asked for are taken as well', () => {
  const { server, client, changes } = setUp();
  server.welcome().say({ type: 'ice-servers', iceServers: servers(2) });
  assert.deepEqual([client.iceServers, changes.length], [servers(2), 2]);
});

test('once closed nothing is left waiting', () => {
  const { server, clock, client } = setUp();
  server.welcome({ iceServers: servers(1), iceTtl: 3600 });
  client.close();
  assert.equal(clock.pending, 0);
});
