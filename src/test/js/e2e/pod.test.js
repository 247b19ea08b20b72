// @ts-check
/** Two servers as k8s/overlays/minimal has them run, as far as processes without a cluster can. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { render } from '../k8s/kubectl.js';
import { Server, until } from './server.js';

/** As the pods would have them; given to this network namespace, see `run`. */
const ADDRESSES = ['10.77.1.1', '10.77.1.2'];

const manifests = render('k8s/overlays/minimal');
const { spec: pod } = manifests.find(({ kind }) => kind === 'Deployment')?.spec.template;
const [container] = pod.containers;

/** @type {Server[]} */
const servers = [];
let folder = '';

before(async () => {
  for (const address of ADDRESSES) execFileSync('ip', ['address', 'add', `${address}/32`, 'dev', 'lo']);
  folder = await mkdtemp(join(tmpdir(), 'heliograph-pod-'));
  await mkdir(join(folder, 'conf'));
  const conf = manifests.find(({ kind }) => kind === 'ConfigMap')?.data['heliograph.yaml'];
  await writeFile(join(folder, 'conf/heliograph.yaml'), conf);
  const dns = container.env.find((/** @type {any} */ { name }) => name === 'HELIOGRAPH_CLUSTER_DNS').value;
  await writeFile(join(folder, 'hosts'), ADDRESSES.map(address => `${address} ${dns}\n`).join(''));
});

after(async () => {
  await Promise.all(servers.map(server => server.stop()));
  await rm(folder, { recursive: true });
}, { timeout: 90_000 });

/** @param {string} address @returns {Record<string, string>} by the last part of the variable's name */
function settings(address) {
  return Object.fromEntries(container.env.map((/** @type {any} */ { name, value, valueFrom }) => {
    if (valueFrom) assert.deepEqual(valueFrom, { fieldRef: { fieldPath: 'status.podIP' } });
    return [name.replace(/^HELIOGRAPH_/, ''), value ?? address];
  }));
}

/** @param {string} name */
const portOf = name => container.ports.find((/** @type {any} */ port) => port.name === name).containerPort;

test('two that start together are one cluster before either is ready, on the ports of the manifest', { timeout: 90_000 }, async () => {
  // The second one's ports towards the outside are others, since here both have them on one machine.
  /** @type {Record<string, number>[]} */
  const others = [{}, { HTTP_PORT: 0, MANAGEMENT_PORT: 0 }];
  servers.push(...await Promise.all(ADDRESSES.map((address, index) => Server.start({ ...settings(address), ...others[index] }, {
    cwd: folder,
    flags: [`-Djdk.net.hosts.file=${join(folder, 'hosts')}`],
  }))));
  for (const { management } of servers) {
    const ask = async () => (await fetch(`http://127.0.0.1:${management}${container.startupProbe.httpGet.path}`)).status;
    await until('started', ask, status => status === 200, 40_000);
    const answer = await fetch(`http://127.0.0.1:${management}/state`);
    assert.equal((/** @type {any} */ (await answer.json())).processes.length, 2);
  }
});

test('every probe of the manifest gets an answer', async () => {
  for (const { httpGet } of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
    const answer = await fetch(`http://${ADDRESSES[0]}:${portOf(httpGet.port)}${httpGet.path}`);
    assert.equal(answer.status, 200, httpGet.path);
  }
});

test('behind every port of the manifest somebody listens', async () => {
  for (const { containerPort } of container.ports) {
    await new Promise((resolve, reject) => {
      const socket = createConnection(containerPort, ADDRESSES[0], () => resolve(socket.destroy()));
      socket.on('error', reject);
    });
  }
});

test('what the autoscaler and Prometheus ask for is there', async () => {
  const production = render('k8s/overlays/production');
  const { path, port } = production.find(({ kind }) => kind === 'ServiceMonitor')?.spec.endpoints[0];
  const answer = await fetch(`http://${ADDRESSES[0]}:${portOf(port)}${path}`);
  const series = await answer.text();
  const { metrics } = production.find(({ kind }) => kind === 'HorizontalPodAutoscaler')?.spec;
  for (const { pods } of metrics) if (pods) assert.match(series, new RegExp(`^${pods.metric.name}[ {]`, 'm'));
});
