// @ts-check
/**
 * Relays with `to`: from one session to another none is lost, doubled or out of order. Only while servers were parted for longer
 * than the window may they be given up, and the sender is told.
 */

import { Sequence } from './sequence.js';

/** @typedef {import('../clients/events.js').Event} Event */
/**
 * @typedef {object} Pair
 * @property {string} from
 * @property {string} to
 * @property {number} sent the highest number
 * @property {Sequence} got
 * @property {Map<number, string>} failed the library said so, by its code
 * @property {number} excused how many were given up, and told, while servers were parted for long
 */

export class Pairs {
  /** @type {Map<string, Pair>} */
  #pairs = new Map();
  #lives;
  #troubles;
  #violation;
  counts = { sent: 0, got: 0, failed: 0, excused: 0 };

  /**
   * @param {import('./lives.js').Lives} lives
   * @param {import('./troubles.js').Troubles} troubles
   * @param {import('./judge.js').Violate} violation
   */
  constructor(lives, troubles, violation) {
    this.#lives = lives;
    this.#troubles = troubles;
    this.#violation = violation;
  }

  /** @param {Event} event */
  take(event) {
    const { peer = '' } = event;
    if (event.what === 'sent') {
      this.counts.sent++;
      const pair = this.#pair(peer, event.to);
      pair.sent = Math.max(pair.sent, event.n);
    }
    if (event.what === 'failed') {
      this.counts.failed++;
      const pair = this.#pair(peer, event.to);
      pair.failed.set(event.n, event.code);
      if (this.#mayGiveUp(event.to, event.at)) pair.excused++;
    }
    if (event.what === 'dropped' && event.to !== undefined && this.#mayGiveUp(event.to, event.at)) {
      const pair = this.#pair(peer, event.to);
      // Of a peer that has never said a word the library does not know what it had before its session was over.
      pair.excused += event.reason === 'expired' ? pair.sent : event.count;
    }
    if (event.what === 'got') {
      this.counts.got++;
      const { from, origin, to, n } = event;
      if (to === peer && origin === from) return this.#got(this.#pair(from, to), n);
      this.#violation('misdelivered', `${n} of ${origin} for ${to} came from ${from} to ${peer}`, [event.client], [origin, to, from]);
    }
  }

  /**
   * Whether the side of a split on which the sender is may have given that peer up, or not have heard of it yet.
   *
   * @param {string} peer @param {number} at
   */
  #mayGiveUp(peer, at) {
    const life = this.#lives.of(peer);
    return this.#troubles.parted(at) || Boolean(life && (this.#lives.crossed(life, at) || this.#lives.unheardOf(life, at)));
  }

  /** @returns {string | undefined} what has not arrived though both live, if anything */
  missing() {
    for (const pair of this.#pairs.values()) {
      const numbers = this.#absent(pair).filter(n => !pair.failed.has(n));
      if (numbers.length > pair.excused) return `${numbers.join(' ')} of ${pair.sent} from ${pair.from} to ${pair.to}`;
    }
    return undefined;
  }

  /** What has not arrived by now never will. */
  settle() {
    for (const pair of this.#pairs.values()) {
      const absent = this.#absent(pair);
      const excused = absent.length <= pair.excused;
      if (excused) this.counts.excused += absent.length;
      const lost = absent.filter(n => !pair.failed.has(n));
      if (lost.length > 0 && !excused) this.#violation('lost', `${lost.join(' ')} of ${pair.sent} from ${pair.from} to ${pair.to}`, ...this.#about(pair));
      const refused = absent.filter(n => pair.failed.has(n)).map(n => `${n} (${pair.failed.get(n)})`);
      if (refused.length > 0 && !excused && this.#bothLive(pair)) {
        this.#violation('refused', `${refused.join(' ')} of ${pair.sent} from ${pair.from} to ${pair.to}`, ...this.#about(pair));
      }
      pair.got.giveUp(this.#bothLive(pair) ? pair.sent : pair.got.highest);
      pair.failed.clear();
      pair.excused = 0;
    }
  }

  /** @param {number} before forgets pairs of which one ended earlier */
  forget(before) {
    for (const [key, { from, to }] of this.#pairs) {
      const gone = [from, to].some(peer => (this.#lives.of(peer)?.end?.until ?? Infinity) < before || !this.#lives.of(peer));
      if (gone) this.#pairs.delete(key);
    }
  }

  /** @param {Pair} pair @param {number} n */
  #got(pair, n) {
    const before = pair.got.highest;
    const wrong = pair.got.take(n);
    if (wrong) this.#violation(wrong, `${n} after ${before} from ${pair.from} to ${pair.to}`, ...this.#about(pair));
  }

  /** @param {Pair} pair @returns {number[]} numbers that should have arrived: all that were sent, or those below one that has */
  #absent(pair) {
    return pair.got.missing(this.#bothLive(pair) ? pair.sent : pair.got.highest);
  }

  /** @param {Pair} pair @returns {[clients: number[], names: string[]]} for the time line */
  #about({ from, to }) {
    return [[from, to].map(peer => this.#lives.of(peer)?.client ?? -1), [`from=${from}`, `to=${to}`]];
  }

  /** @param {Pair} pair */
  #bothLive({ from, to }) {
    return [from, to].every(peer => this.#lives.of(peer) && !this.#lives.of(peer)?.end);
  }

  /** @param {string} from @param {string} to */
  #pair(from, to) {
    const key = `${from} > ${to}`;
    const pair = this.#pairs.get(key) ?? { from, to, sent: 0, got: new Sequence(), failed: new Map(), excused: 0 };
    this.#pairs.set(key, pair);
    return pair;
  }
}
