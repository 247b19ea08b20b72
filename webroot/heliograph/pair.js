// @ts-check
/**
 * A room for two, as a state machine:
 *
 *     left ──join──→ joined ──second comes──→ connected ──second goes──→ waiting ──somebody comes──→ connected …
 *          └─join──→ full    (two are in already; another `join` tries again)
 *
 * Whoever was there first makes the offer. `connected` lasts as long as signaling knows the second or its media flows, so
 * a lost connection to the server ends no call.
 */

import { Emitter } from './emitter.js';
import { Mesh } from './mesh.js';

/** @typedef {import('../heliograph.js').Member} Member */
/** @typedef {import('../heliograph.js').MediaKind} MediaKind */
/** @typedef {import('../heliograph.js').PairEvents} PairEvents */
/** @typedef {import('../heliograph.js').PairOptions} PairOptions */
/** @typedef {import('../heliograph.js').PairState} PairState */

/** @extends {Emitter<PairEvents>} */
export class Pair extends Emitter {
  room;

  #mesh;
  #keyOf;
  /** @type {PairState} */
  #told = 'left';
  #inside = false;
  #refused = false;
  /** Since the last join there was somebody. */
  #met = false;
  /** @type {(() => void)[]} */
  #listening;

  /**
   * @param {import('./client.js').Client} client
   * @param {string} room
   * @param {PairOptions} options
   */
  constructor(client, room, { data, keyOf, ...options }) {
    super();
    this.room = client.room(room, { capacity: 2, data });
    this.#keyOf = keyOf;
    this.#mesh = new Mesh(this.room, { ...options, keyOf, links: member => this.#takes(member) });
    this.#listening = [
      this.#mesh.on('came', ({ key }) => this.#came(key)),
      this.#mesh.on('changed', participant => this.emit('changed', participant)),
      this.#mesh.on('left', () => this.#update()),
      this.room.on('joined', () => this.#entered()),
      this.room.on('refused', ({ error, retryIn }) => {
        if (retryIn === undefined) this.#left(error.code === 'room-full');
        else this.#full(error.code === 'room-full');
      }),
      client.on('state', ({ state }) => state === 'closed' && this.#left(false)),
    ];
  }

  /** @returns {PairState} */
  get state() {
    if (this.other) return 'connected';
    if (this.#refused) return 'full';
    if (!this.#inside) return 'left';
    return this.#met ? 'waiting' : 'joined';
  }

  /** @returns {import('./participant.js').Participant | undefined} the second one, while there is one */
  get other() {
    return [...this.#mesh.participants.values()].at(0);
  }

  /**
   * May be called again after it was refused, and after `leave`.
   *
   * @returns {Promise<void>} once in the room; rejects when refused, with `room-full` in state `full`
   */
  async join() {
    try {
      await this.room.join();
    } catch (error) {
      if (/** @type {{code?: string}} */ (error).code === 'room-full') this.#full(true);
      throw error;
    }
  }

  /** @returns {Promise<void>} once out of the room, as far as the server can be told; the connection ends at once */
  async leave() {
    this.#left(false);
    await this.room.leave();
  }

  /**
   * What the second one, and whoever comes after it, gets to see or hear from now on; `null` for nothing.
   *
   * @param {MediaKind} kind
   * @param {MediaStreamTrack | null} track
   */
  setTrack(kind, track) {
    return this.#mesh.setTrack(kind, track);
  }

  /** Leaves, and is of no use any more. */
  close() {
    void this.leave();
    for (const off of this.#listening) off();
    this.#mesh.close();
  }

  /**
   * There are two seats: somebody else is linked with only after the second one is lost to signaling.
   *
   * @param {Member} member
   */
  #takes(member) {
    const { other } = this;
    return !other?.peer || other.key === this.#keyOf(member);
  }

  /** @param {string} key */
  #came(key) {
    this.#met = true;
    for (const former of [...this.#mesh.participants.keys()]) if (former !== key) this.#mesh.drop(former);
    this.#update();
  }

  #entered() {
    this.#inside = true;
    this.#full(false);
  }

  /** @param {boolean} full */
  #full(full) {
    this.#refused = full;
    this.#update();
  }

  /** @param {boolean} full */
  #left(full) {
    this.#inside = this.#met = false;
    this.#refused = full;
    const { other } = this;
    if (other) this.#mesh.drop(other.key);
    else this.#update();
  }

  #update() {
    const { state } = this;
    if (state === this.#told) return;
    this.#told = state;
    this.emit('state', state);
  }
}
