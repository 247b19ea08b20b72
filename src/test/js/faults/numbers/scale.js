// @ts-check
/** As many pods again come, and go again all at once, under load. Prints what was lost and seen to leave. */

import { Deployment } from '../lab/deployment.js';
import { pause } from '../rounds.js';
import { FOLDER, Load, line, options, seconds } from './load.js';
import { Newcomers } from './newcomers.js';

const FEW = 3;
const MANY = 6;
const STEADY = 15_000;

const chosen = options({ clients: 300, processes: 2 });
const deployment = await Deployment.create(FOLDER);
await deployment.scale(FEW);
const load = await Load.on(deployment.clients, [deployment.address], chosen);
const newcomers = await Newcomers.start(deployment.clients, deployment.address);
await load.send();
const begun = performance.now();
for (const pods of [MANY, FEW]) {
  await pause(STEADY);
  const before = performance.now();
  const endings = await deployment.scale(pods);
  console.log(`${pods} pods after ${seconds(performance.now() - before)}${endings.length > 0 ? `; those that went took ${endings.map(seconds).join(', ')}` : ''}`);
  await pause(STEADY);
  const peers = await Promise.all(deployment.pods.map(async ({ name, machine }) =>
    `${name} ${/^heliograph_connections (\S+)$/m.exec(await machine.metrics())?.[1]}`));
  console.log(`connections: ${peers.join(', ')}`);
}
const taken = performance.now() - begun;
const counts = await load.settle();
console.log(`clients: ${line(counts)}, ${(counts.sent / taken * 1000).toFixed(0)} signals/s`);
await newcomers.report();
process.exit(0);
