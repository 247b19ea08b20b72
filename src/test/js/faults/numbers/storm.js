// @ts-check
/** All clients are cut off at once. Prints when they come back, in tenths of a second. */

import { pause } from '../rounds.js';
import { Load, line, options } from './load.js';

const STEP = 100;
const STEPS = 60;

const chosen = options({ times: 1 });
const { lab, load } = await Load.start(chosen);
for (let time = 1; time <= chosen.times; time++) {
  await load.forget();
  const before = await load.counts();
  const cut = Date.now();
  await Promise.all(lab.machines.map(machine => machine.resetClients()));
  await pause(STEP * STEPS);
  await load.allOnline(60_000);
  const counts = await load.counts();
  const steps = Array.from({ length: STEPS }, () => 0);
  for (const at of counts.dialed) {
    const step = Math.floor((at - cut) / STEP);
    if (step >= 0 && step < STEPS) steps[step]++;
  }
  const first = steps.slice(0, 1000 / STEP).reduce((total, count) => total + count, 0);
  console.log(`storm ${time}: ${line(counts, before)}`);
  console.log(`dials in each ${STEP} ms: ${steps.join(' ')}`);
  console.log(`in the first second: ${first} of ${chosen.clients} (${(first / chosen.clients * 100).toFixed(1)} %), in ${STEP * STEPS / 1000} s: ${counts.dialed.length}`);
}
process.exit(0);
