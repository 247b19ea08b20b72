// @ts-check
/** Remembers, as long as the page lives, which way to a server works. */

/** @typedef {import('../heliograph.js').Transport} Transport */
/** @typedef {import('./dial.js').Place} Place */

/** After so long the network may be another one. */
const SOCKJS_GOOD_FOR = 5 * 60_000;
/** Where WebSocket once worked, a server that restarts is likelier than a network that blocks it. */
const MISSES_FORGIVEN = 2;

export class Ways {
  #has;
  /** @type {Transport | undefined} */
  #known;
  #knownAt = 0;
  #misses = 0;

  /** @param {{websocket: boolean, sockjs: boolean}} has what there is to choose from */
  constructor(has) {
    this.#has = has;
  }

  /**
   * @param {number} now
   * @returns {Transport[]} what to try, the second when the first does not open
   */
  order(now) {
    if (!this.#has.websocket) return ['sockjs'];
    if (!this.#has.sockjs) return ['websocket'];
    if (this.#known === 'sockjs' && now - this.#knownAt < SOCKJS_GOOD_FOR) return ['sockjs'];
    if (this.#known === 'websocket' && this.#misses < MISSES_FORGIVEN) return ['websocket'];
    return ['websocket', 'sockjs'];
  }

  /**
   * @param {Transport} way
   * @param {number} now
   */
  worked(way, now) {
    this.#known = way;
    this.#knownAt = now;
    this.#misses = 0;
  }

  /** @param {Transport} way */
  failed(way) {
    if (way === 'websocket') this.#misses++;
    else if (this.#known === 'sockjs') this.#known = undefined;
  }
}

/** @type {WeakMap<object, Map<string, Ways>>} by what connects, then by where to */
const memories = new WeakMap();

/**
 * @param {Pick<Place, 'url' | 'WebSocket' | 'fetch'>} place
 * @returns {Ways} the same one for all clients of a page
 */
export function waysTo({ url, WebSocket, fetch }) {
  const means = /** @type {object} */ (WebSocket ?? fetch);
  const byUrl = memories.get(means) ?? new Map();
  memories.set(means, byUrl);
  const known = byUrl.get(String(url)) ?? new Ways({ websocket: Boolean(WebSocket), sockjs: Boolean(fetch) });
  byUrl.set(String(url), known);
  return known;
}
