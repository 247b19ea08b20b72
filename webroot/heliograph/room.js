// @ts-check
/** A room as one member sees it: its roster, and the way back into it after a reconnect. */

import { backoff } from './backoff.js';
import { Emitter } from './emitter.js';
import { SignalingError, passes } from './errors.js';

/** @typedef {import('../heliograph.js').Frame} Frame */
/** @typedef {import('../heliograph.js').Member} Member */
/** @typedef {import('../heliograph.js').RelayType} RelayType */
/** @typedef {import('../heliograph.js').RoomEvents} RoomEvents */
/** @typedef {import('../heliograph.js').RoomOptions} RoomOptions */
/**
 * @typedef {object} Services what a room needs of the client
 * @property {import('./client.js').Client} client
 * @property {Map<string, Room>} rooms the ones the client wants to be in
 * @property {import('../heliograph.js').Clock} clock
 * @property {() => number} random
 * @property {(frame: Frame, asker: import('./requests.js').Asker) => void} ask
 */

const UNCERTAIN = Symbol('uncertain');

/** @extends {Emitter<RoomEvents>} */
export class Room extends Emitter {
  /** @type {number | undefined} */
  capacity;
  /** @type {number | undefined} the number of one's own join */
  order;
  /** In it now, as the server sees it. */
  joined = false;

  /** @type {Map<string, Member>} */
  #roster = new Map();
  #services;
  #data;
  #wantedCapacity;
  #attempt = 0;
  /** @type {unknown} what the others see, or a symbol where that is not certain */
  #shown;
  /** @type {string | undefined} one's own peer id in the roster */
  #self;
  /** @type {{resolve: () => void, reject: (error: Error) => void} | undefined} the first join, while under way */
  #joining;
  /** @type {() => void} */
  #cancelRetry = () => {};

  /**
   * @param {Services} services
   * @param {string} name
   * @param {RoomOptions} [options]
   */
  constructor(services, name, { capacity, data } = {}) {
    super();
    this.#services = services;
    this.name = name;
    this.#wantedCapacity = capacity;
    this.#data = data;
  }

  /** @returns {ReadonlyMap<string, Member>} everyone but oneself, as last heard */
  get peers() {
    return this.#roster;
  }

  get client() {
    return this.#services.client;
  }

  /** @returns {Promise<void>} once in it, however many connections that takes; rejects when refused */
  join() {
    const { rooms, client } = this.#services;
    if (rooms.has(this.name)) return Promise.reject(new SignalingError('already-joined', `room: ${this.name}`));
    if (client.state === 'closed') return Promise.reject(new SignalingError('closed', 'the client is closed'));
    rooms.set(this.name, this);
    return new Promise((resolve, reject) => {
      this.#joining = { resolve, reject };
      void this.enter();
    });
  }

  /** @returns {Promise<void>} once out of it, as far as the server can be told */
  async leave() {
    if (!this.end(new SignalingError('closed', 'left before the join was answered'))) return;
    await this.depart();
  }

  /**
   * Leaves on the server's side, in as many tries as that takes: while the cluster cannot answer, a leave has no effect. Ends
   * early when the session does, and when somebody wants to be in the room again, or not any more.
   *
   * @returns {Promise<void>}
   */
  depart() {
    const { rooms, clock, random, ask } = this.#services;
    const wanted = rooms.get(this.name);
    return new Promise(settled => {
      const leave = (/** @type {number} */ attempt) => {
        if (rooms.get(this.name) !== wanted) return settled();
        ask({ type: 'leave', room: this.name }, {
          answered: () => settled(),
          failed: error => {
            if (passes(error)) clock.after(backoff(attempt, random), () => leave(attempt + 1));
            else settled();
          },
        });
      };
      leave(0);
    });
  }

  /**
   * Changes one's own data in the roster; while not connected or not in the room, what it will be then.
   *
   * @param {unknown} data
   * @returns {Promise<void>}
   */
  async update(data) {
    this.#data = data;
    if (this.joined && this.client.state === 'online') await this.#show(data);
  }

  /**
   * To everyone else in the room.
   *
   * @param {RelayType} type
   * @param {unknown} [data]
   * @param {import('../heliograph.js').SendOptions} [options]
   */
  relay(type, data, options) {
    return this.client.relay(type, { room: this.name }, data, options);
  }

  /**
   * Joins on the connection there is now. Called by the client at every welcome after which it is not in the room.
   *
   * @returns {Promise<void>} when answered, whatever the answer
   */
  enter() {
    this.#cancelRetry();
    this.joined = false;
    const data = this.#data;
    this.#shown = UNCERTAIN;
    return new Promise(settled => {
      this.#services.ask({ type: 'join', room: this.name, capacity: this.#wantedCapacity, data }, {
        answered: frame => {
          this.#shown = data;
          settled(this.#entered(frame));
        },
        failed: error => settled(this.#refused(error)),
      });
    });
  }

  /**
   * The session went on, and with it the membership. Called by the client.
   *
   * @param {Frame} present the room as it is now
   * @returns {Frame[]} what the server would have told of it meanwhile, to be received
   */
  resume(present) {
    this.#cancelRetry();
    /** @type {Frame[]} */
    const peers = present.peers;
    if (!this.joined) { // the answer to the join was lost with its connection
      const later = peers.filter(({ order }) => order > present.order);
      this.#entered({ ...present, peers: peers.filter(peer => !later.includes(peer)) });
      return later.map(peer => ({ ...peer, type: 'peer-joined', room: this.name }));
    }
    // After a partition the session may have gone on as it was when that began: the member is an earlier one.
    const earlier = this.order !== present.order && this.#data !== undefined;
    this.order = present.order;
    this.capacity = present.capacity;
    if (earlier || this.#shown !== this.#data) this.#show(this.#data).catch(() => {});
    return changes(this.name, this.#roster, peers);
  }

  /**
   * A frame of this room, handed on by the client.
   *
   * @param {Frame} frame
   */
  receive(frame) {
    if (frame.type === 'joined' || frame.type === 'left') return; // answers that came too late
    if (frame.type === 'peer-joined') this.#roster.set(frame.peer, member(frame));
    if (frame.type === 'peer-left') this.#roster.delete(frame.peer);
    const known = this.#roster.get(frame.peer);
    if (frame.type === 'peer-updated' && known) this.#roster.set(frame.peer, { ...known, data: frame.data });
    this.emit(/** @type {'message'} */ (frame.type), /** @type {any} */ (frame));
  }

  /**
   * Gives the room up on this side. Called by the client when it is closed.
   *
   * @param {SignalingError} error why
   * @returns {boolean} whether there was anything to give up
   */
  end(error) {
    const { rooms } = this.#services;
    if (rooms.get(this.name) !== this) return false;
    rooms.delete(this.name);
    this.#cancelRetry();
    this.joined = false;
    this.#roster = new Map();
    this.#joining?.reject(error);
    this.#joining = undefined;
    return true;
  }

  /** @param {Frame} frame */
  #entered(frame) {
    if (this.#services.rooms.get(this.name) !== this) return; // left meanwhile
    const previous = this.#self;
    this.#self = /** @type {string} */ (this.client.peer);
    this.#attempt = 0;
    this.capacity = frame.capacity;
    this.order = frame.order;
    this.#roster = roster(frame.peers);
    this.joined = true;
    this.emit('joined', { peer: this.#self, previous, peers: [...this.peers.values()] });
    this.#joining?.resolve();
    this.#joining = undefined;
    if (this.#shown !== this.#data) this.#show(this.#data).catch(() => {});
  }

  /** @param {unknown} data */
  async #show(data) {
    this.#shown = UNCERTAIN;
    try {
      await this.client.request({ type: 'update', room: this.name, data });
      this.#shown = data;
    } catch (error) {
      if (/** @type {SignalingError} */ (error).code !== 'disconnected') throw error; // shown once it is connected again
    }
  }

  /** The server did not take an earlier leave, or took a join that was given up. */
  async #beginAnew() {
    await this.depart();
    if (this.#services.rooms.get(this.name) === this && this.client.state === 'online' && !this.joined) await this.enter();
  }

  /** @param {SignalingError} error */
  #refused(error) {
    if (error.code === 'disconnected') return; // the next welcome enters again
    if (error.code === 'already-joined') return void this.#beginAnew();
    const ownSeat = error.code === 'room-full'; // it may be held by one's own broken connection
    if (!this.#joining && (ownSeat || passes(error))) {
      const { clock, random } = this.#services;
      const retryIn = backoff(this.#attempt++, random);
      if (error.code === 'timeout') this.client.post({ type: 'leave', room: this.name }); // should the join come true yet
      this.#cancelRetry = clock.after(retryIn, () => void this.enter());
      this.emit('refused', { error, retryIn });
      return;
    }
    const wasIn = !this.#joining;
    if (!this.end(error)) return;
    if (error.code === 'timeout') void this.depart(); // likewise
    if (wasIn) this.emit('refused', { error });
  }
}

/**
 * @param {Frame} frame
 * @returns {Member}
 */
function member({ peer, order, user, data }) {
  return { peer, order, user, data };
}

/**
 * @param {string} room
 * @param {ReadonlyMap<string, Member>} before
 * @param {Frame[]} after
 * @returns {Frame[]} in between; whoever left and joined again has another number
 */
function changes(room, before, after) {
  const orders = new Map(after.map(({ peer, order }) => [peer, order]));
  const left = [...before.values()].filter(({ peer, order }) => orders.get(peer) !== order);
  const joined = after.filter(({ peer, order }) => before.get(peer)?.order !== order);
  const updated = after.filter(peer => !joined.includes(peer)
    && JSON.stringify(before.get(peer.peer)?.data) !== JSON.stringify(peer.data));
  return [
    ...left.map(({ peer }) => ({ type: 'peer-left', room, peer, reason: 'lost' })),
    ...updated.map(({ peer, data }) => ({ type: 'peer-updated', room, peer, data })),
    ...joined.map(member => ({ ...member, type: 'peer-joined', room })),
  ];
}

/** @param {Frame[]} peers */
function roster(peers) {
  return new Map(peers.map(frame => [/** @type {string} */ (frame.peer), member(frame)]));
}
