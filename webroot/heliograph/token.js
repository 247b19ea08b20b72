// @ts-check
/** What says who the client is: a token that was given, or one that is asked for each time, and renewed before it expires. */

import { Renewal } from './renewal.js';

/** @typedef {import('../heliograph.js').Clock} Clock */
/** @typedef {import('../heliograph.js').Frame} Frame */
/** @typedef {import('./requests.js').Asker} Asker */

export class Token {
  #given;
  #renewal;

  /**
   * @param {import('../heliograph.js').ClientOptions['token']} given
   * @param {Clock} clock
   * @param {() => number} random
   * @param {(frame: Frame, asker: Asker) => void} ask
   */
  constructor(given, clock, random, ask) {
    this.#given = given;
    this.#renewal = new Renewal(clock, random, (asker, isDue) => void Promise.resolve(this.next()).then(token => {
      if (isDue()) ask({ type: 'renew', token }, asker);
    }, asker.failed), frame => this.take(frame));
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
    this.#renewal.given(this.renewable ? tokenTtl : undefined);
  }

  /** Renews no more until the next `take`. */
  stop() {
    this.#renewal.stop();
  }
}
