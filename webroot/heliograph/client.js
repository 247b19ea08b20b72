// @ts-check
/** A peer of a Heliograph server, through every reconnection: its rooms, calls and relays, and what it hears. */

import { Calls } from './calls.js';
import { systemClock } from './clock.js';
import { Delivery } from './delivery.js';
import { Emitter } from './emitter.js';
import { SignalingError, isUnheard } from './errors.js';
import { IceServers } from './ice-servers.js';
import { Outbox } from './outbox.js';
import { watchPage } from './page-life.js';
import { Questions } from './questions.js';
import { Room } from './room.js';
import { Standing } from './standing.js';
import { Token } from './token.js';
import { Uplink } from './uplink.js';

/** @typedef {import('../heliograph.js').Frame} Frame */
/** @typedef {import('../heliograph.js').ClientOptions} ClientOptions */
/** @typedef {import('../heliograph.js').ClientEvents} ClientEvents */
/** @typedef {import('../heliograph.js').Address} Address */
/** @typedef {import('../heliograph.js').RelayType} RelayType */
/** @typedef {import('../heliograph.js').RoomOptions} RoomOptions */
/** @typedef {import('../heliograph.js').SendOptions} SendOptions */
/** @typedef {import('../heliograph.js').StateChange} StateChange */
/** @typedef {import('./call.js').Call} Call */

/** Users in one `watch`: as many of the longest names as fit into the smallest frame that servers take by default. */
const WATCHED_MOST = 100;
const TELL_PAUSE = 1_000;
/** For as long as parts of a cluster that do not hear each other may take to agree again. */
const TELL_FOR = 45_000;

/**
 * The address that belongs to the server this module came from, below whatever path prefix.
 *
 * @returns {URL}
 */
function ownServer() {
  return new URL('../', import.meta.url);
}

/**
 * @param {string | URL} given a server, by its http address, or a WebSocket by its own
 * @returns {URL} that of the WebSocket
 */
function socketAt(given) {
  const url = new URL(given, globalThis.location?.href);
  if (/^wss?:$/.test(url.protocol)) return url;
  if (!/^https?:$/.test(url.protocol)) throw new TypeError(`url: ${url} (expected: http, https, ws or wss)`);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  const socket = new URL('v1/ws', url);
  socket.protocol = url.protocol.replace('http', 'ws');
  return socket;
}

/**
 * @param {Record<string, any>} fields
 * @param {string | undefined | Promise<string>} token
 * @returns {Record<string, any> | Promise<Record<string, any>>} the fields of a `hello`
 */
function greeting(fields, token) {
  return token instanceof Promise ? token.then(given => ({ ...fields, token: given })) : { ...fields, token };
}

/** @extends {Emitter<ClientEvents>} */
export class Client extends Emitter {
  /** @type {string | undefined} the name the server gave; another one after a reconnect that could not resume */
  peer;
  /** @type {string | undefined} */
  user;
  /** @type {Record<string, number>} */
  limits = {};
  /** Resolves at the first welcome, rejects when there will be none. @type {Promise<void>} */
  ready;
  /** @type {Map<string, number>} of the users watched, how many of their peers are there, as last heard */
  presence = new Map();

  /** @type {Map<string, Room>} the rooms it wants to be in, also while it is not connected */
  #rooms = new Map();
  #clock;
  #ice;
  #token;
  #uplink;
  #stopWatching;
  #roomServices;
  #outbox;
  #delivery;
  #questions;
  #calls;
  #topics;
  #watched;

  /** @param {ClientOptions} [options] */
  constructor(options = {}) {
    super();
    const { url = ownServer(), WebSocket = globalThis.WebSocket, clock = systemClock, random = Math.random } = options;
    this.#clock = clock;
    // Whoever brings a WebSocket class of its own, as in Node, says whether to use SockJS by bringing fetch too.
    const { fetch = options.WebSocket ? undefined : globalThis.fetch } = options;
    const { user, data } = options;
    const services = { client: this, clock, random, ask: this.#ask.bind(this), post: this.post.bind(this) };
    this.#roomServices = { ...services, rooms: this.#rooms };
    this.#outbox = new Outbox(clock);
    this.#delivery = new Delivery({
      clock,
      send: this.#ask.bind(this),
      present: peer => [...this.#rooms.values()].some(({ peers }) => peers.has(peer)),
      dropped: notice => this.state !== 'closed' && this.emit('dropped', /** @type {any} */ (notice)),
    });
    this.#questions = new Questions(clock, (to, content, timeout) => this.relay('message', to, content, { timeout }));
    this.#calls = new Calls({ ...services, tell: this.#tell.bind(this) });
    this.#topics = new Standing({
      add: ([topic]) => ({ type: 'subscribe', topic }),
      remove: ([topic]) => ({ type: 'unsubscribe', topic }),
      most: 1,
    }, { ...services, lost: ([topic], error) => this.emit('unsubscribed', { topic, error }) });
    this.#watched = new Standing({
      add: users => ({ type: 'watch', users }),
      remove: users => ({ type: 'unwatch', users }),
      most: WATCHED_MOST,
    }, {
      ...services,
      lost: (users, error) => {
        this.#forgetPresence(users);
        this.emit('unwatched', { users, error });
      },
    });
    this.#ice = new IceServers(clock, random, {
      ask: this.#ask.bind(this),
      changed: change => this.emit('ice-servers', change),
    });
    this.#token = new Token(options.token, clock, random, this.#ask.bind(this));
    this.ready = new Promise((resolve, reject) => {
      const off = this.on('state', ({ state, reason, error }) => {
        if (state !== 'online' && state !== 'closed') return;
        off();
        if (state === 'online') resolve();
        else reject(error ?? new SignalingError('closed', reason ?? 'closed'));
      });
    });
    this.ready.catch(() => {}); // whoever does not wait for it hears of the end by the event
    this.#uplink = new Uplink({ url: socketAt(url), WebSocket, fetch, clock }, random, {
      hello: resume => greeting({ user, data, resume }, this.#token.next()),
      renewable: () => this.#token.renewable,
      welcome: frame => this.#welcomed(frame),
      frame: frame => this.#received(frame),
      state: change => this.#changed(change),
    });
    this.#stopWatching = watchPage({ wake: () => this.#uplink.wake(), hide: () => this.#uplink.pause() });
  }

  get state() {
    return this.#uplink.state;
  }

  /** @returns {RTCIceServer[]} what connections that begin now are to use */
  get iceServers() {
    return this.#ice.current;
  }

  /** What delivery from end to end has to do, and has had to. */
  get delivery() {
    const { resent, duplicates, pending } = this.#delivery;
    return { resent, duplicates, pending };
  }

  /** @returns {import('../heliograph.js').Transport | undefined} */
  get transport() {
    return this.#uplink.transport;
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
   * Rings a user, on all devices. Best after `ready`: where there is no connection, the call ends at once.
   *
   * @param {string} user
   * @param {import('../heliograph.js').CallOptions} [options]
   * @returns {Call} to listen to
   */
  call(user, options = {}) {
    return this.#calls.call(user, options);
  }

  /**
   * Wants to know how many peers these users have, from now on and at every change: as `presence` events, and in
   * `presence`.
   *
   * @param {string[]} users
   * @returns {Promise<void>} once each has been told
   */
  async watch(users) {
    try {
      await this.#stand(this.#watched, users);
    } finally {
      this.#forgetPresence(users.filter(user => !this.#watched.has(user)));
    }
  }

  /** @param {string[]} users */
  async unwatch(users) {
    this.#forgetPresence(users);
    await this.#watched.remove(users);
  }

  /**
   * What is published there arrives as `message` events with a `topic`.
   *
   * @param {string} topic
   * @returns {Promise<void>} once nothing is missed any more
   */
  subscribe(topic) {
    return this.#stand(this.#topics, [topic]);
  }

  /** @param {string} topic */
  async unsubscribe(topic) {
    await this.#topics.remove([topic]);
  }

  /**
   * To everyone who has subscribed, but oneself.
   *
   * @param {string} topic
   * @param {unknown} [data]
   * @param {SendOptions} [options]
   */
  publish(topic, data, options) {
    return this.relay('message', { topic }, data, options);
  }

  /**
   * Sends an offer, an answer, a candidate, a bye or a message. Without a connection it waits for the next one. What goes
   * `to` a peer is kept until that peer has confirmed it, and sent again where it must be.
   *
   * @param {RelayType} type
   * @param {Address} address
   * @param {unknown} [data]
   * @param {SendOptions} [options]
   * @returns {Promise<void>} once it is on its way at every node concerned
   */
  async relay(type, address, data, options) {
    await this.#send({ ...address, type, data }, options);
  }

  /**
   * Sends a message that wants an answer: the other side's `message` event has a `reply`.
   *
   * @param {Address} address
   * @param {unknown} [data]
   * @param {{timeout?: number}} [options]
   * @returns {Promise<any>} the first answer
   */
  ask(address, data, { timeout } = {}) {
    return this.#questions.ask(address, data, timeout);
  }

  /**
   * Sends any frame, now or not at all, and waits for its answer.
   *
   * @param {Frame} frame
   * @param {{timeout?: number}} [options]
   * @returns {Promise<Frame>} rejects with a `SignalingError`
   */
  request(frame, { timeout } = {}) {
    return new Promise((answered, failed) => this.#uplink.ask(this.#delivery.mark(frame), { answered, failed }, timeout));
  }

  /**
   * Sends any frame without asking for an answer; what goes wrong arrives as an `error` event.
   *
   * @param {Frame} frame
   */
  post(frame) {
    this.#uplink.post(this.#delivery.mark(frame));
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

  /**
   * Sends a frame now, or with the next connection, behind those that wait for it.
   *
   * @param {Frame} frame
   * @param {SendOptions} [options]
   * @returns {Promise<Frame>}
   */
  #send(frame, { timeout, volatile = false } = {}) {
    if (volatile) return this.request(frame, { timeout });
    if (this.#uplink.ready && this.#outbox.empty) {
      return new Promise((answered, failed) => this.#dispatch(frame, { answered, failed }, timeout));
    }
    if (this.state === 'closed') return Promise.reject(new SignalingError('closed', 'the client is closed'));
    return new Promise((answered, failed) => this.#outbox.add(frame, { answered, failed }, this.peer, timeout));
  }

  /**
   * @param {Frame} frame
   * @param {import('./requests.js').Asker} asker
   * @param {number} [timeout]
   */
  #dispatch(frame, asker, timeout) {
    if (frame.to === undefined) this.#uplink.ask(frame, asker, timeout);
    else this.#delivery.send(frame, asker, timeout);
  }

  /**
   * Sends what may be said twice until it is answered, over as many connections as the session has, and for a while also where
   * another server does not answer.
   *
   * @param {Frame} frame
   * @returns {Promise<Frame>}
   */
  async #tell(frame) {
    const giveUpAt = this.#clock.now() + TELL_FOR;
    for (;;) {
      const { peer } = this;
      try {
        return await this.#send(frame);
      } catch (error) {
        const failure = /** @type {SignalingError} */ (error);
        const unheard = isUnheard(failure) && this.#clock.now() < giveUpAt;
        if (unheard) await this.#pause(TELL_PAUSE);
        if (!(unheard || failure.code === 'disconnected') || this.peer !== peer || this.state === 'closed') throw error;
      }
    }
  }

  /** @param {number} milliseconds or until it is closed @returns {Promise<void>} */
  #pause(milliseconds) {
    return new Promise(resolve => {
      const over = () => {
        off();
        cancel();
        resolve();
      };
      const off = this.on('state', ({ state }) => state === 'closed' && over());
      const cancel = this.#clock.after(milliseconds, over);
    });
  }

  /**
   * @param {Standing} standing
   * @param {string[]} names
   */
  async #stand(standing, names) {
    if (this.state === 'closed') throw new SignalingError('closed', 'the client is closed');
    await standing.add(names);
  }

  /** @param {string[]} users of whom nothing more is heard */
  #forgetPresence(users) {
    for (const user of users) this.presence.delete(user);
  }

  /** @param {Frame} sent by the server */
  #received(sent) {
    const frame = this.#delivery.receive(sent);
    if (!frame) return;
    if (frame.type === 'ice-servers') return this.#ice.take(frame);
    const call = frame.call === undefined ? undefined : this.#calls.receive(frame);
    if (call) this.emit('call', call);
    if (frame.type === 'call') return;
    const heard = frame.type === 'message' ? this.#questions.receive(frame) : frame;
    if (!heard) return;
    if (heard.type === 'presence' && this.#watched.has(heard.user)) this.presence.set(heard.user, heard.peers);
    this.#rooms.get(heard.room)?.receive(heard);
    if (heard.type === 'peer-left') this.#delivery.left(heard.peer);
    this.emit(/** @type {'message'} */ (heard.type), /** @type {any} */ (heard));
  }

  /** @param {Frame} frame */
  #welcomed(frame) {
    const previous = this.peer;
    const resumed = frame.resumed === true;
    if (!resumed) this.#delivery.end(new SignalingError('disconnected', 'the session that this belonged to is over'));
    this.peer = frame.peer;
    this.user = frame.user;
    this.limits = frame.limits ?? {};
    this.#ice.take(frame);
    this.#token.take(frame);
    const rosters = (resumed && frame.rooms) || [];
    if (previous) void this.#returned(previous, resumed, rosters);
    else for (const room of this.#rooms.values()) void room.enter();
    this.#topics.restore(frame.topics ?? []);
    this.#watched.restore(frame.watching ?? []);
    this.#delivery.back();
    this.#outbox.flush(frame.peer, this.#dispatch.bind(this));
    this.#departFrom(rosters);
    if (resumed) return this.#calls.back(frame.calls ?? []);
    this.#questions.renamed();
    this.#calls.lose();
  }

  /**
   * @param {string} previous
   * @param {boolean} resumed
   * @param {Frame[]} rosters
   */
  async #returned(previous, resumed, rosters) {
    const peer = /** @type {string} */ (this.peer);
    const rooms = [...this.#rooms.values()];
    const entering = rooms.filter(({ name }) => !rosters.some(({ room }) => room === name)).map(room => room.enter());
    for (const roster of rosters) this.#resume(roster);
    await Promise.all(entering);
    if (this.peer === peer) this.emit('rejoined', { previous, peer, resumed, rooms: rooms.filter(room => room.joined) });
  }

  /** What changed meanwhile is told as if it happened now. @param {Frame} roster of a room that the session is in */
  #resume(roster) {
    const room = this.#rooms.get(roster.room);
    if (room) for (const change of room.resume(roster)) this.#received(change);
  }

  /** Of these rooms some have been left meanwhile, behind what was said in them before. @param {Frame[]} rosters */
  #departFrom(rosters) {
    for (const { room } of rosters) if (!this.#rooms.has(room)) void this.room(room).depart();
  }

  /** @param {StateChange} change */
  #changed(change) {
    if (change.state !== 'online') {
      this.#ice.stop();
      this.#token.stop();
    }
    if (change.state === 'closed') this.#end(new SignalingError('closed', change.reason ?? 'closed'));
    else if (change.state !== 'online') this.#away();
    this.emit('state', change);
  }

  #away() {
    this.#calls.away();
    this.#delivery.away();
  }

  /** @param {SignalingError} error */
  #end(error) {
    this.#stopWatching();
    for (const room of [...this.#rooms.values()]) room.end(error);
    for (const standing of [this.#topics, this.#watched]) standing.end(error);
    this.#outbox.failAll(error);
    this.#delivery.end(error);
    this.#questions.failAll(error);
    this.#calls.lose();
  }
}
