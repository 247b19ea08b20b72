// @ts-check
/** A process with some of the clients. Takes orders from its parent, and reports to it ten times a second. */

import { Actor } from './actor.js';
import { takeOrders } from './orders.js';

/** @typedef {import('./events.js').Event} Event */
/** @typedef {import('./events.js').Order} Order */

const REPORT_EVERY = 100;

/** @type {Actor[]} */
let actors = [];
/** @type {Event[]} */
let events = [];
/** @type {Record<string, number>} */
const operations = {};

/** @param {Order} order @returns {unknown} the answer */
function obey(order) {
  switch (order.do) {
    case 'start': {
      const { settings } = order;
      const count = (/** @type {string} */ operation) => void (operations[operation] = (operations[operation] ?? 0) + 1);
      actors = settings.indexes.map(index => new Actor(index, settings, event => void events.push(event), count));
      return Promise.all(actors.map(actor => actor.begin()));
    }
    case 'go': return actors.forEach(actor => actor.go(order.round));
    case 'pause': return actors.forEach(actor => actor.pause());
    case 'probe': return actors.forEach(actor => actor.probe(order.probe));
    case 'hang-up': return actors.forEach(actor => actor.hangUp());
    case 'snapshot': return actors.map(actor => actor.page.snapshot());
    case 'cut': return actors.slice(0, Math.ceil(actors.length * order.share)).forEach(actor => actor.page.cut());
    case 'counts': return { operations, delivery: delivery() };
    case 'leave': return actors.forEach(actor => actor.page.close());
    default: throw new Error(`order: ${JSON.stringify(order)}`);
  }
}

/** What the library counted, on all pages there ever were. */
function delivery() {
  const sum = { resent: 0, duplicates: 0, pending: 0 };
  for (const { resent, duplicates, pending } of actors.flatMap(actor => actor.deliveries())) {
    sum.resent += resent;
    sum.duplicates += duplicates;
    sum.pending += pending;
  }
  return sum;
}

function report() {
  if (events.length === 0) return;
  process.send?.({ events });
  events = [];
}

takeOrders(async order => {
  const answer = await obey(order);
  report(); // what was seen before the answer arrives before it
  return answer;
});
process.on('unhandledRejection', error => {
  console.error(error);
  process.exit(1);
});
setInterval(report, REPORT_EVERY);
