// @ts-check
/** What a server holds: compared before and after, it shows what was left over. */

import { readFile, readdir } from 'node:fs/promises';
import { run } from './network.js';

/**
 * @typedef {object} Footprint
 * @property {number} files open file descriptors
 * @property {number} threads
 * @property {number} heap bytes alive
 * @property {number} timers of Vert.x and Netty
 * @property {Record<string, number>} objects of each of our own classes
 */

const TIMERS = ['io.vertx.core.impl.VertxImpl$InternalTimerHandler', 'io.netty.util.concurrent.ScheduledFutureTask'];
/** As a histogram has it: number, instances, bytes, class. */
const LINE = /^ *\d+: +(\d+) +(\d+) +(\S+)/;
const TOTAL = /^Total +\d+ +(\d+)/;

/**
 * @param {number} pid
 * @returns {Promise<Footprint>} after a full collection
 */
export async function footprint(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  // jcmd looks for the server in its own /tmp.
  const histogram = await run('nsenter', ['--target', String(pid), '--mount', 'jcmd', String(pid), 'GC.class_histogram']);
  /** @type {Record<string, number>} */
  const objects = {};
  let timers = 0;
  let heap = 0;
  for (const line of histogram.split('\n')) {
    const [, instances, , name] = LINE.exec(line) ?? [];
    if (name?.startsWith('io.heliograph.') && !name.includes('$$Lambda')) objects[name] = Number(instances);
    if (TIMERS.includes(name)) timers += Number(instances);
    heap = Number(TOTAL.exec(line)?.[1] ?? heap);
  }
  return {
    files: (await readdir(`/proc/${pid}/fd`)).length,
    threads: Number(/^Threads:\s+(\d+)/m.exec(status)?.[1]),
    heap,
    timers,
    objects,
  };
}
