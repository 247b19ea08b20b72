// @ts-check
/** What browsers keep from pages, as the server tells them: from its own pages, and from those of others. */

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { after, afterEach, before, test } from 'node:test';
import { Visitor, launchChromium, launchFirefox } from './browser.js';
import { freePorts } from './cluster.js';
import { Server, until } from './server.js';

const limits = { timeout: 90_000 };
const HOST = '127.0.0.1';
/** Where the pages of others take whatever they get. */
const FRAMING = '/framing';
const PAGES = ['', 'pair.html', 'stream.html', 'by-name.html'];

/** @type {Server} */
let server;
let origin = '';
/** @type {Record<'listed' | 'foreign', import('node:http').Server>} */
const elsewhere = { listed: createServer(serve), foreign: createServer(serve) };
/** @type {Record<'listed' | 'foreign', string>} */
const origins = { listed: '', foreign: '' };
/** @type {Record<string, import('playwright-core').Browser>} */
const browsers = {};
/** @type {{visitor: Visitor, harmless: boolean}[]} */
let visits = [];

before(async () => {
  const [port] = await freePorts(1);
  origin = `http://${HOST}:${port}`;
  for (const which of /** @type {const} */ (['listed', 'foreign'])) {
    await once(elsewhere[which].listen(0, HOST), 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (elsewhere[which].address());
    origins[which] = `http://${HOST}:${port}`;
  }
  const HTTP_ORIGINS = `${origin},${origins.listed}`;
  [server, browsers.Chromium, browsers.Firefox] = await Promise.all([
    Server.start({ HTTP_PORT: port, HTTP_HOST: HOST, MANAGEMENT_PORT: 0, HTTP_ORIGINS }), launchChromium(), launchFirefox()]);
}, { timeout: 120_000 });

after(async () => {
  for (const browser of Object.values(browsers)) await browser.close();
  for (const other of Object.values(elsewhere)) other.close();
  await server?.stop();
}, { timeout: 120_000 });

afterEach(async () => {
  const leaving = visits;
  visits = [];
  await Promise.all(leaving.map(({ visitor }) => visitor.close()));
  for (const { visitor, harmless } of leaving) if (harmless) assert.deepEqual(visitor.errors, []);
});

/**
 * @param {string} browser
 * @param {string} url
 * @param {{prepare?: () => void, harmless?: boolean}} [options] a harmless page must not have met an error
 */
async function visit(browser, url, { prepare, harmless = true } = {}) {
  const visitor = await Visitor.open(browsers[browser], url, prepare);
  visits.push({ visitor, harmless });
  return visitor;
}

/**
 * A page of somebody else's that imports the library, and takes nothing that does not say that it may be taken; and one that
 * takes whatever it gets.
 *
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
function serve(request, response) {
  response.setHeader('content-type', 'text/html');
  if (request.url === FRAMING) return void response.end('<!doctype html><link rel="icon" href="data:,"><body>');
  response.setHeader('cross-origin-embedder-policy', 'require-corp');
  response.end(`<!doctype html><link rel="icon" href="data:,"><body><script type="module">
    import { connect } from '${origin}/heliograph.js';
    const { dataset } = document.body;
    const socket = new WebSocket('${origin.replace('http', 'ws')}/v1/ws');
    socket.onopen = () => dataset.socket = 'open';
    socket.onclose = () => dataset.socket = 'refused';
    fetch('${origin}/v1/sockjs/info').then(({ status }) => dataset.sockjs = status, () => dataset.sockjs = 'refused');
    connect().ready.then(() => dataset.library = 'online', () => {});
  </script>`);
}

/** @param {Visitor} visitor */
function seen({ page }) {
  return page.evaluate(() => ({ ...document.body.dataset }));
}

for (const browser of ['Chromium', 'Firefox']) {
  test(`in ${browser}, a page on the list is let in with the library from here`, limits, async () => {
    const page = await visit(browser, origins.listed);
    const all = { socket: 'open', sockjs: '200', library: 'online' };
    await until('let in', () => seen(page), answers => Object.entries(all).every(([name, value]) => answers[name] === value));
  });

  test(`in ${browser}, a foreign page may have the library, and connect by no way`, limits, async () => {
    const page = await visit(browser, origins.foreign, { harmless: false });
    await until('answers', () => seen(page), ({ socket, sockjs }) => socket && sockjs);
    assert.deepEqual(await seen(page), { socket: 'refused', sockjs: 'refused' });
    assert.equal(await server.peers(), 0);
  });

  test(`in ${browser}, pages of the server's own are let in when it is on the list, over SockJS too`, limits, async () => {
    const ann = await visit(browser, `${origin}/#own`);
    const bob = await visit(browser, `${origin}/#own`, { prepare: () => Object.assign(globalThis, { WebSocket: undefined }) });
    await ann.join('Ann');
    await bob.join('Bob');
    await Promise.all([ann.seesMoving(1), bob.seesMoving(1)]);
    assert.equal(await bob.page.evaluate(() => document.body.dataset.transport), 'sockjs');
  });

  test(`in ${browser}, what is slipped into a page does not run, and is told`, limits, async () => {
    const { page, errors } = await visit(browser, origin, { harmless: false });
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.append('document.body.dataset.slipped = "in"');
      document.body.append(script);
    });
    await until('told', async () => errors, all => all.length > 0);
    assert.match(errors[0], / forbids |Content-Security-Policy/);
    assert.equal(await page.evaluate(() => document.body.dataset.slipped), undefined);
  });

  test(`in ${browser}, no page breaks its own rules, or can be framed`, limits, async () => {
    for (const path of PAGES) {
      const { page } = await visit(browser, `${origin}/${path}`);
      const drawn = await page.evaluate(() => document.styleSheets.length > 0 && document.body.dataset.view);
      assert.ok(drawn, path);
    }
    const framing = await visit(browser, origins.foreign + FRAMING, { harmless: false });
    await framing.page.evaluate(url => {
      const frame = document.createElement('iframe');
      frame.src = url;
      frame.onload = () => document.body.dataset.framed = 'over';
      document.body.append(frame);
    }, origin);
    await until('frame', () => seen(framing), ({ framed }) => framed);
    assert.deepEqual(framing.page.frames().slice(1).map(frame => frame.url()).filter(url => url.startsWith(origin)), []);
  });
}
