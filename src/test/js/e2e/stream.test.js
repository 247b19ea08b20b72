// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from './server.js';
import { Visits } from './visits.js';

/** @typedef {import('./browser.js').Visitor} Visitor */

const visits = new Visits();
const limits = { timeout: 120_000 };
/** ICE notices a dead connection within some seconds, and the page has patience for 15 more. */
const CLEARED_WITHIN = 40_000;

/** Lets a page note the connections it makes. */
function noteConnections() {
  /** @type {RTCPeerConnection[]} */
  const made = [];
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    /** @param {RTCConfiguration} [configuration] */
    constructor(configuration) {
      super(configuration);
      made.push(this);
    }
  };
  Object.assign(globalThis, { made });
}

/** @param {string} path */
function visit(path) {
  return visits.visit(path, { prepare: noteConnections });
}

/** A streamer who is live in a new room. */
async function streaming() {
  const streamer = await visit('/stream.html');
  await streamer.page.click('#open');
  await streamer.sees('lobby');
  await streamer.join('Stella');
  await reads(streamer, 'You are live.');
  return streamer;
}

/** @param {Visitor} visitor @returns {Promise<string[]>} the states of the connections it has not closed */
function connections({ page }) {
  return page.evaluate(() => /** @type {any} */ (globalThis).made
    .map((/** @type {RTCPeerConnection} */ { connectionState }) => connectionState)
    .filter((/** @type {string} */ state) => state !== 'closed'));
}

/** @param {Visitor} visitor @param {string} words */
function reads({ page }, words) {
  return until(words, () => page.textContent('#state'), text => text === words);
}

/** @param {Visitor} visitor @param {string} words */
function counts({ page }, words) {
  return until(words, () => page.textContent('#audience'), text => text === words);
}

test('three viewers on two nodes get the picture from the streamer and have no connection with each other', limits, async () => {
  const streamer = await streaming();
  const link = streamer.page.url();
  assert.equal(await streamer.page.inputValue('#link'), link);
  const viewers = await Promise.all([1, 2].map(() => visit(link)));
  await Promise.all(viewers.map(viewer => viewer.seesMoving(1)));
  await counts(streamer, '2 watching');

  const late = await visit(link);
  const [seen] = await late.seesMoving(1);
  assert.deepEqual([seen.name, seen.picture], ['Stella', 'camera']);
  viewers.push(late);
  assert.deepEqual(await visits.peers(), [2, 2]);
  await Promise.all([streamer, ...viewers].map(one => counts(one, '3 watching')));
  await Promise.all([reads(streamer, 'You are live.'), ...viewers.map(viewer => reads(viewer, 'You are watching.'))]);
  assert.deepEqual(await connections(streamer), ['connected', 'connected', 'connected']);
  for (const viewer of viewers) assert.deepEqual(await connections(viewer), ['connected']);

  await streamer.page.click('#screen');
  for (const viewer of viewers) {
    await until('the screen', () => viewer.others(), ([{ picture }]) => picture === 'screen');
  }
  await Promise.all(viewers.map(async viewer => {
    const [{ frames }] = await viewer.others();
    await until('frames of it', () => viewer.others(), ([other]) => other.frames > frames);
  }));

  await late.page.click('#leave');
  await Promise.all([streamer, ...viewers.slice(0, 2)].map(one => counts(one, '2 watching')));
  assert.deepEqual(await connections(streamer), ['connected', 'connected']);
});

test('a viewer who crashes, and one that is frozen and cut off, are cleared away; the others go on', limits, async () => {
  const streamer = await streaming();
  const link = streamer.page.url();
  const [crashing, dying, staying] = await Promise.all([1, 2, 3].map(() => visit(link)));
  await Promise.all([crashing, dying, staying].map(viewer => viewer.seesMoving(1)));
  await counts(streamer, '3 watching');
  const [{ frames }] = await staying.others();

  await crashing.page.goto('chrome://crash').catch(() => {});
  await counts(streamer, '2 watching');
  await counts(staying, '2 watching');
  const frozen = dying.page.waitForEvent('dialog');
  await dying.page.evaluate(() => void setTimeout(() => {
    /** @type {any} */ (globalThis).made[0].close();
    alert('nothing runs in this page until somebody clicks here');
  }));
  const dialog = await frozen;
  await until('cleared', () => connections(streamer), states => states.length === 1, CLEARED_WITHIN);
  await counts(streamer, '2 watching'); // signaling still knows the one that is frozen
  await reads(streamer, 'You are live. Connecting to 1 of your viewers…');
  await until('goes on', () => staying.others(), ([other]) => other.frames > frames);

  await dialog.dismiss();
  await dying.page.reload();
  await dying.seesMoving(1);
  await reads(streamer, 'You are live.');
  assert.deepEqual(await connections(streamer), ['connected', 'connected']);
});

test('viewers who come before the streamer wait, and get the picture when it begins', limits, async () => {
  const viewers = await Promise.all([1, 2].map(() => visit('/below/stream.html#early')));
  for (const viewer of viewers) {
    await reads(viewer, 'Nobody is streaming at the moment. The picture comes by itself when somebody does.');
    await counts(viewer, '2 waiting');
  }
  const streamer = await visit('/below/stream.html#early');
  await streamer.page.click('#take');
  await streamer.sees('lobby');
  await streamer.join('Stella');
  await Promise.all(viewers.map(viewer => viewer.seesMoving(1)));
  await counts(streamer, '2 watching');
});

test('a streamer who reloads goes on, muted as before, and its viewers get the picture again', limits, async () => {
  const streamer = await streaming();
  const viewer = await visit(streamer.page.url());
  const [before] = await viewer.seesMoving(1);
  await streamer.page.click('#mic');
  await streamer.page.reload();
  await until('another page', () => viewer.others(), ([other]) => other !== undefined && other.key !== before.key);
  await viewer.seesMoving(1);
  await counts(streamer, '1 watching');
  await counts(viewer, 'Nobody else is watching.');
  assert.equal(await streamer.page.getAttribute('#mic', 'aria-pressed'), 'true');

  await streamer.page.click('#leave');
  await reads(viewer, 'The stream has ended. Should it go on, the picture comes by itself.');
  await streamer.page.click('#again');
  await streamer.join('Stella');
  await viewer.seesMoving(1);
});

test('a second streamer is told that there is one, and can watch', limits, async () => {
  const [first, second] = [await visit('/stream.html#taken'), await visit('/stream.html#taken')];
  for (const one of [first, second]) {
    await one.page.click('#take');
    await one.sees('lobby');
  }
  await first.join('First');
  await reads(first, 'You are live.');
  await second.knock('Second');
  await second.sees('over');
  assert.equal(await second.page.textContent('#over-title'), 'Somebody is streaming here already');
  await second.page.click('#again');
  const [seen] = await second.seesMoving(1);
  assert.equal(seen.name, 'First');
  await counts(first, '1 watching');
});

test('a viewer can talk back over the same connection', limits, async () => {
  const streamer = await streaming();
  const viewer = await visit(streamer.page.url());
  await viewer.seesMoving(1);
  const energy = () => streamer.page.evaluate(async () => {
    const [connection] = /** @type {RTCPeerConnection[]} */ (/** @type {any} */ (globalThis).made);
    const all = [...(await connection.getStats()).values()];
    return all.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio')?.totalAudioEnergy ?? 0;
  });
  assert.equal(await energy(), 0);
  await viewer.page.click('#mic');
  await until('sound', energy, heard => heard > 0);
  assert.deepEqual([await connections(streamer), await connections(viewer)], [['connected'], ['connected']]);
});

test('where the browser holds sound back, the picture comes at once and sound after a click', limits, async () => {
  const streamer = await streaming();
  const viewer = await visits.visit(streamer.page.url(), {
    prepare: () => {
      let clicked = false;
      addEventListener('click', () => void (clicked = true), true);
      const play = HTMLMediaElement.prototype.play;
      HTMLMediaElement.prototype.play = async function () {
        if (!this.muted && !clicked) throw new DOMException('no gesture', 'NotAllowedError');
        await play.call(this);
      };
    },
  });
  await viewer.seesMoving(1);
  const muted = () => viewer.page.$eval('#tiles video', video => /** @type {HTMLVideoElement} */ (video).muted);
  assert.equal(await muted(), true);
  await viewer.page.click('#sound');
  assert.equal(await muted(), false);
  assert.equal(await viewer.page.isVisible('#sound'), false);
});
