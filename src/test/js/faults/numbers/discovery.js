// @ts-check
/** Pods start while the DNS server answers late, nothing, or with an address where nobody is. Prints when each was ready, and with whom. */

import { pause } from '../rounds.js';
import { Deployment } from '../lab/deployment.js';
import { until } from '../../e2e/server.js';
import { FOLDER, seconds } from './load.js';

const NOBODY = '10.66.0.99';
const READY_WITHIN = 120_000;
const TOGETHER_WITHIN = 120_000;

const deployment = await Deployment.create(FOLDER);
await two('DNS answers at once');
const undo = await deployment.names.host.delay('front', 2_000, 0);
await two('DNS answers 4 s late');
await undo();
deployment.named = (/** @type {string[]} */ ips) => [NOBODY, ...ips];
await two('DNS has an address where nobody is');
deployment.named = () => [];
await two('DNS answers nothing', async () => {
  deployment.named = (/** @type {string[]} */ ips) => ips;
  await deployment.publish();
});
process.exit(0);

/** @param {string} what @param {() => Promise<void>} [mend] if they are not to become one before */
async function two(what, mend) {
  const begun = performance.now();
  const pods = await Promise.all([deployment.create(), deployment.create()]);
  const ready = await Promise.all(pods.map(async pod => {
    await until(`${pod.name} ready`, async () => pod.ready, found => found, READY_WITHIN);
    return `${seconds(performance.now() - begun)} with ${await size(pod)}`;
  }));
  console.log(`${what}: ready after ${ready.join(' and ')} in the cluster`);
  if (mend) {
    await mend();
    const mended = performance.now();
    await until('one cluster', () => Promise.all(pods.map(size)), sizes => sizes.every(count => count === pods.length), TOGETHER_WITHIN);
    console.log(`  one cluster ${seconds(performance.now() - mended)} after it answered again`);
  }
  await deployment.scale(0);
  await pause(2_000);
}

/** @param {import('../lab/pod.js').Pod} pod @returns {Promise<number>} */
async function size({ machine }) {
  return Number(/^heliograph_cluster_nodes (\S+)$/m.exec(await machine.metrics())?.[1]);
}
