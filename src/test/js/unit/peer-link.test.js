// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PeerLink, isPolite, originOf } from '../../../../webroot/heliograph.js';
import { FakeConnection } from './fake-connection.js';
import { seeded, settled } from './fakes.js';

/** @typedef {import('../../../../webroot/heliograph.js').Signal} Signal */

/** @param {string} credential @returns {RTCIceServer} */
const server = credential => ({ urls: ['turn:host'], username: 'user', credential });

/** One end of a pair, with what was sent to it and not yet delivered. */
class End {
  connection = new FakeConnection({ bundlePolicy: 'max-bundle', iceTransportPolicy: 'relay', iceServers: [server('old')] });
  /** @type {[Signal, any][]} */
  inbox = [];
  /** @type {unknown[]} */
  errors = [];

  /** @param {boolean} polite @param {boolean} begins @param {() => End} other */
  constructor(polite, begins, other) {
    this.link = new PeerLink(this.connection.real, {
      polite,
      begins,
      send: async (type, data) => void other().inbox.push([type, data]),
    });
    this.link.on('error', error => this.errors.push(error));
  }

  /** Takes the oldest signal, or the oldest of a type. @param {Signal} [type] */
  async take(type) {
    const index = type ? this.inbox.findIndex(([each]) => each === type) : 0;
    const [[each, data]] = this.inbox.splice(index, 1);
    await this.link.receive(each, data);
    await settled();
  }
}

/** @param {{beginBoth?: boolean}} [options] */
function pair({ beginBoth = false } = {}) {
  /** @type {End} */
  const polite = new End(true, true, () => impolite);
  /** @type {End} */
  const impolite = new End(false, beginBoth, () => polite);
  return { polite, impolite };
}

/** Delivers, in order, until nothing is under way. @param {...End} ends */
async function exchange(...ends) {
  await settled();
  for (let turns = 0; ends.some(({ inbox }) => inbox.length > 0); turns++) {
    assert.ok(turns < 100, 'the two never come to rest');
    for (const end of ends) if (end.inbox.length > 0) await end.take();
  }
}

/** @param {...End} ends */
function assertConnected(...ends) {
  for (const { connection, errors } of ends) {
    assert.deepEqual([connection.signalingState, connection.connectionState, errors], ['stable', 'connected', []]);
    assert.equal(connection.agreed, ends[0].connection.agreed);
  }
}

test('the peer id that sorts first is polite', () => {
  assert.deepEqual([isPolite('pA', 'pB'), isPolite('pB', 'pA'), isPolite('pZ', 'pa')], [true, false, true]);
});

test('one offers, the other answers, and they connect', async () => {
  const { polite, impolite } = pair();
  polite.connection.addTransceiver();
  await exchange(polite, impolite);
  assertConnected(polite, impolite);
});

test('the side that does not begin waits for the first offer, whatever it has to send', async () => {
  const { polite, impolite } = pair();
  impolite.connection.addTrack();
  await settled();
  assert.deepEqual(polite.inbox, []);
  polite.connection.addTransceiver();
  await exchange(polite, impolite);
  assertConnected(polite, impolite);
});

test('when offers cross, the polite side takes its own back', async () => {
  const { polite, impolite } = pair({ beginBoth: true });
  polite.connection.addTransceiver();
  impolite.connection.addTransceiver();
  await settled();
  assert.deepEqual([polite.inbox[0][0], impolite.inbox[0][0]], ['offer', 'offer']);
  await exchange(polite, impolite);
  assertConnected(polite, impolite);
});

test('candidates that come before their description wait for it', async () => {
  const { polite, impolite } = pair();
  polite.connection.addTransceiver();
  await settled();
  await impolite.take('candidate');
  assert.equal(impolite.connection.remoteDescription, null);
  await impolite.take('offer');
  await polite.take('candidate');
  await polite.take('answer');
  assertConnected(polite, impolite);
});

test('the end of candidates is passed on', async () => {
  const { polite, impolite } = pair();
  polite.connection.addTransceiver();
  await exchange(polite, impolite);
  polite.connection.onicecandidate?.({ candidate: null });
  await settled();
  assert.deepEqual(impolite.inbox, [['candidate', null]]);
  await exchange(polite, impolite);
  assertConnected(polite, impolite);
});

test('a connection that fails looks for another way, also when both sides notice', async () => {
  const { polite, impolite } = pair();
  polite.connection.addTransceiver();
  await exchange(polite, impolite);
  const before = polite.connection.localDescription.sdp;
  polite.connection.become('failed');
  impolite.connection.become('failed');
  await exchange(polite, impolite);
  assertConnected(polite, impolite);
  assert.notEqual(polite.connection.localDescription.sdp, before);
});

test('renewed servers leave a connection that works in peace, and the rest of its configuration as it is', async () => {
  const { polite, impolite } = pair();
  polite.connection.addTransceiver();
  await exchange(polite, impolite);
  polite.link.setIceServers([server('new')]);
  await settled();
  assert.deepEqual([polite.inbox, impolite.inbox], [[], []]);
  assert.deepEqual(polite.connection.configuration,
    { bundlePolicy: 'max-bundle', iceTransportPolicy: 'relay', iceServers: [server('new')] });
  assert.deepEqual(polite.connection.gatheredFrom, [server('old')]);
});

test('an ICE restart that comes later uses the renewed servers', async () => {
  const { polite, impolite } = pair();
  polite.connection.addTransceiver();
  await exchange(polite, impolite);
  polite.link.setIceServers([server('new')]);
  polite.connection.become('failed');
  await exchange(polite, impolite);
  assertConnected(polite, impolite);
  assert.deepEqual(polite.connection.gatheredFrom, [server('new')]);
});

for (const state of ['disconnected', 'failed']) {
  test(`renewed servers are tried at once where a connection is ${state}`, async () => {
    const { polite, impolite } = pair();
    polite.connection.addTransceiver();
    await exchange(polite, impolite);
    polite.connection.become(state);
    await settled();
    impolite.inbox = []; // whatever it tried by itself with the old servers got lost
    const { gatheredFrom } = polite.connection;
    assert.deepEqual(gatheredFrom, [server('old')]);
    polite.link.setIceServers([server('new')]);
    polite.link.rebind({ polite: true, send: async (type, data) => void impolite.inbox.push([type, data]) });
    await exchange(polite, impolite);
    assertConnected(polite, impolite);
    assert.deepEqual(polite.connection.gatheredFrom, [server('new')]);
  });
}

test('servers that a connection does not take are told, and a closed one is not asked', () => {
  const { polite: { connection, errors, link } } = pair();
  connection.getConfiguration = () => ({ bundlePolicy: 'balanced' });
  link.setIceServers([server('new')]);
  assert.match(String(errors[0]), /InvalidModificationError/);
  link.close();
  link.setIceServers([server('new')]);
  assert.equal(errors.length, 1);
});

test('an answer to an offer since taken back is ignored', async () => {
  const { polite, impolite } = pair();
  polite.connection.addTransceiver();
  await exchange(polite, impolite);
  await polite.link.receive('answer', { type: 'answer', sdp: 'stale' });
  assertConnected(polite, impolite);
});

test('an offer that was lost with the old names is made again under the new ones', async () => {
  const { polite, impolite } = pair();
  polite.connection.addTransceiver();
  await settled();
  impolite.inbox = [];
  impolite.link.rebind({ polite: true, send: async (type, data) => void polite.inbox.push([type, data]) });
  polite.link.rebind({ polite: false, send: async (type, data) => void impolite.inbox.push([type, data]) });
  await exchange(polite, impolite);
  assertConnected(polite, impolite);
});

test('an answer that was lost with the old names is asked for again', async () => {
  const { polite, impolite } = pair();
  polite.connection.addTransceiver();
  await settled();
  await impolite.take('offer');
  polite.inbox = [];
  polite.link.rebind({ polite: true, send: async (type, data) => void impolite.inbox.push([type, data]) });
  await exchange(polite, impolite);
  assert.equal(polite.connection.signalingState, 'stable');
  assert.equal(impolite.connection.signalingState, 'stable');
});

test('a bye ends the connection on both sides', async () => {
  const { polite, impolite } = pair();
  polite.connection.addTransceiver();
  await exchange(polite, impolite);
  const bye = impolite.link.next('bye');
  const state = impolite.link.next('state');
  polite.link.bye();
  await exchange(impolite);
  await bye;
  assert.deepEqual([polite.link.state, impolite.link.state, await state], ['closed', 'closed', 'closed']);
  await impolite.link.receive('offer', { type: 'offer', sdp: '' });
});

test('a signal that cannot be sent is told, and does not stop the rest', async () => {
  const connection = new FakeConnection();
  const link = new PeerLink(connection.real, { polite: true, begins: true, send: () => Promise.reject(new Error('gone')) });
  const error = link.next('error');
  connection.addTransceiver();
  assert.match(String(await error), /gone/);
});

test('every description of a connection tells the same origin, whoever gives it back', async () => {
  const { polite, impolite } = pair();
  polite.connection.addTransceiver();
  await exchange(polite, impolite);
  assert.equal(impolite.link.remoteOrigin, originOf(polite.connection.localDescription));
  assert.notEqual(impolite.link.remoteOrigin, originOf(impolite.connection.localDescription));
  assert.equal(originOf(null), undefined);
});

test('whatever both sides do at whatever time, they come to agree', async () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = seeded(seed);
    const { polite, impolite } = pair({ beginBoth: true });
    const ends = [polite, impolite];
    for (let step = 0; step < 30; step++) {
      const end = ends[Number(random() < 0.5)];
      const draw = random();
      if (draw < 0.2) end.connection.addTransceiver();
      else if (draw < 0.3) end.link.restart();
      else if (end.inbox.length > 0) void end.link.receive(...(/** @type {[Signal, any]} */ (end.inbox.shift())));
      if (random() < 0.5) await settled();
    }
    polite.connection.addTransceiver();
    await exchange(polite, impolite);
    for (const { connection } of ends) assert.equal(connection.signalingState, 'stable', `seed ${seed}`);
    assert.equal(polite.connection.connectionState, 'connected', `seed ${seed}`);
    assert.deepEqual([polite.errors, impolite.errors], [[], []], `seed ${seed}`);
  }
});
