// @ts-check
/** The calls of one client: which frame belongs to which, and what becomes of them when its session ends. */

import { Call } from './call.js';

/** @typedef {import('../heliograph.js').Frame} Frame */
/** @typedef {import('../heliograph.js').CallOptions} CallOptions */
/**
 * @typedef {object} Services what they need of the client
 * @property {import('./client.js').Client} client
 * @property {import('../heliograph.js').Clock} clock
 * @property {(frame: Frame) => Promise<Frame>} tell
 * @property {(frame: Frame, asker: import('./requests.js').Asker) => void} ask
 * @property {(frame: Frame) => void} post
 */

/** @typedef {{call: string, accepted?: boolean, peer?: string}} Present a call as a `welcome` tells of it */

/** The server keeps the session of a lost connection no longer, unless configured to. */
const AWAY_MOST = 45_000;

export class Calls {
  /** @type {Set<Call>} */
  #open = new Set();
  #services;
  /** @type {(() => void) | undefined} set while there is no connection */
  #cancelAway;

  /** @param {Services} services */
  constructor(services) {
    this.#services = services;
  }

  /**
   * @param {string} user
   * @param {CallOptions} options
   * @returns {Call}
   */
  call(user, { data }) {
    const call = this.#add(false, user);
    this.#services.ask({ type: 'call', user, data }, {
      answered: frame => call.rings(frame),
      failed: error => queueMicrotask(() => call.end(error.code === 'disconnected' ? 'lost' : error.code, error)),
    });
    return call;
  }

  /**
   * @param {Frame} frame one with a `call`
   * @returns {Call | undefined} the call that begins with it
   */
  receive(frame) {
    const known = [...this.#open].find(({ id }) => id === frame.call);
    if (frame.type === 'call' && !known) {
      const call = this.#add(true, frame.user);
      Object.assign(call, { id: frame.call, peer: frame.from, data: frame.data });
      return call;
    }
    if (known) known.receive(frame);
    else if (frame.type === 'ringing') this.#services.post({ type: 'hangup', call: frame.call }); // answered too late
    return undefined;
  }

  /** The connection is gone; the session may be resumed for a while. */
  away() {
    if (this.#open.size > 0) this.#cancelAway ??= this.#services.clock.after(AWAY_MOST, () => this.lose());
  }

  /**
   * There is a connection again, for the same session.
   *
   * @param {(string | Present)[]} calls that the server knows it to be in
   */
  back(calls) {
    this.#stopWaiting();
    const present = calls.map(each => (typeof each === 'string' ? { call: each } : each));
    const ids = present.map(({ call }) => call);
    const kept = [...this.#open];
    for (const call of kept) if (ids.includes(call.id ?? '')) call.askAgain();
    if (kept.length === 0 && ids.length === 0) return;
    // What waited for this session comes before the answer: endings with their reasons, and calls that began meanwhile.
    this.#services.ask({ type: 'ping' }, { answered: () => this.#compare(kept, present), failed: () => {} });
  }

  /** The session is over, and so are its calls. */
  lose() {
    this.#stopWaiting();
    for (const call of [...this.#open]) call.end('lost');
  }

  #stopWaiting() {
    this.#cancelAway?.();
    this.#cancelAway = undefined;
  }

  /**
   * @param {Call[]} kept on this side
   * @param {Present[]} present on the server's
   */
  #compare(kept, present) {
    const ids = present.map(({ call }) => call);
    // Its `accepted` was lost with the server that had sent it, and with it what the other side brought.
    for (const { call, accepted, peer } of present) {
      if (accepted) kept.find(({ id }) => id === call)?.receive({ type: 'accepted', from: peer });
    }
    for (const call of kept) if (!ids.includes(call.id ?? '')) call.end('lost');
    const known = [...this.#open].map(({ id }) => id);
    for (const call of ids.filter(id => !known.includes(id))) { // made on the connection that broke, and given up with it
      this.#services.ask({ type: 'hangup', call }, { answered: () => {}, failed: () => {} });
    }
  }

  /**
   * @param {boolean} incoming
   * @param {string | undefined} user
   */
  #add(incoming, user) {
    const { client, clock, tell, ask } = this.#services;
    const call = new Call({ client, clock, tell, ask, over: () => void this.#open.delete(call) }, incoming, user);
    this.#open.add(call);
    return call;
  }
}
