// @ts-check
/** Processes under test: started, awaited, asked and ended by their handles. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

const READY_WITHIN = 60_000;
/** drain.delay, drain.within and 10 s more, as conf/heliograph.yaml says, and some for a busy machine. */
const STOP_WITHIN = 40_000;
const LOG_LINES_KEPT = 200;

/**
 * @template T
 * @param {number} milliseconds
 * @param {string} what
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
export async function within(milliseconds, what, promise) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return /** @type {T} */ (await Promise.race([promise, late]));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks again and again, a tenth of a second apart, until the answer is the one wanted.
 *
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} ask
 * @param {(answer: T) => unknown} enough
 * @param {number} [milliseconds]
 * @returns {Promise<T>}
 */
export async function until(what, ask, enough, milliseconds = 20_000) {
  const end = performance.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (enough(answer)) return answer;
    if (performance.now() > end) throw new Error(`${what}: still ${JSON.stringify(answer)} after ${milliseconds} ms`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

export class Child {
  /** @type {string[]} the last lines of its log */
  log = [];
  /** @type {Set<(line: string) => void>} */
  #observers = new Set();
  #process;

  /**
   * @param {string} command
   * @param {string[]} args
   * @param {NodeJS.ProcessEnv} [env]
   * @param {string} [cwd]
   */
  constructor(command, args, env = process.env, cwd = undefined) {
    this.#process = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      createInterface(stream).on('line', line => {
        this.log.push(line);
        for (const observer of this.#observers) observer(line);
        if (this.log.length > LOG_LINES_KEPT) this.log.shift();
      });
    }
    this.exited = once(this.#process, 'exit');
  }

  get pid() {
    return /** @type {number} */ (this.#process.pid);
  }

  get running() {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** @param {(line: string) => void} observer gets every line of its log from now on */
  observe(observer) {
    this.#observers.add(observer);
  }

  /** @param {NodeJS.Signals} name */
  signal(name) {
    this.#process.kill(name);
  }

  /**
   * @param {RegExp} pattern
   * @returns {Promise<RegExpExecArray>} in the first line on standard output that matches
   */
  line(pattern) {
    const found = new Promise((resolve, reject) => {
      createInterface(this.#process.stdout).on('line', line => {
        const match = pattern.exec(line);
        if (match) resolve(match);
      });
      void this.exited.then(([code]) => reject(new Error(`exit code ${code}:\n${this.log.join('\n')}`)), reject);
    });
    return within(READY_WITHIN, `${pattern}`, found);
  }

  /** As an operator would stop it. @param {number} [milliseconds] that it has for that */
  async stop(milliseconds = STOP_WITHIN) {
    if (!this.running) return;
    this.signal('SIGTERM');
    try {
      await within(milliseconds, 'SIGTERM', this.exited);
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  /** As a crash would. */
  async kill() {
    if (!this.running) return;
    this.signal('SIGKILL');
    await this.exited;
  }
}

/**
 * The classes of the jar as the tests with real processes have left them: with them a start takes a third of the processor. An
 * archive that is missing or of another jar is passed over.
 *
 * @param {string} jar
 */
const archived = jar => ['-Xlog:disable', `-XX:SharedArchiveFile=${jar.replace(/\.jar$/, '.jsa')}`];

/** Servers that live for minutes and share two cores with their clients: what the optimizing compiler takes never pays. */
export const JAVA_OPTIONS = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** One Heliograph process. */
export class Server extends Child {
  http = 0;
  management = 0;

  /**
   * @param {Record<string, string | number>} settings by the last part of the variable's name
   * @param {{cwd?: string, flags?: string[]}} [how] where it runs, and what the JVM is told beside
   * @returns {Promise<Server>} when it is ready
   */
  static async start(settings, { cwd, flags = [] } = {}) {
    const jar = resolve(process.env.HELIOGRAPH_JAR ?? '../../../target/heliograph.jar');
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('HELIOGRAPH_'));
    const own = Object.entries(settings).map(([name, value]) => [`HELIOGRAPH_${name}`, String(value)]);
    const environment = Object.fromEntries([...inherited, ...own]);
    const server = new Server('java', [...JAVA_OPTIONS, ...archived(jar), ...flags, '-jar', jar], environment, cwd);
    const [, http, management] = await server.line(/^ready http=(\d+) management=(\d+) cluster=/);
    server.http = Number(http);
    server.management = Number(management);
    return server;
  }

  /** @returns {Promise<number>} peers on this process, whatever their dialect */
  async peers() {
    const answer = await fetch(`http://127.0.0.1:${this.management}/metrics`);
    const samples = (await answer.text()).matchAll(/^heliograph_peers(?:\{.*\})? ([\d.eE+]+)$/gm);
    return [...samples].reduce((sum, [, value]) => sum + Number(value), 0);
  }
}
