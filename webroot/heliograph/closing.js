// @ts-check
/** What a close code says about coming back. */

/** Ours, for a connection that fell silent: unlike 1000 it leaves the session to be resumed. */
export const SILENT = 4000;

/** No close frame came: the connection broke. */
export const BROKEN = 1006;

const DONE = [1000, 1001, 1005];
const VIOLATION = [1003, 1007, 1008, 1009];
const TURNED_AWAY = [4001, 4002, 4003];
const OVERLOAD = 1013;

/**
 * `never`: the session is over and another try would meet the same end. `later`: the server asks for patience.
 * `soon`: everything else, from a restart to a broken cable.
 *
 * @param {number} code
 * @returns {'never' | 'later' | 'soon'}
 */
export function comeBack(code) {
  if ([...DONE, ...VIOLATION, ...TURNED_AWAY].includes(code)) return 'never';
  return code === OVERLOAD ? 'later' : 'soon';
}
