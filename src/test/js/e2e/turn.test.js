// @ts-check
/** Relaying through a real TURN server, with the credentials that the servers give. */

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { connect } from '../../../../webroot/heliograph.js';
import { Visitor, launchChromium } from './browser.js';
import { Cluster } from './cluster.js';
import { Coturn } from './coturn.js';
import { Server, until } from './server.js';

/** @typedef {import('playwright-core').Page} Page */

const HOST = '127.0.0.1';
/** The secrets of a rotation under way, each with the port of the TURN server that knows no other. */
const SIDES = [{ port: 20_000, secret: 'the-secret-so-far' }, { port: 30_000, secret: 'the-secret-to-come' }];
const [SO_FAR] = SIDES;
const SHORT_TTL = 15;
const limits = { timeout: 90_000 };

/** @type {Cluster} */
let cluster;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  cluster = await Cluster.start({
    ICE_TURN_URLS: SIDES.flatMap(({ port }) => ['udp', 'tcp'].map(transport => address(port, transport))).join(','),
    ICE_TURN_SECRET: SIDES.map(({ secret }) => secret).join(','),
  });
  browser = await launchChromium();
}, { timeout: 120_000 });

after(async () => {
  await browser?.close();
  await cluster?.stop();
}, { timeout: 120_000 });

/** @param {number} port @param {string} transport */
function address(port, transport) {
  return `turn:${HOST}:${port}?transport=${transport}`;
}

/**
 * Opens a page that keeps its connections at hand, is closed with the test, and must not have met an error.
 *
 * @param {import('node:test').TestContext} t
 * @param {string} url
 */
async function visit(t, url) {
  const visitor = await Visitor.open(browser, url, () => {
    const Real = RTCPeerConnection;
    /** @type {RTCPeerConnection[]} */
    const connections = [];
    Object.assign(globalThis, {
      connections,
      RTCPeerConnection: class extends Real {
        /** @param {RTCConfiguration} configuration */
        constructor(configuration) {
          super(configuration);
          connections.push(this);
        }
      },
    });
  });
  t.after(async () => {
    await visitor.close();
    assert.deepEqual(visitor.errors, []);
  });
  return visitor;
}

/** @param {import('node:test').TestContext} t @param {{port: number, secret: string}} side */
async function relayThrough(t, { port, secret }) {
  const coturn = await Coturn.start(port, secret);
  t.after(() => coturn.stop());
  return coturn;
}

/**
 * @param {Visitor} visitor
 * @returns {Promise<{local?: string, remote?: string, url?: string}>} the two ends of the way its media takes
 */
function way({ page }) {
  return page.evaluate(async () => {
    const [connection] = /** @type {RTCPeerConnection[]} */ (/** @type {any} */ (globalThis).connections);
    /** @type {Map<string, any>} */
    const stats = new Map(/** @type {any} */ (await connection.getStats()));
    const transport = [...stats.values()].find(({ type }) => type === 'transport');
    const pair = stats.get(transport?.selectedCandidatePairId);
    const [local, remote] = [stats.get(pair?.localCandidateId), stats.get(pair?.remoteCandidateId)];
    return { local: local?.candidateType, remote: remote?.candidateType, url: local?.url };
  });
}

/**
 * @param {Page} page
 * @param {RTCIceServer[]} iceServers
 * @returns {Promise<{types: string[], errors: number[]}>} the candidates a relay-only connection gets, and what was refused
 */
function gather(page, iceServers) {
  return page.evaluate(async servers => {
    const connection = new RTCPeerConnection({ iceServers: servers, iceTransportPolicy: 'relay' });
    /** @type {string[]} */
    const types = [];
    /** @type {number[]} */
    const errors = [];
    const complete = new Promise(resolve => {
      connection.onicecandidate = ({ candidate }) => {
        if (candidate === null) resolve(undefined);
        else if (candidate.candidate) types.push(String(candidate.type));
      };
      connection.onicecandidateerror = ({ errorCode }) => errors.push(errorCode);
    });
    connection.createDataChannel('any');
    await connection.setLocalDescription();
    await complete;
    connection.close();
    return { types: [...new Set(types)], errors: [...new Set(errors)] };
  }, iceServers);
}

/**
 * What a client of the cluster is given, for one of the addresses only.
 *
 * @param {string} url
 * @param {string} [user]
 * @returns {Promise<RTCIceServer[]>}
 */
async function given(url, user) {
  const client = connect({ url: new URL('/v1/ws', cluster.origin.replace('http', 'ws')), WebSocket, user });
  await client.ready;
  client.close();
  assert.ok(client.iceServers.every(({ urls }) => urls.includes(url)));
  return client.iceServers.map(server => ({ ...server, urls: [url] }));
}

/** Computed once more, as the TURN servers do. @param {number} expiry @param {string} secret @returns {RTCIceServer[]} */
function signed(expiry, secret) {
  const username = `${expiry}:alice`;
  const credential = createHmac('sha1', secret).update(username).digest('base64');
  return [{ urls: [address(SO_FAR.port, 'udp')], username, credential }];
}

/** @param {string} [username] */
const expiryOf = username => Number(username?.split(':')[0]);
const nowSeconds = () => Date.now() / 1000;

for (const side of SIDES) {
  test(`a relay-only call across two nodes goes through a TURN server that knows ${side.secret} alone`, limits, async t => {
    const coturn = await relayThrough(t, side);
    const url = new URL(`/?ice=relay#${side.secret}`, cluster.origin).href;
    const [ann, bob] = [await visit(t, url), await visit(t, url)];
    await ann.join('Ann');
    await bob.join('Bob');
    await Promise.all([ann.seesMoving(1), bob.seesMoving(1)]);
    assert.deepEqual(await Promise.all(cluster.servers.map(server => server.peers())), [1, 1]);
    for (const one of [ann, bob]) {
      const taken = await until('relayed', () => way(one), ({ local, remote }) => local === 'relay' && remote === 'relay');
      assert.ok(taken.url?.startsWith(`turn:${HOST}:${side.port}?`), taken.url);
      const peer = await one.peer();
      assert.ok(coturn.served.some(name => name.endsWith(`:${peer}`)), `${peer} (expected: one of ${coturn.served})`);
    }
  });
}

test('each credential of a rotation opens the TURN server that knows its secret, and no other', limits, async t => {
  const { page } = await visit(t, cluster.origin);
  for (const [index, side] of SIDES.entries()) {
    await relayThrough(t, side);
    for (const transport of ['udp', 'tcp']) {
      const servers = await given(address(side.port, transport));
      assert.equal(servers.length, 2);
      assert.deepEqual(await gather(page, [servers[index]]), { types: ['relay'], errors: [] });
      assert.deepEqual(await gather(page, [servers[1 - index]]), { types: [], errors: [401] });
      // Over UDP Chromium would try the first one only.
      if (transport === 'tcp') assert.deepEqual(await gather(page, servers), { types: ['relay'], errors: [401] });
    }
  }
});

test('an expired credential is refused', limits, async t => {
  const { page } = await visit(t, cluster.origin);
  const coturn = await relayThrough(t, SO_FAR);
  const now = Math.floor(nowSeconds());
  assert.deepEqual(await gather(page, signed(now + 60, SO_FAR.secret)), { types: ['relay'], errors: [] });
  assert.deepEqual(await gather(page, signed(now - 60, SO_FAR.secret)), { types: [], errors: [401] });
  assert.deepEqual([...new Set(coturn.served)], [`${now + 60}:alice`]);
});

test('whatever a user is called, the TURN server takes the credential', limits, async t => {
  const { page } = await visit(t, cluster.origin);
  await relayThrough(t, SO_FAR);
  const names = ['alice@example.org', 'a:b', 'Ann Smith', "O'Hara", '"\\', 'reunion selection', 'Stra\u00dfe', 'voil\u00e0',
    '\u540d\u524d', '\u{1f600}'.repeat(128), 'x'.repeat(128), '%s%n%00'];
  for (const name of names) {
    const [server] = await given(address(SO_FAR.port, 'udp'), name);
    assert.deepEqual(await gather(page, [server]), { types: ['relay'], errors: [] }, name);
  }
});

test('a call outlives the credentials it began with: renewed ones serve its next ICE restart', limits, async t => {
  const coturn = await relayThrough(t, SO_FAR);
  const server = await Server.start({
    HTTP_PORT: 0, HTTP_HOST: HOST, MANAGEMENT_PORT: 0, INSTANCES: 1,
    ICE_TURN_URLS: coturn.url, ICE_TURN_SECRET: SO_FAR.secret, ICE_TURN_TTL: SHORT_TTL,
  });
  t.after(() => server.stop());
  const url = `http://${HOST}:${server.http}/?ice=relay#short`;
  const [ann, bob] = [await visit(t, url), await visit(t, url)];
  await ann.join('Ann');
  await bob.join('Bob');
  const [[{ frames }]] = await Promise.all([ann.seesMoving(1), bob.seesMoving(1)]);

  /** What Ann's connection would use now. @returns {Promise<RTCIceServer[]>} */
  const inUse = () => ann.page.evaluate(() =>
    /** @type {any} */ (globalThis).connections[0].getConfiguration().iceServers);
  const first = await inUse();
  const renewed = await until('renewed', inUse, ([{ username }]) => username !== first[0].username);
  assert.ok(expiryOf(renewed[0].username) > expiryOf(first[0].username));
  await until('expired', async () => nowSeconds(), now => now > expiryOf(first[0].username) + 1);
  assert.deepEqual(await gather(ann.page, first), { types: [], errors: [401] });

  await ann.page.evaluate(() => /** @type {any} */ (globalThis).connections[0].restartIce());
  await until('a relay with renewed credentials', async () => coturn.served.at(-1),
    name => expiryOf(name) > expiryOf(first[0].username));
  const [before] = await until('more frames', () => ann.others(), ([other]) => other.frames > frames);
  await until('and more', () => ann.others(), ([other]) => other.frames > before.frames);
  assert.deepEqual(await until('relayed', () => way(ann), ({ local, remote }) => local === 'relay' && remote === 'relay'),
    { local: 'relay', remote: 'relay', url: coturn.url });
});
