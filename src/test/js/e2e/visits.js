// @ts-check
/** For one file of tests: a cluster, a browser, and pages that are closed with their test and must not have met an error. */

import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { Visitor, launchChromium } from './browser.js';
import { Cluster } from './cluster.js';
import { until } from './server.js';

/** @typedef {import('playwright-core').Browser} Browser */

export class Visits {
  /** @type {Cluster} */
  cluster = /** @type {any} */ (undefined);
  /** @type {Browser} */
  browser = /** @type {any} */ (undefined);
  /** @type {Visitor[]} */
  #open = [];

  /** To be made at the top of the file. */
  constructor() {
    before(async () => {
      this.cluster = await Cluster.start();
      this.browser = await launchChromium();
    }, { timeout: 120_000 });
    after(async () => {
      await this.browser?.close();
      await this.cluster?.stop();
    }, { timeout: 120_000 });
    afterEach(() => this.#end());
  }

  /**
   * @param {string} path
   * @param {{browser?: Browser, prepare?: () => void}} [options] `prepare` runs in the page before anything else
   */
  async visit(path, { browser = this.browser, prepare } = {}) {
    const visitor = await Visitor.open(browser, new URL(path, this.cluster.origin).href, prepare);
    this.#open.push(visitor);
    return visitor;
  }

  /** How many peers each process has that is still there. */
  peers() {
    return Promise.all(this.cluster.servers.filter(({ running }) => running).map(server => server.peers()));
  }

  async #end() {
    const leaving = this.#open.splice(0);
    await Promise.all(leaving.map(visitor => visitor.close()));
    for (const { errors } of leaving) assert.deepEqual(errors, []);
    await until('nobody left', () => this.peers(), counts => counts.every(count => count === 0));
  }
}
