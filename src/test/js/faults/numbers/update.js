// @ts-check
/**
 * All pods are replaced as the manifests prescribe, `--times` times, with library clients that signal, plain clients that come
 * in all the time, and browsers in a call. Prints what was lost, seen to leave and refused. With HELIOGRAPH_NEXT_JAR the new pods
 * are another version from then on.
 */

import { Deployment } from '../lab/deployment.js';
import { pause } from '../rounds.js';
import { FOLDER, Load, line, options, seconds } from './load.js';
import { Meeting } from './meeting.js';
import { Newcomers } from './newcomers.js';

const PODS = 3;
const BROWSERS = 2;
const STEADY = 10_000;

const chosen = options({ clients: 200, processes: 2 });
const deployment = await Deployment.create(FOLDER);
await deployment.scale(PODS);
const load = await Load.on(deployment.clients, [deployment.address], chosen);
const meeting = await Meeting.start(deployment.clients, deployment.address, FOLDER, BROWSERS);
const newcomers = await Newcomers.start(deployment.clients, deployment.address);
for (let time = 1; time <= chosen.times; time++) {
  const before = await load.counts();
  const begun = performance.now();
  await load.send();
  await pause(STEADY);
  const endings = await deployment.update(process.env.HELIOGRAPH_NEXT_JAR);
  const updated = performance.now();
  await pause(STEADY);
  const taken = performance.now() - begun;
  const counts = await load.settle();
  console.log(`update ${time}: ${PODS} pods in ${seconds(updated - begun - STEADY)}, each old one gone after ${endings.map(seconds).join(', ')}`);
  console.log(`clients: ${line(counts, before)}, ${((counts.sent - before.sent) / taken * 1000).toFixed(0)} signals/s`);
  console.log(`away ms: ${counts.away.length} times, at most ${Math.max(0, ...counts.away)}`);
}
await newcomers.report();
await meeting.join();
console.log(`browsers: pictures stood still for ${meeting.stillest} ms at most; troubles ${meeting.troubles.length}, errors ${meeting.errors.length}; another one came in after it`);
for (const trouble of [...meeting.troubles, ...meeting.errors]) console.log(`  ${trouble}`);
for (const { name, failures: failed } of deployment.pods) if (failed.length > 0) console.log(`  ${name}: ${failed.join(' ')}`);
process.exit(0);
