// @ts-check
/** A process in which one plain client after the other comes in, joins a room and goes. Takes orders from its parent. */

import { takeOrders } from '../clients/orders.js';
import { pause } from '../rounds.js';
import { enter } from './entrance.js';

/** @typedef {{do: 'start', address: string, every: number} | {do: 'counts'}} NewcomersOrder */
/** @typedef {{joins: number, failures: string[], slowest: number}} Counts `slowest` in milliseconds */

/** @type {Counts} */
const counts = { joins: 0, failures: [], slowest: 0 };

takeOrders(async (/** @type {NewcomersOrder} */ order) => {
  if (order.do === 'counts') return counts;
  void begin(order.address, order.every);
  return undefined;
});

/** @param {string} address @param {number} every milliseconds */
async function begin(address, every) {
  for (let room = 1; ; room++) {
    void visit(address, `newcomers${room}`);
    await pause(every);
  }
}

/** @param {string} address @param {string} room */
async function visit(address, room) {
  const begun = performance.now();
  try {
    const socket = await enter(address, room);
    counts.joins++;
    counts.slowest = Math.max(counts.slowest, Math.round(performance.now() - begun));
    socket.close(1000);
  } catch (error) {
    counts.failures.push(`${new Date().toISOString()} ${/** @type {Error} */ (error).message}`);
  }
}
