// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { connect } from '../../../../webroot/heliograph.js';
import { launchFirefox } from './browser.js';
import { until } from './server.js';
import { Visits } from './visits.js';

const visits = new Visits();
const limits = { timeout: 90_000 };

test('two pages on different nodes see each other', limits, async () => {
  const ann = await visits.visit('/');
  await ann.page.click('#open');
  assert.match(ann.page.url(), /#[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
  await ann.join('Ann');
  const bob = await visits.visit(ann.page.url());
  await bob.join('Bob');

  const [[bobSeen], [annSeen]] = await Promise.all([ann.seesMoving(1), bob.seesMoving(1)]);
  assert.equal(bobSeen.name, 'Bob');
  assert.equal(annSeen.name, 'Ann');
  assert.deepEqual(await visits.peers(), [1, 1]);

  await bob.page.click('#leave');
  await until('Ann alone again', () => ann.others(), others => others.length === 0);
});

test('Chromium and Firefox see each other, whoever comes first', limits, async t => {
  const other = await launchFirefox();
  t.after(() => other.close());
  for (const [room, ...browsers] of /** @type {const} */ ([['cf', visits.browser, other], ['fc', other, visits.browser]])) {
    const first = await visits.visit(`/#${room}`, { browser: browsers[0] });
    const second = await visits.visit(`/#${room}`, { browser: browsers[1] });
    await first.join('First');
    await second.join('Second');
    await Promise.all([first.seesMoving(1), second.seesMoving(1)]);
    await Promise.all([first.close(), second.close()]);
  }
});

test('everything works below a path prefix too', limits, async () => {
  const ann = await visits.visit('/below/#prefix');
  const bob = await visits.visit('/below/#prefix');
  await ann.join('Ann');
  await bob.join('Bob');
  await Promise.all([ann.seesMoving(1), bob.seesMoving(1)]);
});

test('three see each other', limits, async () => {
  const all = [await visits.visit('/#three'), await visits.visit('/#three'), await visits.visit('/#three')];
  await Promise.all(all.map((one, index) => one.join(`Guest ${index}`)));
  await Promise.all(all.map(one => one.seesMoving(2)));
});

test('camera off, camera on and a shared screen reach the other page over the same connection', limits, async () => {
  const ann = await visits.visit('/#tracks');
  const bob = await visits.visit('/#tracks');
  await ann.join('Ann');
  await bob.join('Bob');
  await Promise.all([ann.seesMoving(1), bob.seesMoving(1)]);
  for (const [button, picture] of [['#camera', ''], ['#camera', 'camera'], ['#screen', 'screen'], ['#screen', 'camera']]) {
    const [{ frames }] = await bob.others();
    await ann.page.click(button);
    await until(`${button}: ${picture}`, () => bob.others(), ([seen]) => seen.picture === picture);
    if (picture) await until('more frames', () => bob.others(), ([seen]) => seen.frames > frames);
  }
});

test('without a camera one still sees the others', limits, async () => {
  const blind = await visits.visit('/#no-camera', {
    prepare: () => {
      navigator.mediaDevices.getUserMedia = async () => {
        throw new DOMException('none', 'NotFoundError');
      };
    },
  });
  await blind.page.waitForSelector('#hint:not([hidden])');
  await blind.join('Blind');
  const ann = await visits.visit('/#no-camera');
  await ann.join('Ann');
  await blind.seesMoving(1);
  const [seen] = await until('connected', () => ann.others(), others => others[0]?.state === 'connected');
  assert.equal(seen.picture, '');
});

test('the ninth is told that the room is full, and gets in when somebody has left', limits, async () => {
  const url = new URL('/v1/ws', visits.cluster.origin.replace('http', 'ws'));
  const guests = Array.from({ length: 8 }, () => connect({ url, WebSocket }));
  await Promise.all(guests.map(guest => guest.join('full', { capacity: 8 })));
  const late = await visits.visit('/#full');
  await late.knock('Late');
  await until('refused', () => late.view(), view => view === 'over');
  assert.equal(await late.page.textContent('#over-title'), 'This room is full');
  guests[0].close();
  await until('a seat free', () => visits.peers(), counts => counts[0] + counts[1] === 7);
  await late.page.click('#again');
  await late.join('Late');
  for (const guest of guests) guest.close();
});

test('a link that names no room says so, and offers another room', limits, async () => {
  for (const fragment of ['x'.repeat(129), 'a%00b']) {
    const { page } = await visits.visit(`/#${fragment}`);
    assert.equal(await page.textContent('#over-title'), 'This link is broken');
    assert.equal(await page.isVisible('#again'), false);
    await Promise.all([page.waitForEvent('load'), page.click('#over a')]);
    await page.click('#open');
    await page.waitForSelector('#lobby:visible');
  }
  const longest = await visits.visit(`/#${encodeURIComponent('🙂'.repeat(128))}`);
  await longest.join('Longest');
});

test('offers that cross, and candidates that come before their description, do no harm', limits, async () => {
  const { page } = await visits.visit('/');
  const outcome = await page.evaluate(async () => {
    const { PeerLink } = await import(new URL('heliograph.js', location.href).href);
    /** @type {Record<string, any[]>} what each side is sent, held back until both have offered */
    const held = { left: [], right: [] };
    /** @param {'left' | 'right'} to @param {boolean} polite */
    const link = (to, polite) => new PeerLink(new RTCPeerConnection(), {
      polite,
      begins: true,
      send: async (/** @type {any} */ type, /** @type {any} */ data) => void held[to].push([type, structuredClone(data?.toJSON?.() ?? data)]),
    });
    const links = { left: link('right', true), right: link('left', false) };
    const opened = new Promise(resolve => links.right.on('channel', (/** @type {RTCDataChannel} */ channel) => resolve(channel.label)));
    links.left.connection.createDataChannel('from left');
    links.right.connection.createDataChannel('from right');
    const connected = Promise.all(Object.values(links).map(one => new Promise(resolve =>
      one.on('state', (/** @type {string} */ state) => state === 'connected' && resolve(state)))));
    const gathered = (/** @type {any[]} */ [type, data]) => type === 'candidate' && data === null;
    let crossed = false;
    for (let turns = 0; turns < 200; turns++) {
      await new Promise(resolve => setTimeout(resolve, 50));
      crossed ||= ['left', 'right'].every(side => held[side].some(gathered));
      if (!crossed) continue;
      for (const side of /** @type {const} */ (['left', 'right'])) {
        const signals = held[side].splice(0).sort(([a], [b]) => Number(b === 'candidate') - Number(a === 'candidate'));
        for (const [type, data] of signals) void links[side].receive(type, data);
      }
      if (Object.values(links).every(one => one.state === 'connected')) break;
    }
    return { crossed, states: await connected, label: await opened };
  });
  assert.deepEqual(outcome, { crossed: true, states: ['connected', 'connected'], label: 'from left' });
});

test('a call outlives the node that brought it together', limits, async () => {
  const ann = await visits.visit('/#survivors');
  const bob = await visits.visit('/#survivors');
  await ann.join('Ann');
  await bob.join('Bob');
  const [[before]] = await Promise.all([ann.seesMoving(1), bob.seesMoving(1)]);
  const names = [await ann.peer(), await bob.peer()];
  assert.deepEqual(await visits.peers(), [1, 1]);

  await visits.cluster.servers[0].kill();
  const cut = await until('one is cut off', async () => [await ann.signaling(), await bob.signaling()],
    states => states.some(state => state !== 'online'));
  const watcher = cut[0] === 'online' ? ann : bob;
  const [kept] = await watcher.others();
  await until('media goes on', () => watcher.others(), ([other]) => other.frames > kept.frames);

  await until('both on the node left', () => visits.peers(), ([count]) => count === 2);
  await until('known again', async () => [...await ann.others(), ...await bob.others()],
    others => others.length === 2 && others.every(({ peer }) => peer));
  const [[after]] = await Promise.all([ann.seesMoving(1), bob.seesMoving(1)]);
  assert.equal(after.key, before.key);
  assert.ok(after.frames > before.frames, `frames: ${after.frames} (expected: > ${before.frames}, on the same connection)`);
  assert.deepEqual([await ann.peer(), await bob.peer()], names, 'both sessions went on');
});
