// @ts-check
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Visitor, launchChromium, launchFirefox } from './browser.js';
import { Server, until } from './server.js';

/** The address of this network namespace that is not loopback; see `run`. */
const HOST = '10.77.0.1';

/** @type {Server} */
let server;
let origin = '';
/** @type {Visitor[]} */
let visitors = [];

before(async () => {
  server = await Server.start({ HTTP_PORT: 0, MANAGEMENT_PORT: 0, INSTANCES: 2, HTTP_TLS: 'self-signed' });
  origin = `https://${HOST}:${server.http}`;
}, { timeout: 90_000 });

after(() => server?.stop(), { timeout: 60_000 });

afterEach(async () => {
  const leaving = visitors;
  visitors = [];
  await Promise.all(leaving.map(visitor => visitor.close()));
  for (const { errors } of leaving) assert.deepEqual(errors, []);
});

/**
 * @param {import('playwright-core').Browser} browser
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
async function visit(browser, options = { ignoreHTTPSErrors: true }) {
  const visitor = await Visitor.open(browser, `${origin}/#lan`, undefined, options);
  visitors.push(visitor);
  return visitor;
}

test('the log says what to open', () => {
  const line = server.log.find(text => text.includes(` reachable address=${origin} `));
  assert.ok(line, server.log.join('\n'));
});

test('two pages on another address than localhost have a camera and see each other', { timeout: 90_000 }, async t => {
  const browser = await launchChromium();
  t.after(() => browser.close());
  const ann = await visit(browser);
  const bob = await visit(browser);
  assert.deepEqual(await ann.page.evaluate(() => [isSecureContext, location.hostname]), [true, HOST]);
  const socket = ann.page.waitForEvent('websocket');
  await ann.join('Ann');
  await bob.join('Bob');
  assert.equal((await socket).url(), `wss://${HOST}:${server.http}/v1/ws`);
  const [[bobSeen], [annSeen]] = await Promise.all([ann.seesMoving(1), bob.seesMoving(1)]);
  assert.deepEqual([bobSeen.picture, annSeen.picture], ['camera', 'camera']);
});

/**
 * Meets the warning, has it overruled as a user does, and comes into the call over wss.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {RegExp} warning
 * @param {(page: import('playwright-core').Page) => Promise<void>} overrule
 */
async function insist(browser, warning, overrule) {
  const context = await browser.newContext();
  const warned = await context.newPage();
  const url = `${origin}/#insists`;
  await assert.rejects(warned.goto(url), warning);
  // Each time another page: one that has met the warning cannot always be driven on.
  const page = await until('let in', async () => {
    await overrule(warned);
    const next = await context.newPage();
    return next.goto(url).then(() => next, () => undefined);
  }, entered => entered);
  assert.ok(page);
  const visitor = new Visitor(page);
  visitors.push(visitor);
  assert.deepEqual(await visitor.page.evaluate(() => [isSecureContext, location.hostname]), [true, HOST]);
  await visitor.join('Insistent');
  await until('online', () => visitor.signaling(), state => state === 'online');
}

test('Chromium takes the certificate from a user who insists', { timeout: 90_000 }, async t => {
  const browser = await launchChromium();
  t.after(() => browser.close());
  await insist(browser, /ERR_CERT_AUTHORITY_INVALID/, page => page.keyboard.type('thisisunsafe'));
});

test('Firefox takes the certificate from a user who insists', { timeout: 90_000 }, async t => {
  const browser = await launchFirefox();
  t.after(() => browser.close());
  // What the button of the warning calls; the button itself is out of a test's reach.
  await insist(browser, /SEC_ERROR_UNKNOWN_ISSUER/, page => page.evaluate(() =>
    /** @type {any} */ (document).addCertException?.(true)));
});
