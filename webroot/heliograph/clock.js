// @ts-check
/** Time as the library sees it: milliseconds that only grow, and timers. Tests bring their own. */

/** @typedef {import('../heliograph.js').Clock} Clock */

/** @type {Clock} */
export const systemClock = {
  now: () => performance.now(),
  after(milliseconds, task) {
    const timer = setTimeout(task, milliseconds);
    return () => clearTimeout(timer);
  },
};
