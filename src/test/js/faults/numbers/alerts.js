// @ts-check
/**
 * Alerts of k8s/ fire for what they are about, in a real Prometheus, and clear when that is over; all times in the rules are 20
 * times shorter. Prints how long each took, and draws what the dashboard shows of it, into `dashboard.svg` beside the logs. Not
 * here: HeliographDefect and HeliographRostersDiffer, for which the server would need a defect, HeliographDirectoryFails and
 * HeliographRelaysSlow.
 */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import WebSocket from 'ws';
import { until } from '../../e2e/server.js';
import { HTTP_PORT } from '../lab/machine.js';
import { Prometheus } from '../lab/prometheus.js';
import { pause } from '../rounds.js';
import { FOLDER, Load, options, seconds } from './load.js';
import { picture } from './picture.js';

/** @typedef {() => Promise<unknown>} Undo */

const SPEED = 20;
const WITHIN = 200_000;

const { lab, load } = await Load.start({ ...options({ clients: 150, processes: 2 }), plain: true, direct: true });
const [first, second, third] = lab.machines;
const prometheus = await Prometheus.start(lab.machines, FOLDER, SPEED);
await load.send();
const begun = Date.now();

await fires('HeliographDown', async () => {
  await third.kill();
  return () => third.start();
});
await fires('HeliographClusterSplit', () => first.host.drop(['back']));
await fires('HeliographGhosts', async () => {
  const undo = await lab.clients.drop(['front']);
  await Promise.all(lab.machines.map(machine => machine.resetClients()));
  return undo;
});
await fires('HeliographDrops', async () => {
  const absent = await enter(first, 'drops');
  const sender = await enter(second, 'drops');
  absent.terminate();
  return again(async () => {
    sender.send(JSON.stringify({ type: 'message', room: 'drops', data: 'to nobody' }));
    await pause(20);
  });
});
await fires('HeliographSaturated', () => again(() => halt(second, 400, 50)));
await fires('HeliographDrainStuck', async () => {
  await third.post('/drain');
  return () => third.post('/undrain');
});
await fires('HeliographConfigurationsDiffer', async () => {
  await third.stop();
  await third.start(undefined, { LIMITS_RATE: 201 });
  return async () => {
    await third.stop();
    await third.start();
  };
});
const image = join(FOLDER, 'dashboard.svg');
await writeFile(image, await picture(prometheus, begun, Date.now()));
console.log(`the dashboard of these minutes: ${image}`);
process.exit(0);

/**
 * @param {string} name of an alert
 * @param {() => Promise<Undo>} cause
 */
async function fires(name, cause) {
  const begun = performance.now();
  const undo = await cause();
  const [alert] = await until(name, () => firing(name), alerts => alerts.length > 0, WITHIN);
  const fired = performance.now();
  await undo();
  await until(`${name} again`, () => firing(name), alerts => alerts.length === 0, WITHIN);
  console.log(`${name}: fired after ${seconds(fired - begun)}, cleared ${seconds(performance.now() - fired)} later: ${alert.annotations.summary}`);
  await lab.together();
}

/** @param {string} name */
async function firing(name) {
  return (await prometheus.alerts()).filter(({ labels, state }) => labels.alertname === name && state === 'firing');
}

/**
 * Does something again and again until told to stop.
 *
 * @param {() => Promise<unknown>} action
 * @returns {Promise<Undo>}
 */
async function again(action) {
  let stopped = false;
  const ended = (async () => {
    while (!stopped) await action();
  })();
  return () => {
    stopped = true;
    return ended;
  };
}

/** @param {import('../lab/machine.js').Machine} machine @param {number} still @param {number} awake milliseconds */
async function halt(machine, still, awake) {
  machine.freeze();
  await pause(still);
  machine.thaw();
  await pause(awake);
}

/** @param {import('../lab/machine.js').Machine} machine @param {string} room @returns {Promise<WebSocket>} of a client in it */
async function enter(machine, room) {
  const { socket } = await hello(machine);
  socket.send(JSON.stringify({ type: 'join', room }));
  await answer(socket, 'joined');
  return socket;
}

/** @param {import('../lab/machine.js').Machine} machine @returns {Promise<{socket: WebSocket, peer: string}>} */
async function hello(machine) {
  const socket = new WebSocket(`ws://${machine.host.address('ops')}:${HTTP_PORT}/v1/ws`, 'heliograph.v1');
  socket.on('error', () => {});
  socket.on('open', () => socket.send(JSON.stringify({ type: 'hello' })));
  const { peer } = await answer(socket, 'welcome');
  return { socket, peer };
}

/** @param {WebSocket} socket @param {string} type @returns {Promise<any>} the first frame of that type */
function answer(socket, type) {
  return new Promise((resolve, reject) => {
    socket.on('message', data => {
      const frame = JSON.parse(String(data));
      if (frame.type === type) resolve(frame);
      else if (frame.type === 'error') reject(new Error(`${type}: ${data}`));
    });
    socket.on('close', () => reject(new Error(`${type}: closed before`)));
  });
}
