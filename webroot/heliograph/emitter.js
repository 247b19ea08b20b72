// @ts-check
/** Typed events with no DOM behind them: the same in a page, a worker and Node. */

/** @template {Record<string, any>} Events */
export class Emitter {
  /** @type {Map<keyof Events, Set<(detail: any) => void>>} */
  #listeners = new Map();

  /**
   * Calls `listener` at every `type` from now on; the function returned takes it off again.
   *
   * @template {keyof Events} T
   * @param {T} type
   * @param {(detail: Events[T]) => void} listener
   * @returns {() => void}
   */
  on(type, listener) {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /**
   * The next `type`, as a promise. Without an end of its own: race it against one where that matters.
   *
   * @template {keyof Events} T
   * @param {T} type
   * @returns {Promise<Events[T]>}
   */
  next(type) {
    return new Promise(resolve => {
      const off = this.on(type, detail => {
        off();
        resolve(detail);
      });
    });
  }

  /**
   * A listener that throws is reported like any uncaught error and stops nobody else.
   *
   * @template {keyof Events} T
   * @param {T} type
   * @param {Events[T]} detail
   */
  emit(type, detail) {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) {
      try {
        listener(detail);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
