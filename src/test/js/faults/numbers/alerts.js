// @ts-check
/**
 * Alerts of k8s/ fire for what they are about, in a real Prometheus, and clear when that is over; all times in the rules are 20
 * times shorter. Prints how long each took, and draws what the dashboard shows of it, into `dashboard.svg` beside the logs. Not
 * here: HeliographDefect, for which the server would need one.
 */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../../e2e/server.js';
import { BUS_PORT, HTTP_PORT } from '../lab/machine.js';
import { Prometheus } from '../lab/prometheus.js';
import { pause } from '../rounds.js';
import { enter } from './entrance.js';
import { FOLDER, Load, options, seconds } from './load.js';
import { picture } from './picture.js';

/** @typedef {() => Promise<unknown>} Undo */

const SPEED = 20;
const WITHIN = 200_000;
const SUSPECTED_AFTER = 8_000;
const TOPICS = 60;
const DIRECTORY_DELAY = 300;

const { lab, load } = await Load.start({ ...options({ clients: 150, processes: 2 }), plain: true, direct: true });
const [first, second, third] = lab.machines;
const prometheus = await Prometheus.start(lab.machines, FOLDER, SPEED);
const begun = Date.now();

// Before there are others, which would be quick: who publishes under a topic first asks the directory.
await fires('HeliographRelaysSlow', async () => {
  const subscriber = await enter(at(second), 'slow');
  const publisher = await enter(at(first), 'slow');
  const topics = Array.from({ length: TOPICS }, (_, index) => `slow-${index}`);
  for (const topic of topics) subscriber.send(JSON.stringify({ type: 'subscribe', topic }));
  const undo = await first.host.delay('back', DIRECTORY_DELAY, 0);
  const stop = again(async () => {
    const topic = topics.pop();
    if (topic) publisher.send(JSON.stringify({ type: 'message', topic, data: 'late' }));
    await pause(DIRECTORY_DELAY);
  });
  return async () => {
    await stop();
    await undo();
  };
});
await load.send();

await fires('HeliographDown', async () => {
  await third.kill();
  return () => third.start();
});
await fires('HeliographClusterSplit', () => first.host.drop(['back']));
await fires('HeliographLinkFails', () => first.host.drop(['back'], undefined, BUS_PORT));
await fires('HeliographGhosts', async () => {
  const undo = await lab.clients.drop(['front']);
  await Promise.all(lab.machines.map(machine => machine.resetClients()));
  return undo;
});
await fires('HeliographDrops', async () => {
  const absent = await enter(at(first), 'drops');
  const sender = await enter(at(second), 'drops');
  absent.terminate();
  return again(async () => {
    sender.send(JSON.stringify({ type: 'message', room: 'drops', data: 'to nobody' }));
    await pause(20);
  });
});
await fires('HeliographSaturated', () => again(() => halt(second, 400, 50)));
await fires('HeliographDirectoryFails', async () => {
  const [one, undo] = await partlyCut();
  const stop = again(async () => {
    await enter(at(one), 'directory').then(socket => socket.close(), () => {});
    await pause(100);
  });
  return async () => {
    await stop();
    await undo();
  };
});
await fires('HeliographRostersDiffer', async () => {
  const [member] = await Promise.all(lab.machines.map(machine => enter(at(machine), 'differ')));
  let changes = 0;
  return again(async () => {
    const undo = await first.host.drop(['back']);
    member.send(JSON.stringify({ type: 'update', room: 'differ', data: ++changes }));
    await pause(SUSPECTED_AFTER);
    await undo();
    await lab.together();
  });
});
await fires('HeliographDrainStuck', async () => {
  await third.post('/drain');
  return () => third.post('/undrain');
});
await fires('HeliographConfigurationsDiffer', () => configured(third, { LIMITS_RATE: 201 }));
await fires('HeliographFull', () => knocking(third, { LIMITS_CONNECTIONS: 1 }));
await fires('HeliographWebhookFails', () => knocking(third, { AUTH_MODE: 'webhook', AUTH_WEBHOOK_URL: 'http://127.0.0.1:1/' }));
const image = join(FOLDER, 'dashboard.svg');
await writeFile(image, await picture(prometheus, begun, Date.now()));
console.log(`the dashboard of these minutes: ${image}`);
process.exit(0);

/**
 * @param {string} name of an alert
 * @param {() => Undo | Promise<Undo>} cause
 */
async function fires(name, cause) {
  await until(`${name} not yet`, () => firing(name), alerts => alerts.length === 0, WITHIN);
  const begun = performance.now();
  const undo = await cause();
  const [alert] = await until(name, () => firing(name), alerts => alerts.length > 0, WITHIN);
  const fired = performance.now();
  await undo();
  await until(`${name} again`, () => firing(name), alerts => alerts.length === 0, WITHIN);
  console.log(`${name}: fired after ${seconds(fired - begun)}, cleared ${seconds(performance.now() - fired)} later: ${alert.annotations.summary}`);
  await lab.together();
}

/**
 * Starts one again with other settings.
 *
 * @param {import('../lab/machine.js').Machine} machine @param {Record<string, string | number>} settings
 * @returns {Promise<Undo>}
 */
async function configured(machine, settings) {
  await machine.stop();
  await machine.start(undefined, settings);
  return async () => {
    await machine.stop();
    await machine.start();
  };
}

/**
 * The same, so that no client gets into it, and has clients try.
 *
 * @param {import('../lab/machine.js').Machine} machine @param {Record<string, string | number>} settings
 * @returns {Promise<Undo>}
 */
async function knocking(machine, settings) {
  const undo = await configured(machine, settings);
  const stop = again(async () => {
    await enter(at(machine), 'knocking').catch(() => {});
    await pause(200);
  });
  return async () => {
    await stop();
    await undo();
  };
}

/**
 * Two do not hear each other, and the oldest, which decides who is a member, hears both.
 *
 * @returns {Promise<[machine: import('../lab/machine.js').Machine, undo: Undo]>} one of the two
 */
async function partlyCut() {
  for (const [one, other] of [[first, second], [second, third], [third, first]]) {
    const undo = await one.host.drop(['back'], other.host);
    await pause(SUSPECTED_AFTER);
    const sizes = await Promise.all(lab.machines.map(async machine => /^heliograph_cluster_nodes (\S+)$/m.exec(await machine.metrics())?.[1]));
    if (sizes.every(size => Number(size) === lab.machines.length)) return [one, undo];
    await undo();
    await lab.together();
  }
  throw new Error('expected: a pair without the oldest');
}

/** @param {string} name */
async function firing(name) {
  return (await prometheus.alerts()).filter(({ labels, state }) => labels.alertname === name && state === 'firing');
}

/**
 * Does something again and again until told to stop.
 *
 * @param {() => Promise<unknown>} action
 * @returns {Undo}
 */
function again(action) {
  let stopped = false;
  const ended = (async () => {
    while (!stopped) await action();
  })();
  return () => {
    stopped = true;
    return ended;
  };
}

/** @param {import('../lab/machine.js').Machine} machine @returns {string} where this process reaches it */
function at(machine) {
  return `${machine.host.address('ops')}:${HTTP_PORT}`;
}

/** @param {import('../lab/machine.js').Machine} machine @param {number} still @param {number} awake milliseconds */
async function halt(machine, still, awake) {
  machine.freeze();
  await pause(still);
  machine.thaw();
  await pause(awake);
}
