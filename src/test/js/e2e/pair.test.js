// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from './server.js';
import { Visits } from './visits.js';

/** @typedef {import('./browser.js').Visitor} Visitor */

const visits = new Visits();
const limits = { timeout: 90_000 };

/** Lets a page note what kinds of descriptions it made. */
function noteDescriptions() {
  /** @type {string[]} */
  const made = [];
  Object.assign(globalThis, { made });
  const make = RTCPeerConnection.prototype.setLocalDescription;
  RTCPeerConnection.prototype.setLocalDescription = async function () {
    await make.apply(this);
    made.push(this.localDescription?.type ?? '');
  };
}

/** @param {string} path */
function visit(path) {
  return visits.visit(path, { prepare: noteDescriptions });
}

/** @param {Visitor} visitor @returns {Promise<string[]>} */
function descriptions({ page }) {
  return page.evaluate(() => /** @type {any} */ (globalThis).made);
}

/** @param {Visitor} visitor @param {string} state */
function reaches({ page }, state) {
  return until(`state ${state}`, () => page.evaluate(() => document.body.dataset.pair), now => now === state);
}

/** @param {Visitor} visitor @param {string} words */
function reads({ page }, words) {
  return until(words, () => page.textContent('#state'), text => text === words);
}

test('two on different nodes see each other, a third is told it is full and gets in when one has left', limits, async () => {
  const host = await visit('/pair.html');
  await host.page.click('#open');
  const link = host.page.url();
  assert.match(link, /\/pair\.html#[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
  await host.join('Hanna');
  await reaches(host, 'joined');
  await reads(host, 'You are the first. Waiting for somebody to come.');
  assert.equal(await host.page.inputValue('#link'), link);

  const first = await visit(link);
  await first.join('Fritz');
  await Promise.all([host.seesMoving(1), first.seesMoving(1)]);
  await reads(host, 'You are connected with Fritz.');
  await reads(first, 'You are connected with Hanna.');
  assert.deepEqual(await visits.peers(), [1, 1]);
  assert.deepEqual([(await descriptions(host))[0], (await descriptions(first))[0]], ['offer', 'answer']);

  const second = await visit(link);
  await second.knock('Sven');
  await second.sees('full');
  assert.equal(await second.page.textContent('#full-title'), 'Two are in here already');
  const another = await second.page.$eval('#another', link => /** @type {HTMLAnchorElement} */ (link).href);
  assert.match(another, /\/pair\.html#[a-z2-9-]{19}$/);
  assert.notEqual(another, link);
  await second.page.click('#retry');
  await until('still full', () => second.page.textContent('#trying'), text => text?.startsWith('Still full'));

  await first.page.click('#leave');
  await first.sees('over');
  await reaches(host, 'waiting');
  await reads(host, 'Fritz has left. Waiting for somebody to come.');
  await second.sees('call');
  const [[seen]] = await Promise.all([host.seesMoving(1), second.seesMoving(1)]);
  assert.equal(seen.name, 'Sven');
  assert.deepEqual((await descriptions(host)).filter(type => type === 'offer').length, 2);
  assert.equal((await descriptions(second))[0], 'answer');
});

test('when the host leaves, the guest is the first, and comes together with whoever comes next', limits, async () => {
  const [host, guest, next] = [await visit('/pair.html#heir'), await visit('/pair.html#heir'), await visit('/pair.html#heir')];
  await host.join('Host');
  await guest.join('Guest');
  await guest.seesMoving(1);
  await host.close();
  await reaches(guest, 'waiting');
  await next.join('Next');
  await Promise.all([guest.seesMoving(1), next.seesMoving(1)]);
  assert.deepEqual([await descriptions(guest), await descriptions(next)].map(made => made.at(-1)), ['offer', 'answer']);
});

test('one can hang up and come back without a reload, and without a camera', limits, async () => {
  const ann = await visit('/below/pair.html#again');
  const bob = await visits.visit('/below/pair.html#again', {
    prepare: () => {
      navigator.mediaDevices.getUserMedia = async () => {
        throw new DOMException('no', 'NotAllowedError');
      };
    },
  });
  await ann.join('Ann');
  for (const turn of [1, 2]) {
    await bob.join(`Bob ${turn}`);
    await bob.seesMoving(1);
    await reads(ann, `You are connected with Bob ${turn}.`);
    await bob.page.click('#leave');
    await bob.page.click('#again');
  }
  await reads(ann, 'Bob 2 has left. Waiting for somebody to come.');
});

test('the call outlives the node that brought it together', limits, async () => {
  const [ann, bob] = [await visit('/pair.html#survivors'), await visit('/pair.html#survivors')];
  await ann.join('Ann');
  await bob.join('Bob');
  const [[before]] = await Promise.all([ann.seesMoving(1), bob.seesMoving(1)]);
  const names = [await ann.peer(), await bob.peer()];
  const told = await Promise.all([ann, bob].map(({ page }) => page.evaluateHandle(() => {
    /** @type {(string | undefined)[]} */
    const states = [document.body.dataset.pair];
    const note = () => states.at(-1) === document.body.dataset.pair || states.push(document.body.dataset.pair);
    new MutationObserver(note).observe(document.body, { attributeFilter: ['data-pair'] });
    return states;
  })));
  await visits.cluster.servers[0].kill();
  await until('one is cut off', async () => [await ann.signaling(), await bob.signaling()], states => states.some(state => state !== 'online'));
  await until('both on the node left', () => visits.peers(), ([count]) => count === 2);
  await until('both online', async () => [await ann.signaling(), await bob.signaling()], states => states.every(state => state === 'online'));
  assert.deepEqual([await ann.peer(), await bob.peer()], names, 'both sessions went on');
  const [[after]] = await Promise.all([ann.seesMoving(1), bob.seesMoving(1)]);
  await until('the same connection goes on', () => ann.others(), ([other]) => other.frames > before.frames);
  assert.equal(after.key, before.key);
  assert.deepEqual(await Promise.all(told.map(handle => handle.jsonValue())), [['connected'], ['connected']]);
});
