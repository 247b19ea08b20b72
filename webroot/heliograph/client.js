// @ts-check
/** A peer of a Heliograph server, through every reconnection: its rooms, its relays, what it hears. */

import { systemClock } from './clock.js';
import { Emitter } from './emitter.js';
import { SignalingError } from './errors.js';
import { watchPage } from './page-life.js';
import { Room } from './room.js';
import { Uplink } from './uplink.js';

/** @typedef {import('../heliograph.js').Frame} Frame */
/** @typedef {import('../heliograph.js').ClientOptions} ClientOptions */
/** @typedef {import('../heliograph.js').ClientEvents} ClientEvents */
/** @typedef {import('../heliograph.js').Address} Address */
/** @typedef {import('../heliograph.js').RelayType} RelayType */
/** @typedef {import('../heliograph.js').RoomOptions} RoomOptions */
/** @typedef {import('../heliograph.js').StateChange} StateChange */

/**
 * The address that belongs to the server this module came from, below whatever path prefix.
 *
 * @returns {URL}
 */
function ownServer() {
  const url = new URL('../v1/ws', import.meta.url);
  url.protocol = url.protocol.replace('http', 'ws');
  return url;
}

/** @extends {Emitter<ClientEvents>} */
export class Client extends Emitter {
  /** @type {string | undefined} the name the server gave; another one after a reconnect that could not resume */
  peer;
  /** @type {string | undefined} */
  user;
  /** @type {RTCIceServer[]} */
  iceServers = [];
  /** @type {Record<string, number>} */
  limits = {};
  /** Resolves at the first welcome, rejects when there will be none. @type {Promise<void>} */
  ready;

  /** @type {Map<string, Room>} the rooms it wants to be in, also while it is not connected */
  #rooms = new Map();
  #uplink;
  #stopWatching;
  #roomServices;

  /** @param {ClientOptions} [options] */
  constructor(options = {}) {
    super();
    const { url = ownServer(), WebSocket = globalThis.WebSocket, clock = systemClock, random = Math.random } = options;
    const { user, data, token } = options;
    this.#roomServices = { client: this, rooms: this.#rooms, clock, random, ask: this.#ask.bind(this) };
    this.ready = new Promise((resolve, reject) => {
      const off = this.on('state', ({ state, reason, error }) => {
        if (state !== 'online' && state !== 'closed') return;
        off();
        if (state === 'online') resolve();
        else reject(error ?? new SignalingError('closed', reason ?? 'closed'));
      });
    });
    this.ready.catch(() => {}); // whoever does not wait for it hears of the end by the event
    this.#uplink = new Uplink({ url, WebSocket, clock }, random, {
      hello: () => ({ user, data, token }),
      welcome: frame => this.#welcomed(frame),
      frame: frame => this.#received(frame),
      state: change => this.#changed(change),
    });
    this.#stopWatching = watchPage({ wake: () => this.#uplink.wake(), hide: () => this.#uplink.pause() });
  }

  get state() {
    return this.#uplink.state;
  }

  /**
   * A room to listen to before it is joined, so that nothing of it is missed.
   *
   * @param {string} name
   * @param {RoomOptions} [options]
   * @returns {Room}
   */
  room(name, options) {
    return new Room(this.#roomServices, name, options);
  }

  /**
   * @param {string} name
   * @param {RoomOptions} [options]
   * @returns {Promise<Room>} once in it
   */
  async join(name, options) {
    const room = this.room(name, options);
    await room.join();
    return room;
  }

  /**
   * Sends an offer, an answer, a candidate, a bye or a message.
   *
   * @param {RelayType} type
   * @param {Address} address
   * @param {unknown} [data]
   * @returns {Promise<void>} once it is on its way at every node concerned
   */
  async relay(type, address, data) {
    await this.request({ ...address, type, data });
  }

  /**
   * Sends any frame and waits for its answer.
   *
   * @param {Frame} frame
   * @returns {Promise<Frame>} rejects with a `SignalingError`
   */
  request(frame) {
    return new Promise((answered, failed) => this.#ask(frame, { answered, failed }));
  }

  /**
   * Sends any frame without asking for an answer; what goes wrong arrives as an `error` event.
   *
   * @param {Frame} frame
   */
  post(frame) {
    this.#uplink.post(frame);
  }

  /** Leaves for good. */
  close() {
    this.#uplink.close();
  }

  /**
   * @param {Frame} frame
   * @param {import('./requests.js').Asker} asker
   */
  #ask(frame, asker) {
    this.#uplink.ask(frame, asker);
  }

  /** @param {Frame} frame */
  #received(frame) {
    this.#rooms.get(frame.room)?.receive(frame);
    this.emit(/** @type {'message'} */ (frame.type), /** @type {any} */ (frame));
  }

  /** @param {Frame} frame */
  #welcomed(frame) {
    const previous = this.peer;
    const resumed = frame.resumed === true;
    this.peer = frame.peer;
    this.user = frame.user;
    this.iceServers = frame.iceServers ?? [];
    this.limits = frame.limits ?? {};
    if (previous) void this.#returned(previous, resumed, frame.rooms ?? []);
    else for (const room of this.#rooms.values()) void room.enter();
  }

  /**
   * @param {string} previous
   * @param {boolean} resumed
   * @param {Frame[]} rosters
   */
  async #returned(previous, resumed, rosters) {
    const peer = /** @type {string} */ (this.peer);
    const rooms = [...this.#rooms.values()];
    await Promise.all(rooms.map(room => {
      const roster = resumed && rosters.find(({ room: name }) => name === room.name);
      return roster ? room.resume(roster) : room.enter();
    }));
    if (this.peer === peer) this.emit('rejoined', { previous, peer, resumed, rooms: rooms.filter(room => room.joined) });
  }

  /** @param {StateChange} change */
  #changed(change) {
    if (change.state === 'closed') {
      this.#stopWatching();
      for (const room of [...this.#rooms.values()]) room.end(new SignalingError('closed', change.reason ?? 'closed'));
    }
    this.emit('state', change);
  }
}
