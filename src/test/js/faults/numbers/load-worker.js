// @ts-check
/** A process with some of the clients of a measurement. Takes orders from its parent. */

import { takeOrders } from '../clients/orders.js';
import { LibraryClient } from './library-client.js';
import { PlainClient } from './plain-client.js';
import { Tally } from './tally.js';

/**
 * @typedef {{do: 'start', settings: LoadSettings} | {do: 'send'} | {do: 'hold'} | {do: 'counts'} | {do: 'forget'} | {do: 'leave'}} LoadOrder
 */
/**
 * @typedef {object} LoadSettings
 * @property {number[]} indexes
 * @property {boolean} plain
 * @property {number} roomSize
 * @property {number} rate signals of each client in a second
 * @property {string[]} addresses
 */

const STARTED_AT_ONCE = 25;

/** @type {(LibraryClient | PlainClient)[]} */
let clients = [];
const tally = new Tally();
let rate = 0;
/** @type {NodeJS.Timeout[]} */
let timers = [];

/** @param {LoadOrder} order @returns {Promise<unknown>} the answer */
async function obey(order) {
  switch (order.do) {
    case 'start': return start(order.settings);
    case 'send': return send();
    case 'hold': return timers.splice(0).forEach(clearInterval);
    case 'counts': {
      const online = clients.filter(client => client.online).length;
      return tally.counts(online, clients.reduce((sum, client) => sum + client.resent, 0));
    }
    case 'forget':
      tally.away = [];
      tally.dialed = [];
      return undefined;
    case 'leave': return clients.forEach(client => client.close());
    default: throw new Error(`order: ${JSON.stringify(order)}`);
  }
}

/** @param {LoadSettings} settings */
async function start({ indexes, plain, roomSize, rate: wanted, addresses }) {
  rate = wanted;
  const Kind = plain ? PlainClient : LibraryClient;
  for (let first = 0; first < indexes.length; first += STARTED_AT_ONCE) {
    const some = indexes.slice(first, first + STARTED_AT_ONCE).map(index => new Kind(addresses, `room${Math.floor(index / roomSize)}`, tally));
    clients.push(...some);
    await Promise.all(some.map(client => client.start()));
  }
}

/** Each client at its own moments, so that the load is even. */
function send() {
  const period = 1000 / rate;
  timers = clients.map(client => setTimeout(() => {
    timers.push(setInterval(() => client.signal(Math.random()), period));
  }, Math.random() * period));
}

takeOrders(obey);
