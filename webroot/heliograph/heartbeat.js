// @ts-check
/** Notices a connection that fell silent: browsers show a page no WebSocket pings, so it has to ask by itself. */

/** @typedef {import('../heliograph.js').Clock} Clock */

const ANSWER_WITHIN = 10_000;

export class Heartbeat {
  #clock;
  #interval;
  #ping;
  #dead;
  #heardAt;
  #answered = true;
  /** @type {() => void} */
  #cancel = () => {};

  /**
   * @param {Clock} clock
   * @param {number} interval milliseconds of silence until it asks
   * @param {{ping: () => void, dead: () => void}} actions
   */
  constructor(clock, interval, { ping, dead }) {
    this.#clock = clock;
    this.#interval = interval;
    this.#ping = ping;
    this.#dead = dead;
    this.#heardAt = clock.now();
    this.#listen(interval);
  }

  /** Anything received is a sign of life. Costs no timer: the running one looks at this when it fires. */
  heard() {
    this.#heardAt = this.#clock.now();
    this.#answered = true;
  }

  /** Asks now, without waiting for silence: after waking up nobody knows how long it has been. */
  probe() {
    this.#cancel();
    this.#answered = false;
    this.#cancel = this.#clock.after(ANSWER_WITHIN, () => {
      if (this.#answered) this.#listen(this.#remaining());
      else this.#dead();
    });
    this.#ping();
  }

  stop() {
    this.#cancel();
  }

  #remaining() {
    return Math.max(0, this.#heardAt + this.#interval - this.#clock.now());
  }

  /** @param {number} milliseconds */
  #listen(milliseconds) {
    this.#cancel = this.#clock.after(milliseconds, () => {
      const remaining = this.#remaining();
      if (remaining > 0) this.#listen(remaining);
      else this.probe();
    });
  }
}
