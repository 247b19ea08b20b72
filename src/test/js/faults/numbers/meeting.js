// @ts-check
/** Real browsers with fake cameras that see each other in the demo page, and are watched while they do. */

import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Visitor, launchChromium } from '../../e2e/browser.js';
import { pause } from '../rounds.js';

const LOOK_EVERY = 250;

/** @typedef {Awaited<ReturnType<Visitor['others']>>[number]} Tile */

export class Meeting {
  #browser;
  #url;
  /** @type {Visitor[]} */
  #visitors = [];
  /** Milliseconds for which a picture stood still, at most. */
  stillest = 0;
  /** @type {string[]} what nobody should have seen */
  troubles = [];

  /** @param {import('playwright-core').Browser} browser @param {string} url */
  constructor(browser, url) {
    this.#browser = browser;
    this.#url = url;
  }

  /**
   * @param {import('../lab/network.js').Host} host
   * @param {string} address of a balancer
   * @param {string} folder for a script
   * @param {number} people
   * @returns {Promise<Meeting>} when all see all others move
   */
  static async start(host, address, folder, people) {
    const executable = join(folder, 'chromium');
    await writeFile(executable, `#!/bin/sh\nexec ${host.on('/usr/bin/chromium', ['"$@"']).flat().join(' ')}\n`);
    await chmod(executable, 0o755);
    const { origin } = new URL(`http://${address}`);
    const browser = await launchChromium({ executable, args: [`--unsafely-treat-insecure-origin-as-secure=${origin}`] });
    const meeting = new Meeting(browser, `${origin}/#meeting`);
    for (let each = 0; each < people; each++) await meeting.join();
    for (const visitor of meeting.#visitors) void meeting.#watch(visitor);
    return meeting;
  }

  /** One more comes in, and all see all others move after it. */
  async join() {
    const visitor = await Visitor.open(this.#browser, this.#url);
    await visitor.join(`Guest ${this.#visitors.push(visitor)}`);
    await Promise.all(this.#visitors.map(each => each.seesMoving(this.#visitors.length - 1)));
  }

  get errors() {
    return this.#visitors.flatMap(({ errors }) => errors);
  }

  /** @param {Visitor} visitor */
  async #watch(visitor) {
    const first = new Map((await visitor.others()).map(tile => [tile.key, tile]));
    /** @type {Map<string, {frames: number, at: number}>} */
    const moved = new Map();
    for (;;) {
      const tiles = await visitor.others();
      const at = performance.now();
      for (const key of first.keys()) {
        const tile = tiles.find(each => each.key === key);
        if (!tile) return void this.troubles.push(`${new Date().toISOString()} ${first.get(key)?.name} is gone`);
        const last = moved.get(key);
        if (last?.frames === tile.frames) this.stillest = Math.max(this.stillest, Math.round(at - last.at));
        else moved.set(key, { frames: tile.frames, at });
      }
      await pause(LOOK_EVERY);
    }
  }
}
