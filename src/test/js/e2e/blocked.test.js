// @ts-check
/** Where a proxy lets no WebSocket pass: refuses the upgrade, or never answers it. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { connect } from '../../../../webroot/heliograph.js';
import { Visitor, launchChromium } from './browser.js';
import { Cluster, freePorts } from './cluster.js';
import { Child, until } from './server.js';

const limits = { timeout: 90_000 };
const HOST = '127.0.0.1';

/** @type {Cluster} */
let cluster;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Child} */
let proxy;
let folder = '';
/** @type {Record<'refusing' | 'hanging', string>} */
const origins = { refusing: '', hanging: '' };
/** @type {Visitor[]} */
let visitors = [];

before(async () => {
  [cluster, browser] = await Promise.all([Cluster.start(), launchChromium()]);
  const [refusing, hanging] = await freePorts(2);
  folder = await mkdtemp(join(tmpdir(), 'heliograph-e2e-'));
  const file = join(folder, 'haproxy.cfg');
  await writeFile(file, blocking(refusing, hanging));
  proxy = new Child('haproxy', ['-db', '-f', file]);
  origins.refusing = `http://${HOST}:${refusing}`;
  origins.hanging = `http://${HOST}:${hanging}`;
  for (const origin of Object.values(origins)) {
    await until('page through the proxy', () => fetch(origin).then(({ status }) => status, () => 0), status => status === 200);
  }
}, { timeout: 120_000 });

after(async () => {
  await browser?.close();
  await proxy?.kill();
  await cluster?.stop();
  if (folder) await rm(folder, { recursive: true });
}, { timeout: 120_000 });

afterEach(async () => {
  const leaving = visitors;
  visitors = [];
  await Promise.all(leaving.map(visitor => visitor.close()));
  for (const { errors } of leaving) assert.deepEqual(errors, []);
  await until('nobody left', peers, counts => counts.every(count => count === 0));
});

/**
 * @param {number} refusing
 * @param {number} hanging
 */
function blocking(refusing, hanging) {
  const servers = cluster.servers.map(({ http, management }, index) =>
    `  server node${index + 1} ${HOST}:${http} check port ${management} inter 200ms fall 2 rise 1`).join('\n');
  return `
defaults
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 30s
  timeout tarpit 30s
  option httpchk GET /readyz
frontend refusing
  bind ${HOST}:${refusing}
  http-request deny deny_status 403 if { path /v1/ws }
  use_backend sockjs if { path_beg /v1/sockjs/ }
  default_backend pages
frontend hanging
  bind ${HOST}:${hanging}
  http-request tarpit if { path /v1/ws }
  use_backend sockjs if { path_beg /v1/sockjs/ }
  default_backend pages
backend sockjs
  balance uri depth 4
  hash-type consistent
${servers}
backend pages
  balance roundrobin
${servers}
`;
}

function peers() {
  return Promise.all(cluster.servers.map(server => server.peers()));
}

/** @returns {Promise<number>} connections that ended in good order, on both nodes */
async function departures() {
  const texts = await Promise.all(cluster.servers.map(async ({ management }) =>
    (await fetch(`http://${HOST}:${management}/metrics`)).text()));
  return texts.reduce((sum, text) => sum + Number(/^heliograph_closes_total\{code="1000"\} (.*)$/m.exec(text)?.[1]), 0);
}

/** @param {string} url */
async function visit(url) {
  const visitor = await Visitor.open(browser, url);
  visitors.push(visitor);
  return visitor;
}

/** @param {Visitor} visitor @returns {Promise<string | undefined>} */
function transport({ page }) {
  return page.evaluate(() => document.body.dataset.transport);
}

/**
 * Joins until there is one peer on each node: where a session comes to is chance.
 *
 * @param {string} url
 * @param {string} name
 */
async function joinOnTheOtherNode(url, name) {
  for (let tries = 0; tries < 20; tries++) {
    const visitor = await visit(url);
    await visitor.join(name);
    if ((await peers()).every(count => count === 1)) return visitor;
    await visitor.page.click('#leave');
    await until('one left', peers, ([one, other]) => one + other === 1);
  }
  throw new Error('all sessions on one node');
}

test('two pages behind a refusing proxy see each other over SockJS, on two nodes', limits, async () => {
  const url = `${origins.refusing}/#blocked`;
  const ann = await joinsWithin(url, 3_000);
  await meetOverSockJs(ann, await joinOnTheOtherNode(url, 'Bob'));
});

test('two pages behind a hanging proxy see each other over SockJS', limits, async () => {
  const url = `${origins.hanging}/#blocked`;
  const ann = await joinsWithin(url, 6_000);
  const bob = await visit(url);
  await bob.join('Bob');
  await meetOverSockJs(ann, bob);
});

/** @param {string} url @param {number} milliseconds */
async function joinsWithin(url, milliseconds) {
  const ann = await visit(url);
  const began = performance.now();
  await ann.join('Ann');
  const took = performance.now() - began;
  assert.ok(took < milliseconds, `in after ${took} ms`);
  return ann;
}

/** @param {Visitor} ann @param {Visitor} bob */
async function meetOverSockJs(ann, bob) {
  await Promise.all([ann.seesMoving(1), bob.seesMoving(1)]);
  assert.deepEqual([await transport(ann), await transport(bob)], ['sockjs', 'sockjs']);
  assert.equal(await ann.page.textContent('#signaling'), 'Connected without WebSocket, which is blocked here');
  assert.equal((await ann.others())[0].name, 'Bob');
}

test('whoever can use a WebSocket does, and meets those who cannot', limits, async () => {
  const ann = await visit(`${origins.refusing}/#mixed`);
  const bob = await visit(`${cluster.origin}/#mixed`);
  await ann.join('Ann');
  await bob.join('Bob');
  await Promise.all([ann.seesMoving(1), bob.seesMoving(1)]);
  assert.deepEqual([await transport(ann), await transport(bob)], ['sockjs', 'websocket']);
});

test('a page that goes away leaves in good order', limits, async () => {
  const ann = await visit(`${origins.refusing}/#away`);
  await ann.join('Ann');
  const before = await departures();
  await ann.page.goto('about:blank');
  await until('gone', peers, ([one, other]) => one + other === 0);
  assert.equal(await departures(), before + 1);
});

test('the same client runs in Node with fetch alone', limits, async () => {
  const url = `${origins.refusing.replace('http', 'ws')}/v1/ws`;
  const clients = [0, 1].map(() => connect({ url, fetch }));
  const rooms = await Promise.all(clients.map(client => client.join('node')));
  const heard = new Promise(resolve => {
    /** @type {number[]} */
    const all = [];
    rooms[1].on('message', ({ data }) => all.push(data) === 100 && resolve(all));
  });
  await Promise.all(Array.from({ length: 100 }, (_, number) => rooms[0].relay('message', number)));
  assert.deepEqual(await heard, Array.from({ length: 100 }, (_, number) => number));
  assert.equal(clients[0].transport, 'sockjs');
  for (const client of clients) client.close();
});
