// @ts-check
/** All clients, in a few processes on the clients' host. */

import { fork } from 'node:child_process';
import { join } from 'node:path';
import { within } from '../../e2e/server.js';

/** @typedef {import('./events.js').Event} Event */
/** @typedef {import('./events.js').Order} Order */
/** @typedef {import('./events.js').Snapshot} Snapshot */
/** @typedef {import('./events.js').Counts} Counts */

const ANSWER_WITHIN = 60_000;

/** A child process that obeys orders. */
export class Worker {
  #process;
  #lastId = 0;
  /** @type {Map<number, {resolve: (answer: any) => void, reject: (error: Error) => void}>} */
  #open = new Map();

  /**
   * @param {string} script
   * @param {import('../lab/network.js').Host} host
   * @param {(events: any[]) => void} reports
   */
  constructor(script, host, reports) {
    const [command, args] = host.on(process.execPath, [script]);
    this.#process = fork(args.at(-1) ?? script, [], { execPath: command, execArgv: args.slice(0, -1), serialization: 'json' });
    this.#process.on('message', (/** @type {any} */ { re, answer, error, events }) => {
      if (events) return reports(events);
      const waiting = this.#open.get(re);
      this.#open.delete(re);
      if (error) waiting?.reject(new Error(error));
      else waiting?.resolve(answer);
    });
    this.#process.on('exit', code => {
      for (const { reject } of this.#open.values()) reject(new Error(`clients' process: exit code ${code}`));
    });
  }

  /** @param {any} order @returns {Promise<any>} */
  ask(order) {
    const id = ++this.#lastId;
    return within(ANSWER_WITHIN, JSON.stringify(order).slice(0, 80), new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject });
      this.#process.send({ id, order });
    }));
  }

  end() {
    this.#process.disconnect();
  }
}

export class Fleet {
  /** @type {Worker[]} */
  #workers = [];

  /**
   * @param {import('../lab/network.js').Host} host
   * @param {number} processes
   * @param {(events: any[]) => void} reports
   */
  constructor(host, processes, reports) {
    const script = join(import.meta.dirname, 'worker.js');
    for (let each = 0; each < processes; each++) this.#workers.push(new Worker(script, host, reports));
  }

  /**
   * @param {Omit<import('./events.js').WorkerSettings, 'indexes'>} settings
   * @returns {Promise<void>} when all are online
   */
  async start(settings) {
    const indexes = Array.from({ length: settings.clients }, (_, index) => index);
    await Promise.all(this.#workers.map((worker, place) => worker.ask({
      do: 'start',
      settings: { ...settings, indexes: indexes.filter(index => index % this.#workers.length === place) },
    })));
  }

  /** @param {Order} order to every process */
  async tell(order) {
    return Promise.all(this.#workers.map(worker => worker.ask(order)));
  }

  /** Breaks the connections of some. @param {number} process which of the processes @param {number} share of its clients */
  async cut(process, share) {
    await this.#workers[process % this.#workers.length].ask({ do: 'cut', share });
  }

  /** @returns {Promise<Snapshot[]>} */
  async snapshots() {
    return (await this.tell({ do: 'snapshot' })).flat();
  }

  /** @returns {Promise<Counts>} of all together */
  async counts() {
    /** @type {Counts[]} */
    const all = await this.tell({ do: 'counts' });
    const sum = (/** @type {Record<string, number>[]} */ parts) => parts.reduce((total, part) => {
      for (const [key, value] of Object.entries(part)) total[key] = (total[key] ?? 0) + value;
      return total;
    }, {});
    return { operations: sum(all.map(each => each.operations)), delivery: /** @type {Counts['delivery']} */ (sum(all.map(each => each.delivery))) };
  }

  end() {
    for (const worker of this.#workers) worker.end();
  }
}
