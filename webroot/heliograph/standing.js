// @ts-check
/** Names that the server keeps for this client until taken back, through every reconnection: topics, or users watched. */

import { backoff } from './backoff.js';
import { SignalingError, passes } from './errors.js';

/** @typedef {import('../heliograph.js').Frame} Frame */
/** @typedef {{resolve: () => void, reject: (error: SignalingError) => void}} Waiter */
/**
 * @typedef {object} Services what it needs of the client
 * @property {import('../heliograph.js').Clock} clock
 * @property {() => number} random
 * @property {(frame: Frame, asker: import('./requests.js').Asker) => void} ask
 * @property {(frame: Frame) => void} post
 * @property {(names: string[], error: SignalingError) => void} lost refused after it had stood
 */
/**
 * @typedef {object} Words
 * @property {(names: string[]) => Frame} add
 * @property {(names: string[]) => Frame} remove
 * @property {number} most names in one frame
 */

export class Standing {
  /** @type {Map<string, {stood: boolean, waiters: Waiter[]}>} by name: whether it ever stood, and who waits for it to */
  #wanted = new Map();
  #words;
  #services;
  #attempt = 0;
  /** @type {() => void} */
  #cancelRetry = () => {};

  /**
   * @param {Words} words
   * @param {Services} services
   */
  constructor(words, services) {
    this.#words = words;
    this.#services = services;
  }

  /** @param {string} name */
  has(name) {
    return this.#wanted.has(name);
  }

  /**
   * @param {string[]} names
   * @returns {Promise<void>} once the server has them all, however many connections that takes; rejects when refused
   */
  async add(names) {
    const standing = names.map(name => new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
      const wanted = this.#wanted.get(name) ?? { stood: false, waiters: [] };
      wanted.waiters.push({ resolve, reject });
      this.#wanted.set(name, wanted);
    }));
    this.#send(names);
    await Promise.all(standing);
  }

  /**
   * @param {string[]} names
   * @returns {Promise<void>} once the server has forgotten them, as far as it can be told
   */
  async remove(names) {
    this.#giveUp(names, new SignalingError('closed', 'taken back before it was answered'));
    await Promise.all(this.#frames(names, this.#words.remove).map(({ frame }) => new Promise(settled =>
      this.#services.ask(frame, { answered: settled, failed: settled }))));
  }

  /**
   * There is a connection.
   *
   * @param {string[]} present what the server has kept
   */
  restore(present) {
    this.#cancelRetry();
    const wanted = [...this.#wanted.keys()];
    this.#stand(present.filter(name => this.#wanted.has(name)));
    this.#send(wanted.filter(name => !present.includes(name)));
    void this.remove(present.filter(name => !wanted.includes(name)));
  }

  /** @param {SignalingError} error */
  end(error) {
    this.#cancelRetry();
    this.#giveUp([...this.#wanted.keys()], error);
  }

  /** @param {string[]} names */
  #send(names) {
    for (const { part, frame } of this.#frames(names, this.#words.add)) {
      this.#services.ask(frame, { answered: () => this.#stand(part), failed: error => this.#failed(part, error) });
    }
  }

  /**
   * @param {string[]} names
   * @param {(names: string[]) => Frame} word
   */
  #frames(names, word) {
    const { most } = this.#words;
    const parts = Array.from({ length: Math.ceil(names.length / most) }, (_, index) => names.slice(index * most, (index + 1) * most));
    return parts.map(part => ({ part, frame: word(part) }));
  }

  /** @param {string[]} names */
  #stand(names) {
    this.#attempt = 0;
    for (const name of names) {
      const wanted = this.#wanted.get(name);
      if (!wanted) continue; // taken back meanwhile
      wanted.stood = true;
      for (const { resolve } of wanted.waiters.splice(0)) resolve();
    }
  }

  /**
   * @param {string[]} names
   * @param {SignalingError} error
   */
  #failed(names, error) {
    if (error.code === 'disconnected') return; // the next welcome restores
    const stood = names.filter(name => this.#wanted.get(name)?.stood);
    const fresh = names.filter(name => !stood.includes(name));
    if (error.code === 'timeout' && fresh.length > 0) this.#services.post(this.#words.remove(fresh)); // should it come true yet
    this.#giveUp(fresh, error);
    for (const name of stood) for (const { reject } of this.#wanted.get(name)?.waiters.splice(0) ?? []) reject(error);
    if (stood.length === 0) return;
    if (passes(error)) return this.#retry(stood);
    this.#giveUp(stood, error);
    this.#services.lost(stood, error);
  }

  /** @param {string[]} names */
  #retry(names) {
    const { clock, random } = this.#services;
    const cancelEarlier = this.#cancelRetry;
    const cancel = clock.after(backoff(this.#attempt++, random), () => this.#send(names.filter(name => this.#wanted.has(name))));
    this.#cancelRetry = () => {
      cancelEarlier();
      cancel();
    };
  }

  /**
   * @param {string[]} names
   * @param {SignalingError} error
   */
  #giveUp(names, error) {
    for (const name of names) {
      const wanted = this.#wanted.get(name);
      this.#wanted.delete(name);
      for (const { reject } of wanted?.waiters ?? []) reject(error);
    }
  }
}
