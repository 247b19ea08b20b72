// @ts-check
/** How long confirmations take of late. Where servers are slow, questions after a fixed time would make them slower. */

const ASK_AFTER = 1_000;
const PATIENCE = 2;
const WEIGHT = 1 / 8;

export class Pace {
  #usual = 0;

  /** @param {number} milliseconds from when the server had taken a relay until it was confirmed */
  confirmed(milliseconds) {
    this.#usual += (milliseconds - this.#usual) * WEIGHT;
  }

  /** Milliseconds without a confirmation after which one is asked for. */
  get askAfter() {
    return Math.max(ASK_AFTER, PATIENCE * this.#usual);
  }
}
