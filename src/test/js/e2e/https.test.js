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
