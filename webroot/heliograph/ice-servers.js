// @ts-check
/** The ICE servers the server gave, and the asking for new ones before their credentials expire. */

import { backoff } from './backoff.js';

/** @typedef {import('../heliograph.js').Clock} Clock */
/** @typedef {import('../heliograph.js').Frame} Frame */
/** @typedef {import('../heliograph.js').IceServersChange} IceServersChange */
/** @typedef {import('./requests.js').Asker} Asker */

/** Part of their time after which to ask, from the first number to the sum of both, so that not all clients ask at once. */
const SHARE = 0.8;
const SHARE_SPREAD = 0.1;
/** The longest that timers take. */
const LONGEST = 2 ** 31 - 1;

export class IceServers {
  /** @type {RTCIceServer[]} the newest */
  current = [];

  #clock;
  #random;
  #ask;
  #changed;
  #attempt = 0;
  /** @type {() => void} */
  #cancel = () => {};

  /**
   * @param {Clock} clock
   * @param {() => number} random
   * @param {{ask: (frame: Frame, asker: Asker) => void, changed: (change: IceServersChange) => void}} owner
   */
  constructor(clock, random, { ask, changed }) {
    this.#clock = clock;
    this.#random = random;
    this.#ask = ask;
    this.#changed = changed;
  }

  /** @param {Frame} frame a `welcome` or `ice-servers` */
  take({ iceServers = [], iceTtl }) {
    this.stop();
    this.current = iceServers;
    this.#attempt = 0;
    if (iceTtl > 0) this.#renewIn(Math.round(iceTtl * 1000 * (SHARE + SHARE_SPREAD * this.#random())));
    this.#changed({ iceServers, iceTtl });
  }

  /** Asks no more until the next `take`: a lost connection comes back with new ones. */
  stop() {
    this.#cancel();
    this.#cancel = () => {};
  }

  /** @param {number} milliseconds */
  #renewIn(milliseconds) {
    let due = true;
    const cancel = this.#clock.after(Math.min(milliseconds, LONGEST), () => this.#ask({ type: 'ice' }, {
      answered: frame => due && this.take(frame),
      failed: () => due && this.#renewIn(backoff(this.#attempt++, this.#random)),
    }));
    this.#cancel = () => {
      due = false;
      cancel();
    };
  }
}
