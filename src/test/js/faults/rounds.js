// @ts-check
/** Plays the rounds of a plan: operations and faults at once, then a rest in which everything has to agree. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { disagreement } from './judge/agreement.js';
import { halfOver } from './judge/calls.js';
import { FAULTS } from './faults.js';

/** @typedef {import('./faults.js').Planned} Planned */
/** @typedef {import('./clients/events.js').Snapshot} Snapshot */

const PROBE_WITHIN = 5_000;
/** Until a server that is new has its copies of the directory: before that, the death of the others takes the only ones. */
const REPLICATED_WITHIN = 5_000;
const LOOK_EVERY = 250;

/** @param {number} milliseconds */
export const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

export class Rounds {
  /** @type {Record<string, number>} */
  struck = {};
  /** @type {number[]} milliseconds from the end of a round until everything agreed */
  agreedAfter = [];
  #lab;
  #fleet;
  #judge;
  #say;
  #agreeWithin;
  #folder;
  #probe = 0;
  /** @type {Set<string>} the faults in force, with their machines */
  #inForce = new Set();

  /**
   * @param {import('./lab/lab.js').Lab} lab
   * @param {import('./clients/fleet.js').Fleet} fleet
   * @param {import('./judge/judge.js').Judge} judge
   * @param {(line: string) => void} say
   * @param {{agreeWithin: number, folder: string}} options milliseconds; where to write what did not agree
   */
  constructor(lab, fleet, judge, say, { agreeWithin, folder }) {
    this.#lab = lab;
    this.#fleet = fleet;
    this.#judge = judge;
    this.#say = say;
    this.#agreeWithin = agreeWithin;
    this.#folder = folder;
  }

  /** @param {import('./plan.js').Round} round */
  async play({ number, seconds, faults }) {
    const begun = performance.now();
    await this.#fleet.tell({ do: 'go', round: number });
    let heavy = Promise.resolve();
    const all = faults.map(async fault => {
      const { kills, parts } = FAULTS[fault.kind];
      const before = kills || parts ? heavy : Promise.resolve();
      const done = before.then(() => this.#befall(fault, begun));
      if (kills || parts) heavy = done.then(() => (kills ? pause(REPLICATED_WITHIN) : undefined));
      await done;
    });
    await Promise.all([...all, pause(seconds * 1000)]);
    await this.#fleet.tell({ do: 'pause' });
    await this.agree();
  }

  /** Waits until everything agrees, and finds out whether everybody reaches everybody. */
  async agree() {
    const begun = performance.now();
    /** @type {Snapshot[]} */
    let snapshots = [];
    /** @type {string | undefined} */
    let problem;
    do {
      await pause(LOOK_EVERY);
      snapshots = await this.#fleet.snapshots();
      problem = await this.#problem(snapshots);
    } while (problem && performance.now() - begun < this.#agreeWithin);
    if (!problem) this.agreedAfter.push(Math.round(performance.now() - begun));
    const named = snapshots.filter(({ client, peer = '-' }) => problem?.includes(peer) || problem?.includes(`client ${client} `));
    if (problem) {
      await this.#write(problem, snapshots);
      this.#judge.violate('not agreed', `still after ${this.#agreeWithin} ms: ${problem}`, named.map(({ client }) => client), named.map(({ peer = '-' }) => peer));
    }
    this.#judge.settle();
    await this.#probeAll(snapshots);
  }

  /** @param {string} problem @param {Snapshot[]} snapshots */
  async #write(problem, snapshots) {
    const states = await this.#lab.states().catch(String);
    const file = join(this.#folder, `disagreement-${this.#probe + 1}.json`);
    await writeFile(file, JSON.stringify({ problem, at: new Date(), states, snapshots }, undefined, 1));
  }

  /** @param {Snapshot[]} snapshots @returns {Promise<string | undefined>} */
  async #problem(snapshots) {
    const half = halfOver(snapshots);
    if (half) return `call ${half} is not the same for all in it: ${this.#judge.calls.story(half)}`;
    const states = await this.#lab.states().catch(error => String(error));
    if (typeof states === 'string') return states;
    return disagreement(snapshots, states) ?? this.#judge.pairs.missing();
  }

  /** @param {Snapshot[]} snapshots */
  async #probeAll(snapshots) {
    const probe = ++this.#probe;
    const expected = addressees(snapshots);
    await this.#fleet.tell({ do: 'probe', probe });
    const begun = performance.now();
    let missing;
    do {
      await pause(LOOK_EVERY);
      missing = this.#judge.casts.missing(probe, expected);
    } while (missing.length > 0 && performance.now() - begun < PROBE_WITHIN);
    if (missing.length > 0) {
      this.#judge.violate('cast lost in a calm', `${missing.length} of ${expected.length}: ${missing.slice(0, 4).join(', ')}`);
    }
  }

  /** @param {Planned} planned @param {number} begun */
  async #befall({ kind, after, seconds, machine, other, part }, begun) {
    await pause(after * 1000 - (performance.now() - begun));
    const place = { lab: this.#lab, fleet: this.#fleet, machine: this.#lab.machines[machine], other: this.#lab.machines[other], part };
    if (!place.machine.running || place.machine.frozen) return this.#tell(`${kind} ${place.machine.name}: left out, it is not there`);
    const key = `${kind} ${machine}`;
    if (this.#inForce.has(key)) return this.#tell(`${kind} ${place.machine.name}: left out, it is in force`);
    this.#inForce.add(key);
    const { strike, parts = false, bars = false } = FAULTS[kind];
    this.#tell(`${kind} ${place.machine.name}${/two|cut/.test(kind) ? ` ${place.other.name}` : ''} for ${seconds.toFixed(1)} s`);
    this.struck[kind] = (this.struck[kind] ?? 0) + 1;
    const over = this.#judge.troubles.begin({ kind, parts, bars });
    const heal = await strike(place);
    await pause(seconds * 1000);
    await heal();
    over();
    this.#inForce.delete(key);
    this.#tell(`${kind} ${place.machine.name} is over`);
  }

  /** @param {string} text */
  #tell(text) {
    this.#judge.note(text);
    this.#say(text);
  }
}

/** @param {Snapshot[]} snapshots @returns {{to: string, from: string, by: string, name: string}[]} who is to hear whom */
function addressees(snapshots) {
  /** @type {Map<string, string[]>} */
  const members = new Map();
  for (const { peer = '', rooms, topics } of snapshots) {
    for (const key of [...Object.keys(rooms).map(name => `room ${name}`), ...topics.map(name => `topic ${name}`)]) {
      members.set(key, [...members.get(key) ?? [], peer]);
    }
  }
  return [...members].flatMap(([key, peers]) => {
    const [by, name] = key.split(' ');
    return peers.flatMap(from => peers.filter(to => to !== from).map(to => ({ to, from, by, name })));
  });
}
