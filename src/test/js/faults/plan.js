// @ts-check
/** What is to happen, drawn from a seed before it begins. */

import { seeded } from '../unit/fakes.js';
import { FAULTS } from './faults.js';

/** @typedef {import('./faults.js').Planned} Planned */
/** @typedef {{number: number, seconds: number, faults: Planned[]}} Round */

const MACHINES = 3;
const FIRST_WITHIN = 3;
const TAIL = 2;
/** Longer than a server needs to find out that another one is frozen or cut off. */
const DETECTION = 8;

/**
 * @param {number} seed
 * @param {number} number of the round, from 0
 * @param {{kinds: string[], window: number, brief: boolean}} options what to draw from, in as many rounds as there are kinds
 * each at least once; seconds for which a session may be resumed; whether no fault may last longer
 * @returns {Round}
 */
export function round(seed, number, { kinds, window, brief }) {
  const random = seeded(seed * 7_919 + number);
  const deck = shuffled(kinds, seeded(seed));
  const count = 1 + Math.floor(random() * 2);
  /** @type {Planned[]} */
  const faults = [];
  let free = 0;
  for (let index = 0; index < count; index++) {
    const drawn = kinds[Math.floor(random() * kinds.length)];
    const kind = index === 0 ? deck[number % deck.length] : drawn;
    const machine = Math.floor(random() * MACHINES);
    const other = (machine + 1 + Math.floor(random() * (MACHINES - 1))) % MACHINES;
    const { kills = false, parts = false, passes = false } = FAULTS[kind];
    const long = random() < 0.4 && !kills && !brief; // a server that is gone takes some seconds to come back in any case
    const lasting = long ? window + DETECTION + random() * 4 : 0.2 + random() * (window - 1);
    const seconds = passes ? 0 : lasting;
    const pause = random() * FIRST_WITHIN;
    const part = random();
    // What takes servers away or parts them comes alone; everything else may come at any time.
    const heavy = kills || parts;
    const after = heavy ? free + pause : pause;
    if (heavy) free = after + seconds;
    faults.push({ kind, after, seconds, machine, other, part });
  }
  const end = Math.max(...faults.map(({ after, seconds }) => after + seconds));
  return { number, seconds: end + TAIL, faults };
}

/**
 * @template T
 * @param {T[]} all
 * @param {() => number} random
 */
function shuffled(all, random) {
  return all.map(each => ({ each, place: random() })).sort((a, b) => a.place - b.place).map(({ each }) => each);
}
