// @ts-check
/** How long to wait before connecting again: exponential, with full jitter. */

const FIRST = 5_000;
const LONGEST = 30_000;
/** Tries before the bound grows: several must fall into the time for which a server keeps a session. */
const QUICK = 3;

/**
 * Anywhere between nothing and a bound, which is 5 s at first, and from the fourth try on doubles up to 30 s. The first bound is wide on purpose: clients cut off
 * together come back spread over all of it.
 *
 * @param {number} attempt 0 for the first try after a cut
 * @param {() => number} random from 0 to just below 1
 */
export function backoff(attempt, random) {
  return random() * Math.min(LONGEST, FIRST * 2 ** Math.max(0, attempt - QUICK + 1));
}
