// @ts-check
/** Many clients in rooms that signal to each other, for measurements. */

import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { Worker } from '../clients/fleet.js';
import { Lab } from '../lab/lab.js';
import { pause } from '../rounds.js';
import { sum } from './tally.js';

/** @typedef {ReturnType<typeof sum>} Sum */
/** @typedef {ReturnType<typeof options>} Options */

/** For logs. */
export const FOLDER = join(import.meta.dirname, '../../../../../target/faults/numbers');
const SETTLED_WITHIN = 20_000;
const LOOK_EVERY = 500;

/** What may be said on the command line of every measurement; each has defaults of its own. */
export function options(/** @type {Record<string, number>} */ defaults) {
  const { values } = parseArgs({
    options: {
      clients: { type: 'string' }, processes: { type: 'string' }, rate: { type: 'string' }, room: { type: 'string' },
      times: { type: 'string' }, seconds: { type: 'string' }, window: { type: 'string' }, plain: { type: 'boolean' }, via: { type: 'string' },
    },
  });
  const number = (/** @type {'clients' | 'processes' | 'rate' | 'room' | 'times' | 'seconds' | 'window'} */ name, /** @type {number} */ usual) =>
    Number(values[name] ?? defaults[name] ?? usual);
  return {
    clients: number('clients', 2000), processes: number('processes', 4), rate: number('rate', 1), roomSize: number('room', 10),
    times: number('times', 1), seconds: number('seconds', 30), window: number('window', 45),
    plain: values.plain ?? false, direct: values.via === 'direct',
  };
}

export class Load {
  /** @type {Worker[]} */
  #workers = [];
  #clients;

  /** @param {Worker[]} workers @param {number} clients */
  constructor(workers, clients) {
    this.#workers = workers;
    this.#clients = clients;
  }

  /**
   * @param {Options} chosen
   * @param {Pick<import('../lab/lab.js').LabOptions, 'asked'>} [more] of the lab
   * @returns {Promise<{lab: Lab, load: Load}>} when all clients are in their rooms
   */
  static async start(chosen, more = {}) {
    const lab = await Lab.start({ window: chosen.window, heartbeat: 25_000, folder: FOLDER, ...more });
    const addresses = chosen.direct ? lab.machines.map(machine => machine.address) : [lab.balancer];
    return { lab, load: await Load.on(lab.clients, addresses, chosen) };
  }

  /**
   * @param {import('../lab/network.js').Host} host of the clients
   * @param {string[]} addresses of servers or a balancer
   * @param {Options} chosen
   * @returns {Promise<Load>} when all clients are in their rooms
   */
  static async on(host, addresses, chosen) {
    const { clients, processes, plain, roomSize, rate } = chosen;
    console.log(Object.entries(chosen).map(([name, value]) => `${name}=${value}`).join(' '));
    const script = join(import.meta.dirname, 'load-worker.js');
    const workers = Array.from({ length: processes }, () => new Worker(script, host, () => {}));
    const indexes = Array.from({ length: clients }, (_, index) => index);
    const begun = performance.now();
    await Promise.all(workers.map((worker, place) => worker.ask({
      do: 'start', settings: { indexes: indexes.filter(index => index % processes === place), plain, roomSize, rate, addresses },
    })));
    console.log(`${clients} clients are in their rooms after ${seconds(performance.now() - begun)}`);
    return new Load(workers, clients);
  }

  send() {
    return this.#tell({ do: 'send' });
  }

  /** Sends nothing more, and waits until what is on its way has arrived or never will. */
  async settle() {
    await this.#tell({ do: 'hold' });
    const until = performance.now() + SETTLED_WITHIN;
    let counts = await this.counts();
    while (counts.lost > 0 && performance.now() < until) {
      await pause(LOOK_EVERY);
      counts = await this.counts();
    }
    return counts;
  }

  /** @returns {Promise<Sum>} of everything so far */
  async counts() {
    return sum(await this.#tell({ do: 'counts' }));
  }

  /** @param {number} within milliseconds @returns {Promise<number>} milliseconds until all were connected */
  async allOnline(within) {
    const begun = performance.now();
    for (;;) {
      const { online } = await this.counts();
      if (online === this.#clients || performance.now() - begun > within) return Math.round(performance.now() - begun);
      await pause(LOOK_EVERY);
    }
  }

  /** Forgets the times of connections so far. */
  forget() {
    return this.#tell({ do: 'forget' });
  }

  /** @param {import('./load-worker.js').LoadOrder} order */
  #tell(order) {
    return Promise.all(this.#workers.map(worker => worker.ask(order)));
  }
}

/** @param {number} milliseconds */
export function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** @param {Sum} counts @param {Sum} [before] */
export function line(counts, before) {
  const keys = /** @type {const} */ (['sent', 'lost', 'refused', 'doubled', 'disordered', 'left', 'renamed', 'resumed', 'dropped', 'resent']);
  return keys.map(key => `${key}=${counts[key] - (before?.[key] ?? 0)}`).join(' ');
}
