// @ts-check
/** Library clients over a network full of faults: what one sends arrives at the other once and in its order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../../../webroot/heliograph.js';
import { FakeNetwork } from './fake-network.js';
import { seeded, settled } from './fakes.js';

/** @typedef {import('../../../../webroot/heliograph.js').Client} Client */
/** @typedef {import('../../../../webroot/heliograph.js').RelayType} RelayType */

/** @type {RelayType[]} */
const TYPES = ['offer', 'answer', 'candidate', 'bye', 'message'];
/** The environment may ask for more, or for a certain one. */
const SEEDS = Number(process.env.LOSSY_SEEDS ?? 20);
const FIRST = Number(process.env.LOSSY_FIRST ?? 1);
const STEP = 40;

/** One of those who talk. Numbers are counted for each direction, outside the library. */
class Talker {
  /** @type {string[]} every name it had, newest last */
  names = [];
  /** @type {Map<Talker, {n: number, names: string}[]>} what was sent, and to and from which names */
  sent = new Map();
  /** @type {Map<Talker, number[]>} what came, in that order */
  heard = new Map();
  /** @type {{to: Talker, n: number, code: string}[]} */
  rejected = [];
  resolved = 0;
  /** Those of which it was told that they may be lost after all. */
  dropped = 0;

  /** @param {FakeNetwork} network */
  constructor(network) {
    this.network = network;
    this.place = network.place();
    const { clock, random } = network;
    this.client = connect({ url: 'ws://host', WebSocket: this.place.WebSocket, clock, random });
    this.client.on('state', () => {
      const { peer } = this.client;
      if (peer && !this.names.includes(peer)) this.names.push(peer);
    });
    this.client.on('dropped', ({ count }) => void (this.dropped += count));
  }

  /** @param {Talker[]} others */
  listen(others) {
    for (const type of TYPES) {
      this.client.on(type, ({ from, data }) => {
        const talker = others.find(({ names }) => names.includes(from));
        assert.ok(talker, `from: ${from}`);
        assert.equal(typeof data, 'number', `data: ${JSON.stringify(data)}`);
        this.heard.set(talker, [...this.heard.get(talker) ?? [], data]);
      });
    }
  }

  /** @param {Talker} to */
  say(to) {
    const sent = this.sent.get(to) ?? [];
    const n = sent.length + 1;
    const name = /** @type {string} */ (to.names.at(-1));
    this.sent.set(to, [...sent, { n, names: `${name} ${this.client.peer}` }]);
    const type = TYPES[Math.floor(this.network.random() * TYPES.length)];
    this.client.relay(type, { to: name }, n)
      .then(() => this.resolved++, error => this.rejected.push({ to, n, code: error.code }));
  }
}

/**
 * Three talk for a minute while things go wrong, and then in peace until nothing is left to do.
 *
 * @param {number} seed
 * @param {(network: FakeNetwork, talkers: Talker[]) => void} trouble what may go wrong, at every step
 * @param {import('./fake-network.js').Faults} faults
 */
async function talk(seed, trouble, faults) {
  const network = new FakeNetwork(seeded(seed));
  const { clock } = network;
  network.noticesWithin = 3_000;
  const talkers = Array.from({ length: 3 }, () => new Talker(network));
  for (const talker of talkers) talker.listen(talkers);
  clock.advance(1_000);
  await settled();
  network.faults = faults;
  for (let time = 0; time < 60_000; time += STEP) {
    for (const talker of talkers) {
      for (const other of talkers) if (talker !== other && network.chance(0.05)) talker.say(other);
      if (network.chance(0.002)) for (let burst = 0; burst < 40; burst++) talker.say(talkers[(talkers.indexOf(talker) + 1) % 3]);
    }
    trouble(network, talkers);
    clock.advance(STEP);
    await settled();
  }
  network.faults = {};
  for (let time = 0; time < 120_000; time += 1_000) {
    clock.advance(1_000);
    await settled();
  }
  return talkers;
}

/** @param {FakeNetwork} network @param {Talker[]} talkers */
function cuts(network, talkers) {
  for (const { place, client } of talkers) {
    if (client.state === 'online' && network.chance(0.004)) place.wire?.cut(network.random() * network.noticesWithin);
  }
  for (const { client: { peer } } of talkers) if (peer && network.chance(0.002)) network.crash(peer);
}

/** @param {FakeNetwork} network @param {Talker[]} talkers */
function endings(network, talkers) {
  cuts(network, talkers);
  for (const { client: { peer } } of talkers) {
    const session = network.sessions.get(peer ?? '');
    if (!session || !network.chance(0.001)) continue;
    session.wire?.cut(0);
    network.end(session);
  }
}

const faults = { unavailable: 0.02, late: 0.5, refused: 0.2 };
const seeds = Array.from({ length: SEEDS }, (_, index) => FIRST + index);

test('whatever is cut, refused, swallowed or late: nothing is lost, doubled or out of order', async t => {
  const total = { resent: 0, duplicates: 0, sent: 0 };
  for (const seed of seeds) {
    const talkers = await talk(seed, cuts, faults);
    for (const talker of talkers) {
      for (const other of talkers.filter(each => each !== talker)) {
        const sent = talker.sent.get(other) ?? [];
        assert.deepEqual(other.heard.get(talker), sent.map(({ n }) => n), `seed ${seed}`);
        total.sent += sent.length;
      }
      const { client: { delivery }, rejected, dropped, resolved, names } = talker;
      const all = [...talker.sent.values()].flat().length;
      assert.deepEqual([rejected, dropped, resolved, delivery.pending, names.length], [[], 0, all, 0, 1], `seed ${seed}`);
      total.resent += delivery.resent;
      total.duplicates += delivery.duplicates;
    }
  }
  assert.ok(total.resent > 0 && total.duplicates > 0, 'the faults were real');
  t.diagnostic(JSON.stringify(total));
});

test('what a session that ends takes along is told; nothing is doubled or out of order', async t => {
  let [lost, told] = [0, 0];
  for (const seed of seeds) {
    const talkers = await talk(seed, endings, faults);
    for (const talker of talkers) {
      let missing = 0;
      for (const other of talkers.filter(each => each !== talker)) {
        const heard = other.heard.get(talker) ?? [];
        const sent = talker.sent.get(other) ?? [];
        assert.equal(new Set(heard).size, heard.length, `seed ${seed}: ${heard}`);
        for (const pair of new Set(sent.map(({ names }) => names))) { // each began anew, and ended as a whole
          const ordered = heard.filter(n => sent[n - 1].names === pair);
          assert.deepEqual(ordered, [...ordered].sort((a, b) => a - b), `seed ${seed}: ${pair}`);
        }
        const failed = new Set(talker.rejected.filter(({ to }) => to === other).map(({ n }) => n));
        for (const { n, names } of sent) {
          // Of one who never said a word nobody knows whether it confirms.
          if (!heard.includes(n) && !failed.has(n) && talker.network.heard.has(names)) missing++;
        }
      }
      const codes = new Set(talker.rejected.map(({ code }) => code));
      for (const code of codes) assert.ok(['disconnected', 'peer-unreachable', 'unavailable'].includes(code), `seed ${seed}: ${code}`);
      assert.ok(missing <= talker.dropped, `seed ${seed}: ${missing} missing, ${talker.dropped} told`);
      assert.equal(talker.client.delivery.pending, 0, `seed ${seed}`);
      lost += missing;
      told += talker.dropped + talker.rejected.length;
    }
  }
  assert.ok(told > 0, 'sessions have ended');
  t.diagnostic(JSON.stringify({ lost, told }));
});
