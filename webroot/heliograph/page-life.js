// @ts-check
/** What a page knows about its own life. Outside a page nothing ever happens here. */

/**
 * @param {{wake: () => void, hide: () => void}} owner
 * @returns {() => void} stops watching
 */
export function watchPage({ wake, hide }) {
  if (typeof globalThis.addEventListener !== 'function') return () => {};
  const visible = () => {
    if (document.visibilityState === 'visible') wake();
  };
  /** @type {[string, () => void][]} */
  const listeners = [['online', wake], ['pageshow', wake], ['visibilitychange', visible], ['pagehide', hide]];
  for (const [type, listener] of listeners) addEventListener(type, listener);
  return () => {
    for (const [type, listener] of listeners) removeEventListener(type, listener);
  };
}
