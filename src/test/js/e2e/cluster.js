// @ts-check
/**
 * Two clustered servers with a balancer in front, which spreads signaling connections evenly over both. All of it is there
 * a second time below the path /below/.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child, Server, until } from './server.js';

const HOST = '127.0.0.1';

export class Cluster {
  /** @type {Server[]} */
  servers = [];
  origin = '';
  /** @type {Child | undefined} */
  #balancer;
  #folder = '';
  /** @type {number[]} */
  #ports = [];
  /** @type {Record<string, string | number>} */
  #settings;

  /** @param {Record<string, string | number>} settings of every server, beside what makes them a cluster */
  constructor(settings) {
    this.#settings = settings;
  }

  /** @param {Record<string, string | number>} [settings] by the last part of the variable's name */
  static async start(settings = {}) {
    const cluster = new Cluster(settings);
    try {
      await cluster.#start();
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  async #start() {
    this.#ports = await freePorts(2);
    this.servers = [await this.#startServer(0), await this.#startServer(1)];
    const [port] = await freePorts(1);
    this.#folder = await mkdtemp(join(tmpdir(), 'heliograph-e2e-'));
    const file = join(this.#folder, 'haproxy.cfg');
    await writeFile(file, balancing(port, this.servers));
    this.#balancer = new Child('haproxy', ['-db', '-f', file]);
    this.origin = `http://${HOST}:${port}`;
    await until('page through the balancer', () => status(`${this.origin}/`), answer => answer === 200);
  }

  /** @param {number} index */
  #startServer(index) {
    return Server.start({
      HTTP_PORT: 0,
      HTTP_HOST: HOST,
      MANAGEMENT_PORT: 0,
      INSTANCES: 1,
      CLUSTER_ENABLED: 'true',
      CLUSTER_HOST: HOST,
      CLUSTER_PORT: this.#ports[index],
      CLUSTER_BUS_PORT: 0,
      CLUSTER_MEMBERS: this.#ports.map(port => `${HOST}:${port}`).join(','),
      DRAIN_DELAY: 0,
      DRAIN_WITHIN: 0, // a page that is left open at the end need not be waited for
      ...this.#settings,
    });
  }

  async stop() {
    await this.#balancer?.kill();
    const endings = await Promise.allSettled(this.servers.map(server => server.stop()));
    if (this.#folder) await rm(this.#folder, { recursive: true });
    for (const ending of endings) if (ending.status === 'rejected') throw ending.reason;
  }
}

/** @param {string} url */
async function status(url) {
  try {
    return (await fetch(url)).status;
  } catch {
    return 0;
  }
}

/**
 * @param {number} count
 * @returns {Promise<number[]>}
 */
export async function freePorts(count) {
  const listeners = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(listeners.map(listener => new Promise(resolve => {
    listener.listen(0, HOST, () => resolve(/** @type {import('node:net').AddressInfo} */ (listener.address()).port));
  })));
  await Promise.all(listeners.map(listener => new Promise(resolve => listener.close(resolve))));
  return ports;
}

/**
 * @param {number} port
 * @param {Server[]} servers
 */
function balancing(port, servers) {
  const lines = servers.map(({ http, management }, index) =>
    `  server node${index + 1} ${HOST}:${http} check port ${management} inter 200ms fall 2 rise 1`).join('\n');
  return `
defaults
  mode http
  timeout connect 1s
  timeout check 2s
  timeout client 30s
  timeout server 30s
  timeout tunnel 1h
  option redispatch
  option httpchk GET /readyz
frontend public
  bind ${HOST}:${port}
  http-request replace-path /below/(.*) /\\1 if { path_beg /below/ }
  use_backend signaling if { path /v1/ws }
  default_backend pages
backend signaling
  balance leastconn
${lines}
backend pages
  balance roundrobin
${lines}
`;
}
