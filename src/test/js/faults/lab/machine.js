// @ts-check
/** A host that runs one server: started, killed, frozen, cut off, asked. */

import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Child, JAVA_OPTIONS, within } from '../../e2e/server.js';
import { footprint } from './footprint.js';

/** @typedef {import('./network.js').Host} Host */
/** @typedef {Record<string, string | number>} Settings by the last part of the variable's name */

export const HTTP_PORT = 8080;
export const MANAGEMENT_PORT = 9090;
/** The server's default. */
export const BUS_PORT = 15701;
const ANSWER_WITHIN = 5_000;
const READY = /^ready http=/;
const JAR = process.env.HELIOGRAPH_JAR ?? '/run/heliograph.jar';

export class Machine {
  /** @type {string[]} log lines of level ERROR, of all servers that ran here */
  errors = [];
  frozen = false;
  #host;
  #settings;
  #log;
  #directory;
  #resolver;
  /** @type {Child | undefined} */
  #server;

  /**
   * @param {Host} host
   * @param {Settings} settings of its servers
   * @param {string} folder for its log
   * @param {{ directory?: string, resolver?: string }} [where] servers run, and a resolv.conf other than this machine's
   */
  constructor(host, settings, folder, { directory, resolver = '' } = {}) {
    this.#host = host;
    this.#settings = settings;
    this.#log = createWriteStream(join(folder, `${host.name}.log`));
    this.#directory = directory;
    this.#resolver = resolver;
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

  /** Whether there is a server, be it frozen. */
  get running() {
    return this.#server?.running ?? false;
  }

  /**
   * @param {string} [jar] of another version
   * @param {Settings} [other] settings
   * @returns {Promise<void>} when it takes clients
   */
  async start(jar = JAR, other = {}) {
    // With a /tmp of its own nothing of a killed server stays, and jcmd finds the right one of equal process ids.
    const shell = '[ -z "$1" ] || mount --bind "$1" /etc/resolv.conf; mount -t tmpfs tmp /tmp && shift && exec java "$@"';
    const command = this.#host.on('sh', ['-c', shell, 'sh', this.#resolver, ...JAVA_OPTIONS, '-jar', jar]);
    const server = new Child(...command, variables({ ...this.#settings, ...other }), this.#directory);
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

  /** As an operator would stop it. @param {number} [within] milliseconds; later it is killed, and that is an error */
  async stop(within) {
    await this.#server?.stop(within);
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
    const answer = await this.#ask('/state');
    if (!answer.ok) throw new Error(`${this.name}: /state: ${answer.status}`);
    return /** @type {any} */ (await answer.json());
  }

  /** @param {string} path @param {number} within milliseconds @returns {Promise<boolean>} whether a probe is content */
  async probe(path, within) {
    return this.#ask(path, 'GET', within).then(({ ok }) => ok, () => false);
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

  /** @param {string} path @param {string} [method] @param {number} [milliseconds] */
  #ask(path, method = 'GET', milliseconds = ANSWER_WITHIN) {
    const { API_TOKEN } = this.#settings;
    /** @type {Record<string, string>} */
    const headers = API_TOKEN ? { authorization: `Bearer ${API_TOKEN}` } : {};
    const url = `http://${this.#host.address('ops')}:${MANAGEMENT_PORT}${path}`;
    return within(milliseconds, `${this.name} ${path}`, fetch(url, { method, headers, signal: AbortSignal.timeout(milliseconds) }));
  }
}

/** @param {Settings} settings */
function variables(settings) {
  const own = Object.entries(settings).map(([name, value]) => [`HELIOGRAPH_${name}`, String(value)]);
  return { PATH: process.env.PATH, ...Object.fromEntries(own) };
}
