// @ts-check
/** The ICE servers the server gave, and the asking for new ones before their credentials expire. */

import { Renewal } from './renewal.js';

/** @typedef {import('../heliograph.js').Clock} Clock */
/** @typedef {import('../heliograph.js').Frame} Frame */
/** @typedef {import('../heliograph.js').IceServersChange} IceServersChange */
/** @typedef {import('./requests.js').Asker} Asker */

export class IceServers {
  /** @type {RTCIceServer[]} the newest */
  current = [];

  #renewal;
  #changed;

  /**
   * @param {Clock} clock
   * @param {() => number} random
   * @param {{ask: (frame: Frame, asker: Asker) => void, changed: (change: IceServersChange) => void}} owner
   */
  constructor(clock, random, { ask, changed }) {
    this.#renewal = new Renewal(clock, random, asker => ask({ type: 'ice' }, asker), frame => this.take(frame));
    this.#changed = changed;
  }

  /** @param {Frame} frame a `welcome` or `ice-servers` */
  take({ iceServers = [], iceTtl }) {
    this.current = iceServers;
    this.#renewal.given(iceTtl);
    this.#changed({ iceServers, iceTtl });
  }

  /** Asks no more until the next `take`. */
  stop() {
    this.#renewal.stop();
  }
}
