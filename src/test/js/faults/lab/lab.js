// @ts-check
/** Three machines, a balancer that asks for their readiness, and a host for clients. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Child, until } from '../../e2e/server.js';
import { HTTP_PORT, Machine } from './machine.js';
import { Network } from './network.js';

const MACHINES = 3;
const TOGETHER_WITHIN = 60_000;
const BALANCER_PORT = 80;

/**
 * @typedef {object} LabOptions
 * @property {number} window seconds for which a session may be resumed
 * @property {number} [heartbeat] milliseconds; default: in the same proportion to the window as the server's defaults
 * @property {number} [instances] of each server
 * @property {string} folder for logs
 * @property {Record<string, string | number>} [settings] more of the servers', by the last part of the variable's name
 */

export class Lab {
  /** @type {Machine[]} */
  machines = [];
  /** @type {import('./network.js').Host} where clients run */
  clients;
  /** Where clients reach the balancer. */
  balancer = '';
  #folder;

  /**
   * @param {import('./network.js').Host} clients
   * @param {string} folder
   */
  constructor(clients, folder) {
    this.clients = clients;
    this.#folder = folder;
  }

  /** @param {LabOptions} options @returns {Promise<Lab>} when all machines are one cluster that takes clients */
  static async start({ window, heartbeat = window * 500, instances = 1, folder, settings = {} }) {
    await mkdir(folder, { recursive: true });
    const network = await Network.build();
    const lab = new Lab(await network.host('clients', 30, ['front']), folder);
    const hosts = [];
    for (let index = 1; index <= MACHINES; index++) hosts.push(await network.host(`n${index}`, 10 + index, ['front', 'back', 'ops']));
    const members = hosts.map(host => host.address('back'));
    const all = {
      INSTANCES: instances,
      SESSION_HEARTBEAT: heartbeat,
      CALLS_RING: 10,
      SESSION_WINDOW: window,
      ...settings,
    };
    lab.machines = hosts.map(host => new Machine(host, members, all, folder));
    await Promise.all(lab.machines.map(machine => machine.start()));
    await lab.together();
    await lab.#balance(await network.host('lb', 20, ['front']));
    return lab;
  }

  /** When every machine sees all the others. */
  async together() {
    const answers = () => Promise.all(this.machines.map(machine => machine.metrics().catch(() => '')));
    await until('cluster of all machines', answers, texts =>
      texts.every(text => new RegExp(`^heliograph_cluster_nodes ${MACHINES}(\\.0)?$`, 'm').test(text)), TOGETHER_WITHIN);
  }

  /** @returns {Promise<Record<string, any>[]>} what each machine says of itself and the directory */
  states() {
    return Promise.all(this.machines.map(machine => machine.state()));
  }

  /** Kills the servers. What else there is ends with this process. */
  async stop() {
    await Promise.all(this.machines.map(machine => machine.kill()));
  }

  /** @param {import('./network.js').Host} host */
  async #balance(host) {
    const address = host.address('front');
    this.balancer = `${address}:${BALANCER_PORT}`;
    const servers = this.machines.map(machine =>
      `  server ${machine.name} ${machine.host.address('front')}:${HTTP_PORT} check port ${machine.managementPort} inter 200ms fall 2 rise 1`);
    const file = join(this.#folder, 'haproxy.cfg');
    await writeFile(file, `
global
  maxconn 8000
defaults
  mode http
  timeout connect 1s
  timeout check 500ms
  timeout client 30s
  timeout server 30s
  timeout tunnel 1h
  option redispatch
  option httpchk GET /readyz
frontend public
  bind ${this.balancer}
  default_backend signaling
backend signaling
  balance leastconn
${servers.join('\n')}
`);
    const haproxy = new Child(...host.on('haproxy', ['-db', '-f', file]));
    haproxy.exited.then(([code]) => console.error(`haproxy: exit code ${code}:\n${haproxy.log.join('\n')}`), () => {});
  }
}
