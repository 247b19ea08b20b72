// @ts-check
/** The suite from start to end: a cluster, clients, rounds of faults, and what is left when everybody has gone. */

import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fleet } from './clients/fleet.js';
import { FAULTS } from './faults.js';
import { Judge } from './judge/judge.js';
import { leftover } from './judge/agreement.js';
import { Lab } from './lab/lab.js';
import { options } from './options.js';
import { round } from './plan.js';
import { details, table } from './report.js';
import { Rounds, pause } from './rounds.js';

/** @typedef {import('./lab/footprint.js').Footprint} Footprint */

const chosen = options();
const { seed, folder, window } = chosen;

/** What the library takes for the resume window, in seconds. */
const USUAL_WINDOW = 45;
/** By how much the library's patience exceeds the window: the servers' own pauses have to fit in, and these do not shrink. */
const PATIENCE = 15;
const EMPTY_WITHIN = 30_000;
/** Servers remember topics and users that somebody sent to for a minute. */
const FORGOTTEN_WITHIN = 90_000;
/** Crashed clients are there until their window is over, and what was sent to them is given up later still. */
const AGREE_WITHIN = Math.max(30_000, (window + PATIENCE + 10) * 1000);
const WARM_UP = chosen.short ? 2_000 : 4_000;
/** What may be there more than before: threads of pools that grow on demand, buffers, classes loaded since. */
const MARGIN = { files: 12, threads: 24, timers: 12, heap: 12 * 1024 * 1024, objects: chosen.short ? 120 : 20 };
/** In seconds, as much shorter than usual as the window. */
const DRAIN = { DRAIN_DELAY: 1, DRAIN_WITHIN: Math.max(2, Math.round(20 * window / USUAL_WINDOW)) };
/** Said by the kernel, Hazelcast and Vert.x's event bus when the other side of a connection dies, which the suite sees to. */
const EXPECTED_ERRORS = /Connection reset|Broken pipe|Connection refused|No route to host|Connection timed out|\[heliograph\] \[\d|OutboundConnection/;

console.log(`seed ${seed}`);
const begun = performance.now();
/** @param {string} line */
const say = line => console.log(`${((performance.now() - begun) / 1000).toFixed(1).padStart(7)} s  ${line}`);

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));
process.exit(await main() ? 0 : 1);

/** @returns {Promise<boolean>} whether every promise was kept */
async function main() {
  const lab = await Lab.start({ window, instances: chosen.instances, folder, settings: { LOG_LEVEL: chosen.log, ...DRAIN } });
  say(`${lab.machines.length} servers are a cluster`);
  const judge = new Judge(window * 1000, AGREE_WITHIN);
  await warmUp(lab);
  const before = await footprints(lab);
  const log = chosen.events ? createWriteStream(join(folder, 'events.jsonl')) : undefined;
  const fleet = await enter(lab, chosen.clients, seed, events => events.forEach(event => {
    log?.write(`${JSON.stringify(event)}\n`);
    judge.take(event);
  }));
  say(`${chosen.clients} clients are in`);
  const rounds = new Rounds(lab, fleet, judge, say, { agreeWithin: AGREE_WITHIN, folder });
  await rounds.agree();
  const end = begun + chosen.minutes * 60_000;
  for (let number = 0; number < chosen.rounds && performance.now() < end; number++) {
    say(`round ${number}`);
    await rounds.play(round(seed, number, { kinds: chosen.kinds, window, brief: chosen.short }));
    say(`round ${number} is over, violations so far: ${judge.violations.length}`);
  }
  await fleet.tell({ do: 'hang-up' });
  await rounds.agree();
  const counts = await fleet.counts();
  await leave(lab, fleet, judge);
  compare(before, await footprints(lab), lab, judge);
  for (const { name, errors } of lab.machines) {
    for (const line of errors.filter(error => !EXPECTED_ERRORS.test(error))) judge.violate('error in the log', `${name}: ${line}`);
  }
  if (Object.keys(rounds.struck).some(kind => FAULTS[kind].kills && !FAULTS[kind].gentle) && counts.delivery.resent === 0) {
    judge.violate('nothing sent again', 'so no fault cost a frame, or the library does not send again');
  }
  await lab.stop();
  console.log(`\n${table(judge, rounds, counts)}`);
  await writeFile(join(folder, 'violations.txt'), details(judge.violations, Infinity));
  if (judge.violations.length > 0) console.log(`\n${details(judge.violations)}\n\nseed ${seed}, all of it in ${folder}`);
  return judge.violations.length === 0;
}

/**
 * Some clients come, use everything, and go, so that all that is made once is there when the servers are measured.
 *
 * @param {Lab} lab
 */
async function warmUp(lab) {
  const fleet = await enter(lab, Math.ceil(chosen.clients / 2), seed + 1, () => {});
  await fleet.tell({ do: 'go', round: 0 });
  await pause(WARM_UP);
  await fleet.tell({ do: 'pause' });
  await fleet.tell({ do: 'leave' });
  fleet.end();
  await empty(lab, ['sessions', 'rooms'], EMPTY_WITHIN);
}

/**
 * @param {Lab} lab
 * @param {number} clients
 * @param {number} clientSeed
 * @param {(events: any[]) => void} reports
 * @returns {Promise<Fleet>} when all are online
 */
async function enter(lab, clients, clientSeed, reports) {
  const fleet = new Fleet(lab.clients, chosen.processes, reports);
  const direct = lab.machines.map(machine => machine.address);
  const ways = { balancer: [[lab.balancer]], direct: [direct], both: [[lab.balancer], direct] }[chosen.via] ?? [];
  await fleet.start({ seed: clientSeed, clients, speed: (USUAL_WINDOW + PATIENCE) / (window + PATIENCE), rate: chosen.rate, ways });
  return fleet;
}

/**
 * Everybody goes; what comes twice has two windows more to show itself; nothing may be left.
 *
 * @param {Lab} lab
 * @param {Fleet} fleet
 * @param {Judge} judge
 */
async function leave(lab, fleet, judge) {
  say('two windows more');
  await pause(2 * window * 1000);
  judge.settle();
  await fleet.tell({ do: 'leave' });
  const rest = await empty(lab, ['sessions', 'rooms'], EMPTY_WITHIN);
  if (rest) judge.violate('left over', rest);
  fleet.end();
  if (chosen.short) return;
  say('until topics and users are forgotten');
  const names = await empty(lab, ['topics', 'users'], FORGOTTEN_WITHIN);
  if (names) judge.violate('left over', names);
}

/**
 * @param {Lab} lab
 * @param {string[]} parts of the directory
 * @param {number} within milliseconds
 * @returns {Promise<string | undefined>} what is left after that time
 */
async function empty(lab, parts, within) {
  const until = performance.now() + within;
  for (;;) {
    const rest = leftover(await lab.states(), parts);
    if (!rest || performance.now() > until) return rest;
    await pause(500);
  }
}

/** @param {Lab} lab */
function footprints(lab) {
  return Promise.all(lab.machines.map(machine => machine.footprint()));
}

/** @param {Footprint[]} before @param {Footprint[]} after @param {Lab} lab @param {Judge} judge */
function compare(before, after, lab, judge) {
  for (const [index, { name }] of lab.machines.entries()) {
    for (const key of /** @type {const} */ (['files', 'threads', 'timers', 'heap'])) {
      const [was, is] = [before[index][key], after[index][key]];
      say(`${name}: ${key} ${was} → ${is}`);
      if (is > was + MARGIN[key]) judge.violate('left over', `${name}: ${key}: ${is} (before: ${was}, expected: ${MARGIN[key]} more at most)`);
    }
    for (const [type, is] of Object.entries(after[index].objects)) {
      const was = before[index].objects[type] ?? 0;
      if (is > was + MARGIN.objects) judge.violate('left over', `${name}: ${is} × ${type} (before: ${was})`);
    }
  }
}
