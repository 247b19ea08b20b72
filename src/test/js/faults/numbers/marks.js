// @ts-check
/**
 * How long until the survivors know that a server is gone and mark its peers away, or see them elsewhere: once it is killed,
 * which resets its connections, and once it is cut off and then killed, which leaves a black hole; `--times` each.
 */

import { median } from '../report.js';
import { pause } from '../rounds.js';
import { Load, options } from './load.js';

const MARKED_WITHIN = 60_000;
const LOOK_EVERY = 50;

const chosen = options({ clients: 300, processes: 2, times: 5 });
const { lab } = await Load.start(chosen);
for (const kind of ['reset', 'black hole']) {
  /** @type {number[]} */
  const marked = [];
  for (let time = 0; time < chosen.times; time++) {
    const machine = lab.machines[time % 3];
    const survivors = lab.machines.filter(other => other !== machine);
    const { nodes } = await machine.state();
    const gone = nodes.map((/** @type {any} */ { node }) => node);
    const undo = kind === 'reset' ? async () => {} : await machine.host.drop(['front', 'back']);
    const begun = performance.now();
    await machine.kill();
    while (performance.now() - begun < MARKED_WITHIN && await unmarked(survivors, gone) > 0) await pause(LOOK_EVERY);
    marked.push(Math.round(performance.now() - begun));
    await undo();
    await machine.start();
    await lab.together();
    await pause(10_000);
  }
  console.log(`${kind}, marked after ms: ${marked.join(' ')}, median ${median(marked)}`);
}
process.exit(0);

/**
 * @param {import('../lab/machine.js').Machine[]} survivors
 * @param {string[]} gone nodes
 * @returns {Promise<number>} members of the dead that are there as if nothing had happened
 */
async function unmarked(survivors, gone) {
  const states = await Promise.all(survivors.map(survivor => survivor.state())).catch(() => undefined);
  if (!states) return Infinity; // it has not answered in time
  return states.flatMap(state => state.nodes).flatMap(node => Object.values(node.rooms).flatMap(({ roster }) => Object.values(roster))
    .filter(member => gone.includes(member.node) && node.gone[member.node] === undefined)).length;
}
