// @ts-check
/** Numbers from 1 as they arrive: which are missing, doubled or out of order. */

export class Sequence {
  /** All up to here have arrived, or are given up. */
  upTo = 0;
  /** @type {Set<number>} arrived above a gap */
  #beyond = new Set();

  /** The highest number that has arrived. */
  get highest() {
    return Math.max(this.upTo, ...this.#beyond);
  }

  /**
   * @param {number} n
   * @returns {'doubled' | 'out of order' | undefined} what is wrong with it
   */
  take(n) {
    if (n <= this.upTo || this.#beyond.has(n)) return 'doubled';
    const late = n < this.highest;
    this.#beyond.add(n);
    while (this.#beyond.delete(this.upTo + 1)) this.upTo++;
    return late ? 'out of order' : undefined;
  }

  /** @param {number} last @returns {number[]} which up to `last` have not arrived */
  missing(last) {
    return Array.from({ length: Math.max(0, last - this.upTo) }, (_, index) => this.upTo + 1 + index).filter(n => !this.#beyond.has(n));
  }

  /** @param {number} last what is missing up to `last` is expected no more */
  giveUp(last) {
    this.upTo = Math.max(this.upTo, last);
    for (const n of this.#beyond) if (n <= this.upTo) this.#beyond.delete(n);
    while (this.#beyond.delete(this.upTo + 1)) this.upTo++;
  }
}
