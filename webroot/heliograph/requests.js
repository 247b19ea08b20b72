// @ts-check
/** Questions under way on one connection: each `id` given out gets exactly one answer, by `re`. */

import { SignalingError } from './errors.js';

/** @typedef {import('../heliograph.js').Clock} Clock */
/** @typedef {import('../heliograph.js').Frame} Frame */
/** @typedef {{answered: (frame: Frame) => void, failed: (error: SignalingError) => void}} Asker */

/** The server waits for a silent node or directory, and says so, well before. */
const ANSWER_WITHIN = 20_000;

export class Requests {
  #clock;
  #lastId = 0;
  /** @type {Map<string, Asker & {cancel: () => void}>} */
  #open = new Map();

  /** @param {Clock} clock */
  constructor(clock) {
    this.#clock = clock;
  }

  /**
   * The asker is called within the turn in which the answer arrives, so that it sees answers and events in their order.
   *
   * @param {Asker} asker
   * @param {number} [timeout] milliseconds
   * @returns {string} the `id` to send
   */
  ask(asker, timeout = ANSWER_WITHIN) {
    const id = String(++this.#lastId);
    const cancel = this.#clock.after(timeout, () => {
      this.#open.delete(id);
      asker.failed(new SignalingError('timeout', `no answer within ${timeout} ms`));
    });
    this.#open.set(id, { ...asker, cancel });
    return id;
  }

  /**
   * @param {Frame} frame
   * @returns {boolean} whether the frame was an answer to a question still open
   */
  answer(frame) {
    const asker = this.#open.get(frame.re);
    if (!asker) return false;
    this.#open.delete(frame.re);
    asker.cancel();
    if (frame.type === 'error') asker.failed(SignalingError.from(frame));
    else asker.answered(frame);
    return true;
  }

  /** @param {SignalingError} error */
  failAll(error) {
    const open = [...this.#open.values()];
    this.#open.clear();
    for (const asker of open) {
      asker.cancel();
      asker.failed(error);
    }
  }
}
