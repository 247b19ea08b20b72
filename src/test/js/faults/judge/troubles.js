// @ts-check
/** Which faults were in force when: what they may excuse. */

/** Servers that can hear each other again need so long until they do: they look for each other every 2 s, and merge. */
const FOUND_WITHIN = 15_000;

/**
 * @typedef {object} Trouble
 * @property {string} kind
 * @property {number} from milliseconds since 1970
 * @property {number} to Infinity while it lasts
 * @property {boolean} parts whether servers that live could not hear each other
 * @property {boolean} bars whether clients may have been kept from every server they tried
 */

export class Troubles {
  /** @type {Trouble[]} */
  #all = [];
  #window;
  #settles;

  /**
   * @param {number} window milliseconds for which a session may be resumed
   * @param {number} settles milliseconds after a healing until everything must agree
   */
  constructor(window, settles) {
    this.#window = window;
    this.#settles = settles;
  }

  /** @param {Omit<Trouble, 'from' | 'to'>} what @returns {() => void} to be called when it is over */
  begin(what) {
    const trouble = { ...what, from: Date.now(), to: Infinity };
    this.#all.push(trouble);
    return () => void (trouble.to = Date.now());
  }

  /** Whether servers had been parted for longer than the window, so that each side may have given up sessions of the other. */
  parted(/** @type {number} */ at) {
    return this.#all.some(({ parts, from, to }) =>
      parts && Math.min(at, to + FOUND_WITHIN) - from >= this.#window && at <= to + this.#settles);
  }

  /** Whether servers were parted then, or had not had the time to agree again. */
  split(/** @type {number} */ from, /** @type {number} */ to) {
    return this.#all.some(each => each.parts && each.from <= to && from <= each.to + this.#settles);
  }

  /** Whether all of that was while the same servers were parted, or had not had the time to agree again. */
  together(/** @type {number[]} */ ...times) {
    return this.#all.some(({ parts, from, to }) => parts && times.every(time => from <= time && time <= to + this.#settles));
  }

  /** Whether a split that was not over then began while somebody was away, who came back in it: to one side or the other. */
  cameBackIn(/** @type {number} */ since, /** @type {number} */ welcome, /** @type {number} */ at) {
    return this.#all.some(({ parts, from, to }) =>
      parts && since < from && [welcome, at].every(time => from <= time && time <= to + this.#settles));
  }

  /** Whether something kept a client from coming back for the whole window. */
  barred(/** @type {number} */ from, /** @type {number} */ to) {
    return to - from >= this.#window && this.#all.some(each => each.bars && each.from <= to && from <= each.to);
  }

  /** Whether anything at all was in force. */
  any(/** @type {number} */ from, /** @type {number} */ to) {
    return this.#all.some(each => each.from <= to && from <= each.to);
  }
}
