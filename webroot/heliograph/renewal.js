// @ts-check
/** Renews what the server gave for a time before that is over, and tries again where it does not. */

import { backoff } from './backoff.js';

/** @typedef {import('../heliograph.js').Clock} Clock */
/** @typedef {import('../heliograph.js').Frame} Frame */
/** @typedef {import('./requests.js').Asker} Asker */

/** Part of the time after which to renew, from the first number to the sum of both, so that not all clients do at once. */
const SHARE = 0.8;
const SHARE_SPREAD = 0.1;
/** The longest that timers take. */
const LONGEST = 2 ** 31 - 1;

export class Renewal {
  #clock;
  #random;
  #renew;
  #renewed;
  #attempt = 0;
  /** @type {() => void} */
  #cancel = () => {};

  /**
   * @param {Clock} clock
   * @param {() => number} random
   * @param {(asker: Asker, isDue: () => boolean) => void} renew asks the server; where that takes a while to prepare, only if it is still due
   * @param {(frame: Frame) => void} renewed has the answer
   */
  constructor(clock, random, renew, renewed) {
    this.#clock = clock;
    this.#random = random;
    this.#renew = renew;
    this.#renewed = renewed;
  }

  /** @param {number | undefined} seconds for which what was given is good; without a number, or with 0, for ever */
  given(seconds) {
    this.stop();
    this.#attempt = 0;
    if (seconds && seconds > 0) this.#renewIn(Math.round(seconds * 1000 * (SHARE + SHARE_SPREAD * this.#random())));
  }

  /** Renews nothing more until something is given again: who connects anew gets it, or brings it. */
  stop() {
    this.#cancel();
    this.#cancel = () => {};
  }

  /** @param {number} milliseconds */
  #renewIn(milliseconds) {
    let due = true;
    const cancel = this.#clock.after(Math.min(milliseconds, LONGEST), () => this.#renew({
      answered: frame => due && this.#renewed(frame),
      failed: () => due && this.#renewIn(backoff(this.#attempt++, this.#random)),
    }, () => due));
    this.#cancel = () => {
      due = false;
      cancel();
    };
  }
}
