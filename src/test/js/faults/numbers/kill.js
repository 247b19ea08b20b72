// @ts-check
/**
 * One of the servers is killed under load, `--times` times, or two at once with `--two`. Prints for each time what was lost
 * and how long clients were away.
 */

import { median } from '../report.js';
import { pause } from '../rounds.js';
import { Load, line, options, seconds } from './load.js';

const BETWEEN = 5_000;

const two = process.argv.includes('--two');
process.argv = process.argv.filter(argument => argument !== '--two');
const chosen = options({ times: 20 });
const { lab, load } = await Load.start(chosen);
/** @type {number[]} */
const lost = [];
/** @type {number[]} */
const longest = [];
for (let time = 0; time < chosen.times; time++) {
  await load.forget();
  const before = await load.counts();
  await load.send();
  await pause(BETWEEN);
  const victims = lab.machines.filter((_, index) => index === time % 3 || two && index === (time + 1) % 3);
  await Promise.all(victims.map(machine => machine.kill()));
  await pause(BETWEEN);
  await load.allOnline(2 * chosen.window * 1000);
  const counts = await load.settle();
  lost.push(counts.lost - before.lost);
  longest.push(Math.max(0, ...counts.away));
  console.log(`${time + 1}, ${victims.map(({ name }) => name).join(' and ')}: ${line(counts, before)}, away: ${counts.away.length} times, `
    + `median ${seconds(median(counts.away))}, at most ${seconds(longest[time])}`);
  await Promise.all(victims.map(machine => machine.start()));
  await lab.together();
}
console.log(`lost: ${lost.join(' ')}, median ${median(lost)}`);
console.log(`longest away, ms: ${longest.join(' ')}, median ${median(longest)} (window: ${chosen.window * 1000})`);
process.exit(0);
