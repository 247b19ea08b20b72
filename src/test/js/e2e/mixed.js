// @ts-check
/**
 * What a browser gets while servers are updated one by one: some modules from the previous version, some from this one, and
 * "not found" where the version that is asked does not have it. Two pages, each with a mix of its own, have to see each
 * other. Not among the tests of a build, which knows of no previous version:
 *
 *     HELIOGRAPH_PREVIOUS=/path/to/the/previous/webroot [MIX=each] [SPLITS=20] [SEED=1] e2e/run ./mixed.js
 *
 * MIX=once: the balancer keeps a browser on one node, which is replaced at some moment while the page loads, or just before
 * or after. MIX=each: every request goes to either version, as with a balancer that takes turns.
 */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { extname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { seeded } from '../unit/fakes.js';
import { Visitor, launchChromium } from './browser.js';
import { Server } from './server.js';

const PRESENT = process.env.HELIOGRAPH_PRESENT ?? join(import.meta.dirname, '../../../../webroot');
const PREVIOUS = process.env.HELIOGRAPH_PREVIOUS;
assert.ok(PREVIOUS, 'HELIOGRAPH_PREVIOUS: not set (expected: the webroot folder of the previous version)');
const MIX = process.env.MIX ?? 'once';
assert.ok(MIX === 'once' || MIX === 'each', `MIX: ${MIX} (expected: once or each)`);
const SPLITS = Number(process.env.SPLITS ?? 20);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
/** A page that got modules that do not fit loads itself again, each time with another mix. */
const LOADED_WITHIN = 60_000;
/** About as many as a page has files. */
const REQUESTS = 40;
/** @type {Record<string, string>} */
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

/** @type {Server} */
let server;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  server = await Server.start({ HTTP_PORT: 0, HTTP_HOST: '127.0.0.1', MANAGEMENT_PORT: 0, INSTANCES: 1 });
  browser = await launchChromium();
}, { timeout: 120_000 });

after(async () => {
  await browser?.close();
  await server?.stop();
}, { timeout: 120_000 });

/** What stands between one browser and servers of both versions. */
class Balancer {
  /** @type {string[]} what came from the previous version since the page was loaded last */
  previous = [];
  loads = 0;
  #random;
  #requests = 0;
  #server = createServer((request, response) => void this.#answer(request.url ?? '', response));

  /** @param {() => number} random */
  constructor(random) {
    this.#random = random;
    this.replacedAt = Math.floor(random() * REQUESTS);
    this.#server.on('upgrade', (request, socket, head) => {
      const upstream = connect(server.http, '127.0.0.1', () => {
        const headers = request.rawHeaders.map((text, index) => (index % 2 ? `${text}\r\n` : `${text}: `)).join('');
        upstream.write(`GET ${request.url} HTTP/1.1\r\n${headers}\r\n`);
        upstream.write(head);
        socket.pipe(upstream).pipe(socket);
      });
      for (const end of [socket, upstream]) end.on('error', () => socket.destroy());
    });
  }

  /** @returns {Promise<string>} its origin */
  async start() {
    await new Promise(listening => void this.#server.listen(0, '127.0.0.1', () => listening(undefined)));
    return `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (this.#server.address()).port}`;
  }

  stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /**
   * @param {string} url
   * @param {import('node:http').ServerResponse} response
   */
  async #answer(url, response) {
    const file = url === '/' ? '/index.html' : url;
    if (file === '/index.html') {
      this.loads++;
      this.previous = [];
    }
    const old = MIX === 'each' ? this.#random() < 0.5 : this.#requests++ < this.replacedAt;
    try {
      const body = await readFile(join(/** @type {string} */ (old ? PREVIOUS : PRESENT), file));
      if (old) this.previous.push(file);
      response.writeHead(200, { 'Content-Type': TYPES[extname(file)], 'Cache-Control': 'no-store' }).end(body);
    } catch {
      this.previous.push(`${file} (not found)`);
      response.writeHead(404).end('not found\n');
    }
  }
}

/**
 * @param {string} name
 * @param {string} fragment
 * @param {() => number} random
 */
async function enter(name, fragment, random) {
  const balancer = new Balancer(random);
  const origin = await balancer.start();
  return { name, balancer, visitor: await Visitor.open(browser, `${origin}/#${fragment}`) };
}

for (let split = 1; split <= SPLITS; split++) {
  test(`${MIX}, seed ${SEED}, split ${split}`, { timeout: 180_000 }, async t => {
    const random = seeded(SEED * 1000 + split);
    const guests = [await enter('Ann', `mixed${split}`, random), await enter('Bob', `mixed${split}`, random)];
    try {
      for (const { visitor, name } of guests) {
        await visitor.page.waitForSelector('#lobby:visible', { timeout: LOADED_WITHIN });
        await visitor.join(name);
      }
      await Promise.all(guests.map(({ visitor }) => visitor.seesMoving(1)));
    } finally {
      for (const { visitor, name, balancer } of guests) {
        const { loads, previous } = balancer;
        t.diagnostic(`${name}: loads ${loads}, errors ${JSON.stringify(visitor.errors)}, previous ${previous.join(' ')}`);
        await visitor.close();
        balancer.stop();
      }
    }
  });
}
