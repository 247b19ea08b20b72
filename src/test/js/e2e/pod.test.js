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
import { PodTemplate } from '../k8s/pod-template.js';
import { Server, until } from './server.js';

/** As the pods would have them; given to this network namespace, see `run`. */
const ADDRESSES = ['10.77.1.1', '10.77.1.2'];

/** From the Secret, in a pod. */
const API_TOKEN = 'token-from-the-secret-called-heliograph';

const template = new PodTemplate('minimal');

/** @type {Server[]} */
const servers = [];
let folder = '';

before(async () => {
  for (const address of ADDRESSES) execFileSync('ip', ['address', 'add', `${address}/32`, 'dev', 'lo']);
  folder = await mkdtemp(join(tmpdir(), 'heliograph-pod-'));
  await mkdir(join(folder, 'conf'));
  await writeFile(join(folder, 'conf/heliograph.yaml'), template.configuration);
  await writeFile(join(folder, 'hosts'), ADDRESSES.map(address => `${address} ${template.members}\n`).join(''));
});

after(async () => {
  await Promise.all(servers.map(server => server.stop()));
  await rm(folder, { recursive: true });
}, { timeout: 90_000 });

test('two that start together are one cluster before either is ready, on the ports of the manifest', { timeout: 90_000 }, async () => {
  // The second one's ports towards the outside are others, since here both have them on one machine.
  /** @type {Record<string, number>[]} */
  const others = [{}, { HTTP_PORT: 0, MANAGEMENT_PORT: 0 }];
  servers.push(...await Promise.all(ADDRESSES.map((address, index) => Server.start({ ...template.settings(address), API_TOKEN, ...others[index] }, {
    cwd: folder,
    flags: [`-Djdk.net.hosts.file=${join(folder, 'hosts')}`],
  }))));
  for (const { management } of servers) {
    const ask = async () => (await fetch(`http://127.0.0.1:${management}${template.probes.startupProbe.httpGet.path}`)).status;
    await until('started', ask, status => status === 200, 40_000);
    const headers = { authorization: `Bearer ${API_TOKEN}` };
    const answer = await fetch(`http://127.0.0.1:${management}/state`, { headers });
    assert.equal((/** @type {any} */ (await answer.json())).processes.length, 2);
  }
});

test('every probe of the manifest gets an answer', async () => {
  const { startupProbe, readinessProbe, livenessProbe } = template.probes;
  for (const { httpGet } of [startupProbe, readinessProbe, livenessProbe]) {
    const answer = await fetch(`http://${ADDRESSES[0]}:${template.portOf(httpGet.port)}${httpGet.path}`);
    assert.equal(answer.status, 200, httpGet.path);
  }
});

test('what tells about everybody is for who has the token of the Secret', async () => {
  const state = `http://${ADDRESSES[0]}:${template.portOf('management')}/state`;
  assert.equal((await fetch(state)).status, 401);
});

test('behind every port of the manifest somebody listens', async () => {
  for (const port of template.ports) {
    await new Promise((resolve, reject) => {
      const socket = createConnection(port, ADDRESSES[0], () => resolve(socket.destroy()));
      socket.on('error', reject);
    });
  }
});

test('what the autoscaler and Prometheus ask for is there', async () => {
  const production = render('k8s/overlays/production');
  const { path, port } = production.find(({ kind }) => kind === 'ServiceMonitor')?.spec.endpoints[0];
  const answer = await fetch(`http://${ADDRESSES[0]}:${template.portOf(port)}${path}`);
  const series = await answer.text();
  const { metrics } = production.find(({ kind }) => kind === 'HorizontalPodAutoscaler')?.spec;
  for (const { pods } of metrics) if (pods) assert.match(series, new RegExp(`^${pods.metric.name}[ {]`, 'm'));
});
