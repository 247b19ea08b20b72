// @ts-check
/** A host that runs one server: started, killed, frozen, cut off, asked. */

import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Child, JAVA_OPTIONS, within } from '../../e2e/server.js';
import { footprint } from './footprint.js';

/** @typedef {import('./network.js').Host} Host */

export const HTTP_PORT = 8080;
const MANAGEMENT_PORT = 9090;
const CLUSTER_PORT = 5701;
const ANSWER_WITHIN = 5_000;
const READY = /^ready http=/;
const JAR = process.env.HELIOGRAPH_JAR ?? '/run/heliograph.jar';

export class Machine {
  /** @type {string[]} log lines of level ERROR, of all servers that ran here */
  errors = [];
  frozen = false;
  #host;
  #environment;
  #log;
  /** @type {Child | undefined} */
  #server;

  /**
   * @param {Host} host
   * @param {string[]} members back addresses of all machines
   * @param {Record<string, string | number>} settings by the last part of the variable's name
   * @param {string} folder for its log
   */
  constructor(host, members, settings, folder) {
    this.#host = host;
    this.#log = createWriteStream(join(folder, `${host.name}.log`));
    const own = {
      HTTP_PORT,
      MANAGEMENT_HOST: '0.0.0.0',
      MANAGEMENT_PORT,
      CLUSTER_ENABLED: 'true',
      CLUSTER_HOST: host.address('back'),
      CLUSTER_PORT,
      CLUSTER_MEMBERS: members.map(address => `${address}:${CLUSTER_PORT}`).join(','),
      ...settings,
    };
    this.#environment = { PATH: process.env.PATH, ...variables(own) };
  }

  get name() {
    return this.#host.name;
  }

  get host() {
    return this.#host;
  }

  /** Where clients reach it. */
  get address() {
    return `${this.#host.address('front')}:${HTTP_PORT}`;
  }

  get managementPort() {
    return MANAGEMENT_PORT;
  }

  /** Whether there is a server, be it frozen. */
  get running() {
    return this.#server?.running ?? false;
  }

  /**
   * @param {string} [jar] of another version
   * @param {Record<string, string | number>} [other] settings
   * @returns {Promise<void>} when it takes clients
   */
  async start(jar = JAR, other = {}) {
    // With a /tmp of its own nothing of a killed server stays, and jcmd finds the right one of equal process ids.
    const shell = 'mount -t tmpfs tmp /tmp && exec java "$@"';
    const server = new Child(...this.#host.on('sh', ['-c', shell, 'sh', ...JAVA_OPTIONS, '-jar', jar]), { ...this.#environment, ...variables(other) });
    server.observe(line => {
      this.#log.write(`${line}\n`);
      if (/^\S+ ERROR /.test(line)) this.errors.push(line);
    });
    this.#server = server;
    await server.line(READY);
  }

  /** As a crash would. */
  async kill() {
    await this.#server?.kill();
    this.frozen = false;
  }

  /** As an operator would stop it. */
  async stop() {
    await this.#server?.stop();
  }

  freeze() {
    this.#server?.signal('SIGSTOP');
    this.frozen = true;
  }

  thaw() {
    this.#server?.signal('SIGCONT');
    this.frozen = false;
  }

  /** Resets every client's connection. */
  resetClients() {
    return this.#host.reset(HTTP_PORT);
  }

  /** What it says of its peers, rooms and the directory. */
  async state() {
    return (await this.#ask('/state')).json();
  }

  /** @returns {Promise<string>} Prometheus text */
  async metrics() {
    return (await this.#ask('/metrics')).text();
  }

  /** @param {'/drain' | '/undrain'} path */
  async post(path) {
    const answer = await this.#ask(path, 'POST');
    if (!answer.ok) throw new Error(`${this.name}: POST ${path}: ${answer.status}`);
  }

  /** What the server holds of the machine, and which objects, after its garbage is collected. */
  footprint() {
    return footprint(/** @type {Child} */ (this.#server).pid);
  }

  /** @param {string} path @param {string} [method] */
  #ask(path, method = 'GET') {
    const url = `http://${this.#host.address('ops')}:${MANAGEMENT_PORT}${path}`;
    return within(ANSWER_WITHIN, `${this.name} ${path}`, fetch(url, { method, signal: AbortSignal.timeout(ANSWER_WITHIN) }));
  }
}

/** @param {Record<string, string | number>} settings */
function variables(settings) {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [`HELIOGRAPH_${name}`, String(value)]));
}
