// @ts-check
/** A call by name, as one side sees it: it rings, is accepted perhaps, and ends exactly once. */

import { Emitter } from './emitter.js';
import { SignalingError, isUnheard } from './errors.js';

/** @typedef {import('../heliograph.js').Frame} Frame */
/** @typedef {import('../heliograph.js').CallEvents} CallEvents */
/**
 * @typedef {object} Services what a call needs of the client
 * @property {import('./client.js').Client} client
 * @property {import('../heliograph.js').Clock} clock
 * @property {(frame: Frame) => Promise<Frame>} tell sends what ends it, after a resume if need be
 * @property {(frame: Frame, asker: import('./requests.js').Asker) => void} ask
 * @property {(call: Call) => void} over called once
 */

const AGAIN_AFTER = 1_000;

/** @extends {Emitter<CallEvents>} */
export class Call extends Emitter {
  /** @type {'ringing' | 'accepted' | 'ended'} */
  state = 'ringing';
  /** @type {string | undefined} the server's name for it; none until it rings */
  id;
  /** @type {string | undefined} the other side's peer: the caller's, or that of the device that accepted */
  peer;
  /** @type {any} what the other side brought: with its call, or with its accept */
  data;
  /** @type {string | undefined} why it ended */
  reason;

  #services;
  /** An accept is under way: from its `ok` on, only `hangup` ends the call. */
  #accepting = false;
  /** An accept whose answer was lost, with its connection or between servers. @type {{again: () => void, giveUp: () => void} | undefined} */
  #interrupted;

  /**
   * @param {Services} services
   * @param {boolean} incoming
   * @param {string | undefined} user the other side's
   */
  constructor(services, incoming, user) {
    super();
    this.#services = services;
    this.incoming = incoming;
    this.user = user;
  }

  get client() {
    return this.#services.client;
  }

  /**
   * The first of the user's devices to accept gets the call.
   *
   * @param {unknown} [data]
   * @returns {Promise<void>} once accepted; rejects when somebody was faster, or the call is over
   */
  accept(data) {
    if (!this.incoming || this.state !== 'ringing' || this.#accepting) return Promise.reject(gone());
    this.#accepting = true;
    return new Promise((resolve, reject) => {
      const ask = () => this.#services.ask({ type: 'accept', call: this.id, data }, {
        answered: () => {
          if (this.state === 'ended') return reject(gone());
          this.#enterAccepted();
          resolve();
        },
        failed: error => {
          const unheard = isUnheard(error);
          const undecided = unheard || error.code === 'disconnected';
          if (undecided && this.state !== 'ended') {
            const cancel = unheard ? this.#services.clock.after(AGAIN_AFTER, () => this.askAgain()) : () => {};
            this.#interrupted = {
              again: () => {
                cancel();
                ask();
              },
              giveUp: () => {
                cancel();
                reject(gone());
              },
            };
            return;
          }
          // Hung up meanwhile: should nobody have heard the accept, it rings still.
          if (undecided) void this.#tell({ type: 'reject' });
          this.#accepting = false;
          this.#notAccepted(error);
          reject(error);
        },
      });
      ask();
    });
  }

  /** Repeats an accept without an answer: to have won is said as often as one asks. Called by the client after a resume. */
  askAgain() {
    const interrupted = this.#interrupted;
    this.#interrupted = undefined;
    interrupted?.again();
  }

  /**
   * Ends the ringing on all of the user's devices.
   *
   * @param {string} [reason] 1 to 64 characters, for the caller; the server says `declined` without one
   * @returns {Promise<void>} once the server knows, as far as it can be told
   */
  reject(reason) {
    if (!this.incoming || this.state !== 'ringing') return Promise.resolve();
    return this.#leave({ type: 'reject', reason }, reason ?? 'declined');
  }

  /**
   * Ends it, whatever its state: an incoming call that still rings is declined.
   *
   * @returns {Promise<void>} once the server knows, as far as it can be told
   */
  hangup() {
    if (this.state === 'ended') return Promise.resolve();
    if (this.incoming && this.state === 'ringing' && !this.#accepting) return this.reject();
    if (this.#interrupted) void this.#tell({ type: 'reject' }); // whether it was accepted nobody knows
    return this.#leave({ type: 'hangup' }, 'hangup');
  }

  /**
   * The server rings. Called by the client.
   *
   * @param {Frame} frame
   */
  rings({ call, peers }) {
    this.id = call;
    if (this.state === 'ended') void this.#tell({ type: 'hangup' });
    else this.emit('ringing', { peers });
  }

  /**
   * A frame of this call, handed on by the client.
   *
   * @param {Frame} frame
   */
  receive({ type, from, data, reason }) {
    if (type === 'call-ended') return this.end(reason);
    if (type !== 'accepted' || this.incoming || this.state !== 'ringing') return;
    this.peer = from;
    this.data = data;
    this.#enterAccepted();
  }

  /**
   * Called by the client when the server, or the connection to it, ends it.
   *
   * @param {string} reason
   * @param {SignalingError} [error] of the server, where it refused the call
   */
  end(reason, error) {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.reason = reason;
    this.#services.over(this);
    this.#interrupted?.giveUp();
    this.#interrupted = undefined;
    this.emit('ended', { reason, error });
  }

  #enterAccepted() {
    this.state = 'accepted';
    this.emit('accepted', { peer: /** @type {string} */ (this.peer), data: this.data });
  }

  /**
   * Whether an accept without an answer was counted nobody knows, so the server is told both ways that it is not meant.
   *
   * @param {SignalingError} error
   */
  #notAccepted(error) {
    if (this.state === 'ended') return;
    if (error.code !== 'call-gone') for (const type of ['hangup', 'reject']) void this.#tell({ type });
    this.end(error.code, error);
  }

  /**
   * @param {Frame} frame
   * @param {string} reason
   */
  #leave(frame, reason) {
    const told = this.#tell(frame);
    this.end(reason);
    return told;
  }

  /** @param {Frame} frame */
  async #tell(frame) {
    if (this.id === undefined) return; // told as soon as it has a name
    await this.#services.tell({ ...frame, call: this.id }).catch(() => {});
  }
}

function gone() {
  return new SignalingError('call-gone', 'call: not ringing here');
}
