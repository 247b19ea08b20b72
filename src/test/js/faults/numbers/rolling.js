// @ts-check
/**
 * Every server is restarted as an operator would, one after the other, under load. Prints what was lost, doubled and seen to
 * leave. `--plain`: with clients that know the protocol's page only. `--times` rolls through all of them so often. With
 * HELIOGRAPH_NEXT_JAR they are another version from then on.
 */

import { median } from '../report.js';
import { pause } from '../rounds.js';
import { Load, line, options, seconds } from './load.js';

/** Until the JIT has compiled what is hot: a cold server takes twice the processor, and three share two cores here. */
const WARM_UP = 30_000;
const BETWEEN = 15_000;

const chosen = options({});
// The first ones may be of a version that knows no `api.token`.
const { lab, load } = await Load.start(chosen, { asked: false });
let before = await load.counts();
for (let time = 1; time <= chosen.times; time++) {
  const begun = performance.now();
  await load.send();
  await pause(WARM_UP);
  for (const machine of lab.machines) {
    const stopping = performance.now();
    await machine.stop();
    const stopped = performance.now();
    await machine.start(process.env.HELIOGRAPH_NEXT_JAR);
    await lab.together();
    console.log(`${machine.name}: stopped in ${seconds(stopped - stopping)}, back after ${seconds(performance.now() - stopped)}`);
    await pause(BETWEEN);
  }
  const taken = performance.now() - begun;
  const counts = await load.settle();
  console.log(`roll ${time}: ${line(counts, before)}, ${((counts.sent - before.sent) / taken * 1000).toFixed(0)} signals/s`);
  console.log(`away ms: ${counts.away.length} times, median ${median(counts.away)}, at most ${Math.max(0, ...counts.away)}`);
  before = counts;
}
process.exit(0);
