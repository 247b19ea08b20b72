// @ts-check
/** Somebody comes in, joins a room and goes, all the time: what fails is what a person would have met who came at that moment. */

import { join } from 'node:path';
import { Worker } from '../clients/fleet.js';

const EVERY = 250;

export class Newcomers {
  #worker;

  /** @param {Worker} worker */
  constructor(worker) {
    this.#worker = worker;
  }

  /** @param {import('../lab/network.js').Host} host of them @param {string} address where they come in */
  static async start(host, address) {
    const worker = new Worker(join(import.meta.dirname, 'newcomers-worker.js'), host, () => {});
    await worker.ask({ do: 'start', address, every: EVERY });
    return new Newcomers(worker);
  }

  /** Prints how many came in, and who did not. */
  async report() {
    /** @type {import('./newcomers-worker.js').Counts} */
    const { joins, failures, slowest } = await this.#worker.ask({ do: 'counts' });
    console.log(`joins: ${joins}, failed ${failures.length}, the slowest took ${slowest} ms`);
    for (const failure of failures) console.log(`  ${failure}`);
  }
}
