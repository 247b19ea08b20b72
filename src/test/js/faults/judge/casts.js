// @ts-check
/** Relays by room, user and topic: at most once and in order; nothing by a room from somebody who is not in it. */

/** @typedef {import('../clients/events.js').Event} Event */

export class Casts {
  /** @type {Map<string, number>} the highest number, by receiver, sender and address */
  #last = new Map();
  /** @type {Map<number, Set<string>>} receiver, sender and address of what arrived, by probe */
  #probes = new Map();
  #lives;
  #violation;
  counts = { heard: 0, missed: 0 };

  /**
   * @param {import('./lives.js').Lives} lives
   * @param {import('./judge.js').Violate} violation
   */
  constructor(lives, violation) {
    this.#lives = lives;
    this.#violation = violation;
  }

  /** @param {Event} event */
  take(event) {
    if (event.what !== 'heard') return;
    const { at, by, name, from, origin, n, probe, peer } = event;
    const key = `${peer} < ${from} ${by}:${name} ${origin === from ? '' : origin}`;
    const last = this.#last.get(key);
    this.counts.heard++;
    if (last !== undefined && n <= last) {
      const text = `${n} after ${last} from ${from} by ${by} ${name} at ${peer}`;
      const [sender, receiver] = [from, peer ?? ''].map(id => this.#lives.of(id));
      if (n === last) this.#violation('cast doubled', text, [event.client], [from]);
      else if (!this.#lives.metTwice(sender, receiver, at)) this.#violation('cast out of order', text, [event.client], [from]);
    } else if (last !== undefined) this.counts.missed += n - last - 1;
    this.#last.set(key, Math.max(n, last ?? 0));
    if (probe !== undefined) this.#probes.set(probe, (this.#probes.get(probe) ?? new Set()).add(key));
  }

  /**
   * @param {number} probe
   * @param {{to: string, from: string, by: string, name: string}[]} expected
   * @returns {string[]} what has not arrived
   */
  missing(probe, expected) {
    const arrived = this.#probes.get(probe);
    return expected.map(({ to, from, by, name }) => `${to} < ${from} ${by}:${name} `).filter(key => !arrived?.has(key));
  }

  /** @param {(peer: string) => boolean} gone */
  forget(gone) {
    this.#probes.clear();
    for (const key of this.#last.keys()) {
      const [to, , from] = key.split(' ', 3);
      if (gone(to) || gone(from)) this.#last.delete(key);
    }
  }
}
