// @ts-check
/** Real browsers with fake cameras, and the demo page in them as its user sees it. */

import { chromium, firefox } from 'playwright-core';
import { until } from './server.js';

/** @typedef {import('playwright-core').Browser} Browser */
/** @typedef {import('playwright-core').Page} Page */

/**
 * @param {{ executable?: string, args?: string[] }} [other]
 * @returns {Promise<Browser>}
 */
export function launchChromium({ executable = '/usr/bin/chromium', args = [] } = {}) {
  return chromium.launch({
    executablePath: executable,
    args: [
      ...args,
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream', '--allow-loopback-in-peer-connection',
      '--autoplay-policy=no-user-gesture-required', '--auto-select-desktop-capture-source=Entire screen',
    ],
  });
}

/** @returns {Promise<Browser>} */
export function launchFirefox() {
  return firefox.launch({
    channel: 'moz-firefox',
    executablePath: '/usr/bin/firefox-esr',
    firefoxUserPrefs: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.peerconnection.ice.loopback': true,
      'media.autoplay.default': 0,
    },
  });
}

/** Has what the page's Content-Security-Policy forbids count as an error of the page. Runs in it before anything else. */
function reportViolations() {
  addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile, lineNumber }) =>
    reportError(new Error(`${effectiveDirective} forbids ${blockedURI} (${sourceFile}:${lineNumber})`)));
}

/** One person with the demo page open. */
export class Visitor {
  /** @type {string[]} */
  errors = [];

  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    page.setDefaultTimeout(20_000);
    page.on('pageerror', error => this.errors.push(String(error)));
    page.on('console', message => message.type() === 'error' && console.log(`page: ${message.text()}`));
  }

  /**
   * @param {Browser} browser
   * @param {string} url
   * @param {() => void} [prepare] runs in the page before anything else
   * @param {import('playwright-core').BrowserContextOptions} [options]
   */
  static async open(browser, url, prepare, options) {
    const context = await browser.newContext(options);
    await context.addInitScript(reportViolations);
    if (prepare) await context.addInitScript(prepare);
    const visitor = new Visitor(await context.newPage());
    await visitor.page.goto(url);
    return visitor;
  }

  /** @param {string} name who is in the call after this */
  async join(name) {
    await this.knock(name);
    await this.sees('call');
  }

  /** Asks to come in, whatever the answer. @param {string} name */
  async knock(name) {
    await this.page.fill('#name', name);
    await this.page.click('#join button');
  }

  /** @returns {Promise<string>} which view is shown */
  view() {
    return this.page.evaluate(() => document.body.dataset.view ?? '');
  }

  /** @param {string} view */
  sees(view) {
    return until(`view ${view}`, () => this.view(), shown => shown === view);
  }

  /** @returns {Promise<string>} */
  signaling() {
    return this.page.evaluate(() => document.body.dataset.signaling ?? '');
  }

  /** @returns {Promise<string | undefined>} its own peer id */
  peer() {
    return this.page.evaluate(() => {
      const own = document.querySelector('#tiles [data-own]');
      return own instanceof HTMLElement ? own.dataset.peer : undefined;
    });
  }

  /** @returns {Promise<{key: string, peer: string, state: string, name: string, picture: string, frames: number, shown: number}[]>} */
  others() {
    return this.page.evaluate(() => [...document.querySelectorAll('#tiles .tile:not([data-own])')].map(tile => {
      const { key = '', peer = '', state = '', picture = '', frames = '0' } = /** @type {HTMLElement} */ (tile).dataset;
      const name = tile.querySelector('.name')?.textContent ?? '';
      const shown = tile.querySelector('video')?.videoWidth ?? 0;
      return { key, peer, state, name, picture, frames: Number(frames), shown };
    }));
  }

  /**
   * Waits until it is connected with so many others and their pictures move.
   *
   * @param {number} count
   */
  seesMoving(count) {
    return until(`${count} moving pictures`, () => this.others(), others => others.length === count
      && others.every(({ state, frames, shown }) => state === 'connected' && frames > 0 && shown > 0));
  }

  async close() {
    await this.page.context().close();
  }
}
