// @ts-check
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { launchChromium } from './browser.js';
import { Caller } from './caller.js';
import { Cluster } from './cluster.js';
import { until } from './server.js';

/** Seconds: long enough for every answer that a test gives, short enough to wait for none. */
const RING = 15;

/** @type {Cluster} */
let cluster;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Caller[]} */
let callers = [];

before(async () => {
  cluster = await Cluster.start({ CALLS_RING: RING });
  browser = await launchChromium();
}, { timeout: 120_000 });

after(async () => {
  await browser?.close();
  await cluster?.stop();
}, { timeout: 120_000 });

afterEach(async () => {
  const leaving = callers;
  callers = [];
  await Promise.all(leaving.map(caller => caller.close()));
  for (const { errors } of leaving) assert.deepEqual(errors, []);
  await until('nobody left', peers, counts => counts.every(count => count === 0));
});

const limits = { timeout: 90_000 };

/** Somebody online, on the node with fewer peers: two who come one after the other are on different nodes. @param {string} name */
async function online(name) {
  const caller = await Caller.open(browser, cluster.origin, name);
  callers.push(caller);
  return caller;
}

/** How many peers each process has that is still there. */
function peers() {
  return Promise.all(cluster.servers.filter(({ running }) => running).map(server => server.peers()));
}

/** Ann and Bob, on different nodes, see each other. */
async function talking() {
  const ann = await online('ann');
  const bob = await online('bob');
  assert.deepEqual(await peers(), [1, 1]);
  await ann.dial('bob');
  await bob.at('incoming');
  await bob.page.click('#accept');
  await Promise.all([ann.seesMoving(), bob.seesMoving()]);
  return { ann, bob };
}

test('a call by name to another node rings, is accepted, shows both sides and is hung up', limits, async () => {
  const ann = await online('ann');
  const bob = await online('bob');
  assert.deepEqual(await peers(), [1, 1]);
  await ann.dial('bob');
  await Promise.all([ann.at('outgoing'), bob.at('incoming')]);
  await until('both hear it', async () => [await ann.tones(), await bob.tones()], tones => tones.every(count => count > 0));
  assert.equal(await bob.page.title(), '☎ ann is calling');
  assert.equal(await bob.page.textContent('#ringing-title'), 'ann');
  await bob.page.click('#accept');
  const [bobSeen, annSeen] = await Promise.all([ann.seesMoving(), bob.seesMoving()]);
  assert.deepEqual([bobSeen.name, annSeen.name], ['bob', 'ann']);
  const silent = await bob.tones();

  await bob.page.click('#mic');
  await bob.page.click('#camera');
  await until('Bob muted and dark', () => ann.other(), ({ picture, muted }) => !picture && muted);
  await bob.page.click('#camera');
  await ann.seesMoving();

  await ann.page.click('#leave');
  await bob.told(/^ann hung up\.$/);
  await Promise.all([ann.at(''), bob.at('')]);
  assert.equal(await bob.tones(), silent);
  assert.equal(await bob.presence('ann'), 'online', 'who called is a contact now');
});

test('a call may be declined', limits, async () => {
  const ann = await online('ann');
  const bob = await online('bob');
  await ann.dial('bob');
  await bob.at('incoming');
  await bob.page.click('#leave');
  await ann.told(/^bob declined\.$/);
  await Promise.all([ann.at(''), bob.at('')]);
});

test('nobody there, nobody answering and somebody busy are told apart', limits, async () => {
  const { ann, bob } = await talking();
  const carl = await online('carl');
  await carl.dial('dora');
  await carl.told(/^dora is not online\.$/);
  await carl.dial('bob');
  await carl.told(/^bob is in another call\.$/);
  assert.deepEqual([await ann.stage(), await bob.stage()], ['talking', 'talking']);
  const dora = await online('dora');
  await carl.dial('dora');
  await dora.at('incoming');
  await carl.told(/^dora did not answer\.$/);
  await dora.told(/^You missed a call of carl\.$/);
});

test('of two devices the one that does not answer stops ringing, and says why', limits, async () => {
  const ann = await online('ann');
  const laptop = await online('bob');
  const phone = await online('bob');
  await ann.dial('bob');
  await Promise.all([laptop.at('incoming'), phone.at('incoming')]);
  assert.equal(await ann.page.textContent('#ringing-text'), 'ringing on 2 devices…');
  await phone.page.click('#accept');
  await laptop.told(/^You took the call of ann on another device\.$/);
  await laptop.at('');
  await Promise.all([ann.seesMoving(), phone.seesMoving()]);
});

test('the dots follow who is online, on how many devices', limits, async () => {
  const ann = await online('ann');
  await ann.keep('bob');
  await until('offline', () => ann.presence('bob'), text => text === 'offline');
  const first = await online('bob');
  await until('online', () => ann.presence('bob'), text => text === 'online');
  const second = await online('bob');
  await until('twice', () => ann.presence('bob'), text => text === 'online on 2 devices');
  await first.close();
  await until('once', () => ann.presence('bob'), text => text === 'online');
  await second.page.click('#rename');
  await until('offline again', () => ann.presence('bob'), text => text === 'offline');
});

test('a caller who closes the page stops the ringing', limits, async () => {
  const ann = await online('ann');
  const bob = await online('bob');
  await ann.dial('bob');
  await bob.at('incoming');
  await ann.close();
  await bob.told(/^You missed a call of ann\.$/);
  await bob.at('');
});

test('two who call each other at once talk', limits, async () => {
  const ann = await online('ann');
  const bob = await online('bob');
  for (const [caller, name] of /** @type {const} */ ([[ann, 'bob'], [bob, 'ann']])) await caller.page.fill('#callee', name);
  await Promise.all([ann, bob].map(({ page }) => page.evaluate(() => /** @type {HTMLFormElement} */ (document.querySelector('#dial')).requestSubmit())));
  await Promise.all([ann.seesMoving(), bob.seesMoving()]);
});

test('a call outlives the node that put it through', limits, async () => {
  const { ann, bob } = await talking();
  await cluster.servers[0].kill();
  await until('all on the node left', peers, ([count]) => count === 2);
  const [before] = [await Promise.all([ann.other(), bob.other()])];
  await until('media goes on', () => Promise.all([ann.other(), bob.other()]), now => now.every(({ frames }, index) => frames > before[index].frames));
  // The server knows of it still: no banner says otherwise, and whoever hangs up is heard.
  await until('no banner', () => Promise.all([ann, bob].map(({ page }) => page.isVisible('#banner'))), shown => !shown.some(Boolean));
  assert.deepEqual([await ann.stage(), await bob.stage()], ['talking', 'talking']);
  await ann.page.click('#leave');
  await bob.told(/^ann hung up\.$/);
  await Promise.all([ann.at(''), bob.at('')]);
});
