// @ts-check
/** What was sent while there was no connection: it waits for the next one, in its order, within bounds. */

import { SignalingError } from './errors.js';

/** @typedef {import('../heliograph.js').Frame} Frame */
/** @typedef {import('./requests.js').Asker} Asker */
/**
 * @typedef {object} Waiting
 * @property {Frame} frame
 * @property {Asker} asker
 * @property {number} bytes
 * @property {string | undefined} peer who one was when it was sent
 * @property {number | undefined} until when an answer is of use
 * @property {() => void} cancel
 */

/** As much as the server keeps for a peer that is away. */
const FRAMES_MOST = 256;
const BYTES_MOST = 1_048_576;

export class Outbox {
  #clock;
  /** @type {Set<Waiting>} */
  #waiting = new Set();
  #bytes = 0;

  /** @param {import('../heliograph.js').Clock} clock */
  constructor(clock) {
    this.#clock = clock;
  }

  get empty() {
    return this.#waiting.size === 0;
  }

  /**
   * Keeps a frame as it is now. What does not fit is refused at once, so that what does keeps its order.
   *
   * @param {Frame} frame
   * @param {Asker} asker
   * @param {string | undefined} peer
   * @param {number} [timeout] milliseconds until it is taken out again
   */
  add(frame, asker, peer, timeout) {
    const text = JSON.stringify(frame);
    const bytes = new TextEncoder().encode(text).length;
    if (this.#waiting.size >= FRAMES_MOST || this.#bytes + bytes > BYTES_MOST) {
      const bounds = `${FRAMES_MOST} frames of ${BYTES_MOST} bytes`;
      return asker.failed(new SignalingError('too-many', `waiting for a connection: full (expected: at most ${bounds})`));
    }
    /** @type {Waiting} */
    const waiting = { frame: JSON.parse(text), asker, bytes, peer, until: undefined, cancel: () => {} };
    if (timeout !== undefined) {
      waiting.until = this.#clock.now() + timeout;
      waiting.cancel = this.#clock.after(timeout, () =>
        this.#take(waiting).failed(new SignalingError('timeout', `no connection within ${timeout} ms`)));
    }
    this.#waiting.add(waiting);
    this.#bytes += bytes;
  }

  /**
   * There is a connection. What was meant for one peer or one call goes out only from the peer that meant it: from another
   * it would come from a stranger.
   *
   * @param {string} peer who one is now
   * @param {(frame: Frame, asker: Asker, timeout: number | undefined) => void} send
   */
  flush(peer, send) {
    for (const waiting of [...this.#waiting]) {
      const { frame, until } = waiting;
      const asker = this.#take(waiting);
      const bound = frame.to !== undefined || frame.call !== undefined;
      if (bound && waiting.peer !== undefined && waiting.peer !== peer) {
        asker.failed(new SignalingError('disconnected', 'the session that this belonged to is over'));
      } else {
        send(frame, asker, until === undefined ? undefined : until - this.#clock.now());
      }
    }
  }

  /** @param {SignalingError} error */
  failAll(error) {
    for (const waiting of [...this.#waiting]) this.#take(waiting).failed(error);
  }

  /**
   * @param {Waiting} waiting
   * @returns {Asker}
   */
  #take(waiting) {
    this.#waiting.delete(waiting);
    this.#bytes -= waiting.bytes;
    waiting.cancel();
    return waiting.asker;
  }
}
