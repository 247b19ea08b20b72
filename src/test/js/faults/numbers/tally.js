// @ts-check
/** What some clients sent and got, by pairs of peers, and how the clients fared. */

import { Sequence } from '../judge/sequence.js';

/**
 * @typedef {object} Counts sent from one process to the other as it is
 * @property {[pair: string, sent: number, refused: number[]][]} sent by "from to"
 * @property {[pair: string, got: number, missing: number[]][]} got
 * @property {number} doubled
 * @property {number} disordered
 * @property {number} left `peer-left` seen
 * @property {number} renamed sessions not resumed
 * @property {number} resumed
 * @property {number} dropped frames that servers gave up and told
 * @property {number[]} away milliseconds without a connection, each time
 * @property {number[]} dialed when a connection was asked for, milliseconds since 1970
 * @property {number} online clients that are
 * @property {number} resent by the library
 */

export class Tally {
  /** @type {Map<string, {n: number, refused: number[]}>} */
  #sent = new Map();
  /** @type {Map<string, Sequence>} */
  #got = new Map();
  doubled = 0;
  disordered = 0;
  left = 0;
  renamed = 0;
  resumed = 0;
  dropped = 0;
  /** @type {number[]} */
  away = [];
  /** @type {number[]} */
  dialed = [];

  /** @param {string} from @param {string} to @returns {number} the number to send */
  send(from, to) {
    const pair = `${from} ${to}`;
    const sent = this.#sent.get(pair) ?? { n: 0, refused: [] };
    this.#sent.set(pair, sent);
    return ++sent.n;
  }

  /** @param {string} from @param {string} to @param {number} n */
  refuse(from, to, n) {
    this.#sent.get(`${from} ${to}`)?.refused.push(n);
  }

  /** @param {string} from @param {string} to @param {number} n */
  get(from, to, n) {
    const pair = `${from} ${to}`;
    const sequence = this.#got.get(pair) ?? new Sequence();
    this.#got.set(pair, sequence);
    const wrong = sequence.take(n);
    if (wrong === 'doubled') this.doubled++;
    if (wrong === 'out of order') this.disordered++;
  }

  /** @param {number} online @param {number} resent @returns {Counts} */
  counts(online, resent) {
    const { doubled, disordered, left, renamed, resumed, dropped, away, dialed } = this;
    return {
      sent: [...this.#sent].map(([pair, { n, refused }]) => [pair, n, refused]),
      got: [...this.#got].map(([pair, sequence]) => [pair, sequence.highest, sequence.missing(sequence.highest)]),
      doubled, disordered, left, renamed, resumed, dropped, away, dialed, online, resent,
    };
  }
}

/** @param {Counts[]} all */
export function sum(all) {
  const got = new Map(all.flatMap(counts => counts.got.map(([pair, highest, missing]) => /** @type {const} */ ([pair, { highest, missing }]))));
  let sent = 0;
  let lost = 0;
  let refused = 0;
  for (const [pair, n, told] of all.flatMap(counts => counts.sent)) {
    const { highest = 0, missing = [] } = got.get(pair) ?? {};
    sent += n;
    const absent = new Set([...missing, ...Array.from({ length: n - highest }, (_, index) => highest + 1 + index)]);
    const known = told.filter(number => absent.has(number)).length;
    refused += known;
    lost += absent.size - known;
  }
  const total = (/** @type {'doubled' | 'disordered' | 'left' | 'renamed' | 'resumed' | 'dropped' | 'online' | 'resent'} */ key) =>
    all.reduce((partial, counts) => partial + counts[key], 0);
  return {
    sent, lost, refused, doubled: total('doubled'), disordered: total('disordered'), left: total('left'), renamed: total('renamed'),
    resumed: total('resumed'), dropped: total('dropped'), online: total('online'), resent: total('resent'),
    away: all.flatMap(counts => counts.away), dialed: all.flatMap(counts => counts.dialed),
  };
}
