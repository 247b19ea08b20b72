// @ts-check
/** What says who the client is: a token that was given, or one that is asked for each time, and renewed before it expires. */

import { backoff } from './backoff.js';

/** @typedef {import('../heliograph.js').Clock} Clock */
/** @typedef {import('../heliograph.js').Frame} Frame */
/** @typedef {import('./requests.js').Asker} Asker */

/** Part of its time after which to renew it, from the first number to the sum of both, so that not all clients do at once. */
const SHARE = 0.8;
const SHARE_SPREAD = 0.1;
/** The longest that timers take. */
const LONGEST = 2 ** 31 - 1;

export class Token {
  #given;
  #clock;
  #random;
  #ask;
  #attempt = 0;
  /** @type {() => void} */
  #cancel = () => {};

  /**
   * @param {import('../heliograph.js').ClientOptions['token']} given
   * @param {Clock} clock
   * @param {() => number} random
   * @param {(frame: Frame, asker: Asker) => void} ask
   */
  constructor(given, clock, random, ask) {
    this.#given = given;
    this.#clock = clock;
    this.#random = random;
    this.#ask = ask;
  }

  /** Whether there may be another one when this one has expired. */
  get renewable() {
    return typeof this.#given === 'function';
  }

  /** @returns {string | undefined | Promise<string>} one for now */
  next() {
    const given = this.#given;
    return typeof given === 'function' ? Promise.resolve().then(given) : given;
  }

  /** @param {Frame} frame a `welcome`, or the answer to `renew` */
  take({ tokenTtl }) {
    this.stop();
    this.#attempt = 0;
    if (tokenTtl > 0 && this.renewable) {
      this.#renewIn(Math.round(tokenTtl * 1000 * (SHARE + SHARE_SPREAD * this.#random())));
    }
  }

  /** Renews no more until the next `take`: whoever connects anew brings a new one. */
  stop() {
    this.#cancel();
    this.#cancel = () => {};
  }

  /** @param {number} milliseconds */
  #renewIn(milliseconds) {
    let due = true;
    const again = () => due && this.#renewIn(backoff(this.#attempt++, this.#random));
    const cancel = this.#clock.after(Math.min(milliseconds, LONGEST), () => void Promise.resolve(this.next()).then(token => {
      if (due) this.#ask({ type: 'renew', token }, { answered: frame => due && this.take(frame), failed: again });
    }, again));
    this.#cancel = () => {
      due = false;
      cancel();
    };
  }
}
