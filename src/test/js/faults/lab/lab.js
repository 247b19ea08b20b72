// @ts-check
/** Three machines, a balancer that asks for their readiness, and a host for clients. */

import { mkdir } from 'node:fs/promises';
import { until } from '../../e2e/server.js';
import { Balancer } from './balancer.js';
import { HTTP_PORT, MANAGEMENT_PORT, Machine } from './machine.js';
import { Network } from './network.js';

const MACHINES = 3;
const TOGETHER_WITHIN = 60_000;
const CLUSTER_PORT = 5701;
/** Of no use to anybody else: its servers are in networks of their own. */
const API_TOKEN = 'token-of-the-lab-for-all-of-its-servers';

/**
 * @typedef {object} LabOptions
 * @property {number} window seconds for which a session may be resumed
 * @property {number} [heartbeat] milliseconds; default: in the same proportion to the window as the server's defaults
 * @property {number} [instances] of each server
 * @property {string} folder for logs
 * @property {boolean} [asked] whether servers may be asked for their state, and to drain, for which they get a token; default: yes
 * @property {Record<string, string | number>} [settings] more of the servers', by the last part of the variable's name
 */

export class Lab {
  /** @type {Machine[]} */
  machines = [];
  /** @type {import('./network.js').Host} where clients run */
  clients;
  /** Where clients reach the balancer. */
  balancer = '';

  /** @param {import('./network.js').Host} clients */
  constructor(clients) {
    this.clients = clients;
  }

  /** @param {LabOptions} options @returns {Promise<Lab>} when all machines are one cluster that takes clients */
  static async start({ window, heartbeat = window * 500, instances = 1, folder, asked = true, settings = {} }) {
    await mkdir(folder, { recursive: true });
    const network = await Network.build();
    const lab = new Lab(await network.host('clients', 30, ['front']));
    const hosts = [];
    for (let index = 1; index <= MACHINES; index++) hosts.push(await network.host(`n${index}`, 10 + index, ['front', 'back', 'ops']));
    const all = {
      HTTP_PORT,
      MANAGEMENT_HOST: '0.0.0.0',
      MANAGEMENT_PORT,
      ...asked && { API_TOKEN },
      CLUSTER_ENABLED: 'true',
      CLUSTER_PORT,
      CLUSTER_MEMBERS: hosts.map(host => `${host.address('back')}:${CLUSTER_PORT}`).join(','),
      INSTANCES: instances,
      SESSION_HEARTBEAT: heartbeat,
      CALLS_RING: 10,
      SESSION_WINDOW: window,
      ...settings,
    };
    lab.machines = hosts.map(host => new Machine(host, { ...all, CLUSTER_HOST: host.address('back') }, folder));
    await Promise.all(lab.machines.map(machine => machine.start()));
    await lab.together();
    const servers = lab.machines.map(({ name, address }) => `${name} ${address} check port ${MANAGEMENT_PORT} inter 200ms fall 2 rise 1`);
    lab.balancer = (await Balancer.start(await network.host('lb', 20, ['front']), servers, folder)).address;
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
}
