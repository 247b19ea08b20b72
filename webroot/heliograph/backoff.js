// @ts-check
/** How long to wait before connecting again: exponential, with full jitter. */

const FIRST = 5_000;
const LONGEST = 30_000;

/**
 * Anywhere between nothing and a bound that doubles from 5 s to 30 s. The first bound is wide on purpose: clients cut off
 * together come back spread over all of it.
 *
 * @param {number} attempt 0 for the first try after a cut
 * @param {() => number} random from 0 to just below 1
 */
export function backoff(attempt, random) {
  return random() * Math.min(LONGEST, FIRST * 2 ** attempt);
}
