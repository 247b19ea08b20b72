// @ts-check
/**
 * Questions from client to client. The server knows nothing of them: a question is a `message` whose data carries an id,
 * and its answer a `message` back that repeats it.
 */

import { SignalingError } from './errors.js';

/** @typedef {import('../heliograph.js').Frame} Frame */
/** @typedef {import('../heliograph.js').Address} Address */
/**
 * @typedef {object} Open
 * @property {(data: any) => void} resolve
 * @property {(error: unknown) => void} reject
 * @property {boolean} told it reached the others; only their answer is missing
 */
/** @typedef {(address: Address, data: unknown, timeout?: number) => Promise<void>} Send */

const ASK = 'heliograph:ask';
const ANSWER = 'heliograph:answer';
const ANSWER_WITHIN = 20_000;

export class Questions {
  #clock;
  #send;
  /** @type {Map<string, Open>} by id, which only those who were asked know */
  #open = new Map();

  /**
   * @param {import('../heliograph.js').Clock} clock
   * @param {Send} send
   */
  constructor(clock, send) {
    this.#clock = clock;
    this.#send = send;
  }

  /**
   * @param {Address} address
   * @param {unknown} data
   * @param {number} [timeout] milliseconds, waiting for a connection included
   * @returns {Promise<any>} the first answer
   */
  ask(address, data, timeout = ANSWER_WITHIN) {
    const id = crypto.randomUUID();
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(timeout, () =>
        open.reject(new SignalingError('timeout', `nobody answered within ${timeout} ms`)));
      const over = () => {
        cancel();
        this.#open.delete(id);
      };
      /** @type {Open} */
      const open = {
        resolve: answer => (over(), resolve(answer)),
        reject: error => (over(), reject(error)),
        told: false,
      };
      this.#open.set(id, open);
      this.#send(address, { [ASK]: id, data }, timeout).then(() => void (open.told = true), open.reject);
    });
  }

  /**
   * @param {Frame} message
   * @returns {Frame | undefined} what the application is to hear of it: nothing of an answer, and of a question its data
   */
  receive(message) {
    const { from, data } = message;
    if (typeof data?.[ANSWER] === 'string') return void this.#open.get(data[ANSWER])?.resolve(data.data);
    if (typeof data?.[ASK] !== 'string') return message;
    const reply = (/** @type {unknown} */ answer) => {
      const sent = this.#send({ to: from }, { [ANSWER]: data[ASK], data: answer });
      sent.catch(() => {}); // whoever does not wait for it need not know that the one who asked is gone
      return sent;
    };
    return { ...message, data: data.data, reply };
  }

  /** The peer that asked is no more, so no answer will find it. What still waits to be sent is not concerned. */
  renamed() {
    this.failAll(new SignalingError('disconnected', 'the session in which this was asked is over'), ({ told }) => told);
  }

  /**
   * @param {SignalingError} error
   * @param {(open: Open) => boolean} [which]
   */
  failAll(error, which = () => true) {
    for (const open of [...this.#open.values()].filter(which)) open.reject(error);
  }
}
