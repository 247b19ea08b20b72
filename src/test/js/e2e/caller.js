// @ts-check
/** One person with the page to call by name, as its user sees it. */

import { Visitor } from './browser.js';
import { until } from './server.js';

/** Counts every tone that the page begins to play. Runs in the page before anything else. */
function countTones() {
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (/** @type {number} */ when) {
    document.body.dataset.tones = String(Number(document.body.dataset.tones ?? 0) + 1);
    start.call(this, when);
  };
}

export class Caller {
  #visitor;

  /** @param {Visitor} visitor */
  constructor(visitor) {
    this.#visitor = visitor;
  }

  /**
   * Opens the page and goes online under a name.
   *
   * @param {import('playwright-core').Browser} browser
   * @param {string} origin
   * @param {string} name
   */
  static async open(browser, origin, name) {
    const caller = new Caller(await Visitor.open(browser, `${origin}/by-name.html`, countTones));
    await caller.page.fill('#name', name);
    await caller.page.click('#sign-in button');
    await until(`${name} online`, () => caller.#visitor.signaling(), state => state === 'online');
    return caller;
  }

  get page() {
    return this.#visitor.page;
  }

  get errors() {
    return this.#visitor.errors;
  }

  /** @param {string} name */
  async dial(name) {
    await this.page.fill('#callee', name);
    await this.page.click('#dial .primary');
  }

  /** Keeps a contact without calling it. @param {string} name */
  async keep(name) {
    await this.page.fill('#callee', name);
    await this.page.click('#add');
  }

  /** @returns {Promise<string>} incoming, outgoing, talking, or nothing */
  stage() {
    return this.page.evaluate(() => document.body.dataset.call ?? '');
  }

  /** @param {string} wanted */
  async at(wanted) {
    await until(`at ${wanted || 'the contacts'}`, () => this.stage(), stage => stage === wanted);
  }

  /** @param {RegExp} wanted what the page says after a call */
  async told(wanted) {
    await until(`told ${wanted}`, () => this.page.evaluate(() => document.querySelector('#notice')?.textContent ?? ''),
      text => wanted.test(text));
  }

  /** @returns {Promise<number>} */
  tones() {
    return this.page.evaluate(() => Number(document.body.dataset.tones ?? 0));
  }

  /** @param {string} name @returns {Promise<string>} what the list says about a contact */
  presence(name) {
    return this.page.evaluate(wanted => {
      const contact = [...document.querySelectorAll('#contacts li')].find(item => /** @type {HTMLElement} */ (item).dataset.name === wanted);
      return contact?.querySelector('.presence')?.textContent ?? 'none';
    }, name);
  }

  /** @returns {Promise<{state: string, name: string, picture: string, muted: boolean, frames: number, shown: number}>} */
  other() {
    return this.page.evaluate(() => {
      const tile = document.querySelector('#stage .tile:not([data-own])');
      if (!(tile instanceof HTMLElement)) return { state: '', name: '', picture: '', muted: false, frames: 0, shown: 0 };
      const { state = '', picture = '', muted, frames = '0' } = tile.dataset;
      const name = tile.querySelector('.name')?.textContent ?? '';
      return { state, name, picture, muted: muted !== undefined, frames: Number(frames), shown: tile.querySelector('video')?.videoWidth ?? 0 };
    });
  }

  /** Waits until the other's picture moves. */
  seesMoving() {
    return until('a moving picture', () => this.other(), ({ state, frames, shown, picture }) =>
      state === 'connected' && frames > 0 && shown > 0 && picture === 'camera');
  }

  close() {
    return this.#visitor.close();
  }
}
