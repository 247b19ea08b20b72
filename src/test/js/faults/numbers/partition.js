// @ts-check
/**
 * One server is cut off from the others, `--times` times for `--seconds`, under a light load. Prints how long after the healing
 * all servers' rosters were equal.
 */

import { median } from '../report.js';
import { pause } from '../rounds.js';
import { Load, line, options, seconds } from './load.js';

const EQUAL_WITHIN = 120_000;
const LOOK_EVERY = 200;

const chosen = options({ clients: 300, processes: 2, times: 3, seconds: 30 });
const { lab, load } = await Load.start(chosen);
/** @type {number[]} */
const equal = [];
for (let time = 0; time < chosen.times; time++) {
  const machine = lab.machines[time % 3];
  const before = await load.counts();
  await load.send();
  const heal = await machine.host.drop(['back']);
  await pause(chosen.seconds * 1000);
  await heal();
  const healed = performance.now();
  let problem = await difference();
  while (problem && performance.now() - healed < EQUAL_WITHIN) {
    await pause(LOOK_EVERY);
    problem = await difference();
  }
  equal.push(Math.round(performance.now() - healed));
  const counts = await load.settle();
  console.log(`${time + 1}, ${machine.name} for ${chosen.seconds} s: rosters equal after ${seconds(equal[time])}${problem ? ` (not: ${problem})` : ''}, ${line(counts, before)}`);
}
console.log(`rosters equal after, ms: ${equal.join(' ')}, median ${median(equal)}`);
process.exit(0);

/** @returns {Promise<string | undefined>} the first room that two servers do not see alike, or a peer that two have or none */
async function difference() {
  const states = await lab.states().catch(error => String(error));
  if (typeof states === 'string') return states;
  /** @type {Map<string, string>} */
  const rosters = new Map();
  /** @type {Map<string, Set<string>>} */
  const members = new Map();
  for (const { node, rooms } of states.flatMap(state => state.nodes)) {
    for (const [name, { roster }] of Object.entries(rooms)) {
      const own = Object.entries(roster).filter(([, member]) => member.node === node);
      if (own.length === 0) continue;
      members.set(name, new Set([...members.get(name) ?? [], ...own.map(([peer]) => peer)]));
      const text = JSON.stringify(Object.entries(roster).map(([peer, { order }]) => [peer, order]).sort());
      if (rosters.has(name) && rosters.get(name) !== text) return name;
      rosters.set(name, text);
    }
  }
  for (const [name, text] of rosters) if (JSON.parse(text).length !== members.get(name)?.size) return `${name}: a member of no node`;
  return undefined;
}
