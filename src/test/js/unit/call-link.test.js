// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallLink, connect } from '../../../../webroot/heliograph.js';
import { FakeConnection } from './fake-connection.js';
import { FakeClock, FakeServer, settled } from './fakes.js';

/** @typedef {import('../../../../webroot/heliograph.js').Call} Call */

/** One side of a call. */
class Side {
  server = new FakeServer();
  clock = new FakeClock();
  /** @type {FakeConnection[]} */
  connections = [];
  /** @type {string[]} why its link ended */
  endings = [];
  /** @type {Call | undefined} */
  call;
  /** @type {CallLink | undefined} */
  link;

  /** @param {string} peer */
  constructor(peer) {
    this.peer = peer;
    this.client = connect({ url: 'ws://host', WebSocket: this.server.WebSocket, clock: this.clock, random: () => 0 });
    this.server.welcome({ peer });
    this.client.on('call', call => this.take(call));
  }

  /** @param {Call} call */
  take(call) {
    this.call = call;
    this.link = new CallLink(call, {
      connect: configuration => {
        this.connections.push(new FakeConnection(configuration));
        return /** @type {FakeConnection} */ (this.connections.at(-1)).real;
      },
    });
    this.link.on('ended', ({ reason }) => this.endings.push(reason));
  }

  get socket() {
    return this.server.socket;
  }
}

/** Carries relays until there are none. @param {Side[]} sides */
async function carry(...sides) {
  await settled();
  for (let turns = 0; turns < 100; turns++) {
    const relays = sides.flatMap(side => side.socket.sent.splice(0).map(frame => ({ side, frame })));
    if (relays.length === 0) return;
    for (const { side, frame } of relays) {
      side.socket.say({ type: 'ok', re: frame.id });
      const { type, to, data } = frame;
      sides.find(({ peer }) => peer === to)?.socket.say({ type, from: side.peer, data });
    }
    await settled();
  }
  assert.fail('they never come to rest');
}

/** Alice calls Bob, whose device rings. */
function ringing() {
  const [alice, bob] = [new Side('pA'), new Side('pB')];
  alice.take(alice.client.call('bob'));
  alice.socket.answer('call', { type: 'ringing', call: 'c1', peers: 1 });
  bob.socket.say({ type: 'call', call: 'c1', from: 'pA', user: 'alice' });
  return { alice, bob };
}

/** Alice and Bob see each other. */
async function talking() {
  const { alice, bob } = ringing();
  void bob.call?.accept();
  bob.socket.answer('accept', { type: 'ok' });
  alice.socket.say({ type: 'accepted', call: 'c1', from: 'pB' });
  await carry(alice, bob);
  assert.deepEqual([alice.link?.state, bob.link?.state], ['connected', 'connected']);
  return { alice, bob };
}

test('a call uses the ICE servers that the server gives, and those that it gives later', async () => {
  const { alice, bob } = await talking();
  const servers = [{ urls: ['stun:example.org'] }];
  assert.deepEqual(alice.connections[0].configuration, { iceServers: [] });
  alice.socket.say({ type: 'ice-servers', iceServers: servers });
  alice.socket.say({ type: 'ice-servers', iceServers: [] });
  assert.deepEqual(alice.connections[0].configuration.iceServers, servers);
  assert.deepEqual(bob.connections[0].configuration.iceServers, []);
});

test('the caller makes the first offer once it is accepted, and not before', async () => {
  const { alice, bob } = ringing();
  await settled();
  assert.deepEqual([alice.connections, bob.connections], [[], []]);
  void bob.call?.accept();
  bob.socket.answer('accept', { type: 'ok' });
  await settled();
  assert.deepEqual(bob.socket.sent, []);
  alice.socket.say({ type: 'accepted', call: 'c1', from: 'pB' });
  await settled();
  const { type, to } = alice.socket.sent[0];
  assert.deepEqual([type, to], ['offer', 'pB']);
  await carry(alice, bob);
  assert.deepEqual([alice.link?.state, bob.link?.state, alice.connections[0].agreed], ['connected', 'connected', 2]);
});

test('an offer that overtakes the answer to the accept is not lost, and before it nothing is opened', async () => {
  const { alice, bob } = ringing();
  alice.socket.say({ type: 'accepted', call: 'c1', from: 'pB' });
  await settled();
  const offer = alice.socket.take('offer');
  bob.socket.say({ type: 'offer', from: 'pA', data: offer.data });
  await settled();
  assert.deepEqual(bob.connections, []);
  void bob.call?.accept();
  bob.socket.answer('accept', { type: 'ok' });
  await carry(alice, bob);
  assert.equal(bob.link?.state, 'connected');
});

test('signals of anybody else are not for this call', async () => {
  const { alice, bob } = await talking();
  bob.socket.say({ type: 'bye', from: 'pX' });
  await carry(alice, bob);
  assert.equal(bob.link?.state, 'connected');
});

test('a hang-up closes the connection on both sides', async () => {
  const { alice, bob } = await talking();
  alice.link?.close();
  assert.equal(alice.socket.take('hangup').call, 'c1');
  bob.socket.say({ type: 'call-ended', call: 'c1', reason: 'hangup' });
  for (const { endings, connections } of [alice, bob]) {
    assert.deepEqual([endings, connections[0].connectionState], [['hangup'], 'closed']);
  }
});

test('a call that never came to be ends without a connection', () => {
  const { alice, bob } = ringing();
  alice.socket.say({ type: 'call-ended', call: 'c1', reason: 'busy' });
  bob.link?.close();
  assert.deepEqual([alice.endings, bob.endings, bob.socket.take('reject').call], [['busy'], ['declined'], 'c1']);
});

test('a call that only signaling lost goes on for as long as its media does', async () => {
  const { alice } = await talking();
  const changed = alice.link?.next('changed');
  alice.socket.say({ type: 'call-ended', call: 'c1', reason: 'lost' });
  await changed;
  assert.deepEqual([alice.link?.adrift, alice.link?.state, alice.endings], [true, 'connected', []]);
  alice.connections[0].become('disconnected');
  assert.deepEqual(alice.endings, []);
  alice.connections[0].become('failed');
  assert.deepEqual([alice.endings, alice.connections[0].connectionState, alice.link?.adrift], [['lost'], 'closed', false]);
});

test('a side whose signals reach nobody any more goes on for as long as its media does', async () => {
  const { alice } = await talking();
  alice.connections[0].addTransceiver();
  await settled();
  alice.socket.answer('offer', { type: 'error', code: 'peer-unreachable', message: 'to: no such peer' });
  await settled();
  assert.deepEqual([alice.link?.adrift, alice.call?.state, alice.endings], [true, 'accepted', []]);
  alice.connections[0].become('failed');
  assert.deepEqual([alice.endings, alice.socket.take('hangup').call, alice.call?.state], [['lost'], 'c1', 'ended']);
});

test('one hangs up on a call adrift, too', async () => {
  const { alice } = await talking();
  alice.socket.say({ type: 'call-ended', call: 'c1', reason: 'lost' });
  alice.link?.close();
  assert.deepEqual([alice.endings, alice.connections[0].connectionState, alice.socket.sent], [['hangup'], 'closed', []]);
});

test('a call lost before its media came is over', async () => {
  const { alice, bob } = ringing();
  alice.socket.say({ type: 'accepted', call: 'c1', from: 'pB' });
  await settled();
  alice.socket.say({ type: 'call-ended', call: 'c1', reason: 'lost' });
  assert.deepEqual([alice.endings, alice.connections[0].connectionState, bob.endings], [['lost'], 'closed', []]);
});

test('a bye of the other side hangs up', async () => {
  const { alice } = await talking();
  alice.socket.say({ type: 'bye', from: 'pB' });
  await settled();
  assert.deepEqual([alice.endings, alice.socket.take('hangup').call], [['hangup'], 'c1']);
});

test('after the end nothing of the other side is heard any more', async () => {
  const { alice, bob } = await talking();
  bob.link?.close();
  bob.socket.sent = [];
  bob.socket.say({ type: 'offer', from: 'pA', data: alice.connections[0].localDescription });
  await settled();
  assert.deepEqual([bob.socket.sent, bob.connections.length], [[], 1]);
});
