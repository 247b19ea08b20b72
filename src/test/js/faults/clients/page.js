// @ts-check
/** One library client from its start to its end, as a page in a browser has one, and what it reports. */

import { Client } from '../../../../../webroot/heliograph.js';
import { fastClock } from './fast-clock.js';
import { Line } from './line.js';

/** @typedef {import('../../../../../webroot/heliograph.js').Room} Room */
/** @typedef {import('../../../../../webroot/heliograph.js').RelayType} RelayType */
/** @typedef {import('../../../../../webroot/heliograph.js').Relayed} Relayed */
/** @typedef {import('./events.js').Event} Event */
/** @typedef {import('./events.js').Snapshot} Snapshot */
/** @typedef {(event: any) => void} Report */
/**
 * @typedef {object} PageOptions
 * @property {number} index of the client, which outlives its pages
 * @property {string} user
 * @property {string[]} addresses
 * @property {number} speed
 * @property {() => number} random
 * @property {Report} report
 */

/** @type {RelayType[]} */
export const RELAYS = ['offer', 'answer', 'candidate', 'bye', 'message'];
const ENDINGS = ['hangup', 'reject'];

export class Page {
  client;
  /** @type {Map<string, Room>} wanted, joined or on the way */
  rooms = new Map();
  /** @type {Set<string>} */
  topics = new Set();
  /** @type {Set<import('../../../../../webroot/heliograph.js').Call>} */
  calls = new Set();
  /** Questions and relays not settled yet. */
  open = 0;

  #index;
  #user;
  #line;
  #report;
  /** @type {string | undefined} as the last welcome on the wire said */
  #peer;
  /** @type {Map<string, number>} how many relays went to an address, by `peer` and address */
  #numbers = new Map();
  /** @type {Map<string, any>} frames of calls that wait for their answer, by id */
  #asked = new Map();

  /** @param {PageOptions} options */
  constructor({ index, user, addresses, speed, random, report }) {
    this.#index = index;
    this.#user = user;
    this.#report = report;
    this.#line = new Line(addresses, random, { sent: frame => this.#sends(frame), received: frame => this.#receives(frame) });
    this.client = new Client({
      url: 'ws://servers/v1/ws', user, data: { client: index }, random,
      WebSocket: this.#line.WebSocket,
      clock: fastClock(speed, () => !this.#line.dead),
    });
    this.client.on('state', ({ state, code }) => this.#tell({ what: 'line', state, code }));
    this.client.on('dropped', ({ to, count, reason }) => this.#tell({ what: 'dropped', to, count, reason }));
    for (const type of RELAYS) this.client.on(type, relayed => this.#relayed(relayed));
  }

  /** How the library's end-to-end delivery went. */
  get delivery() {
    return this.client.delivery;
  }

  /** @param {string} name @param {number} capacity */
  async join(name, capacity) {
    if (this.rooms.has(name)) return;
    const room = this.client.room(name, { capacity });
    this.rooms.set(name, room);
    room.on('joined', ({ peers }) => this.#tell({
      what: 'joined', room: name, capacity: room.capacity, order: room.order, peers: peers.map(({ peer, order }) => ({ peer, order })),
    }));
    room.on('peer-joined', ({ peer, order }) => this.#tell({ what: 'peer-joined', room: name, other: peer, order }));
    room.on('peer-updated', ({ peer }) => this.#tell({ what: 'peer-updated', room: name, other: peer }));
    room.on('peer-left', ({ peer, reason }) => this.#tell({ what: 'peer-left', room: name, other: peer, reason }));
    room.on('refused', ({ retryIn }) => {
      if (retryIn === undefined) this.#out(name, room);
    });
    try {
      await this.#settle(room.join());
    } catch {
      this.#out(name, room);
    }
  }

  /** @param {string} name */
  async leave(name) {
    const room = this.rooms.get(name);
    if (!room) return;
    this.rooms.delete(name);
    this.#tell({ what: 'leaving', room: name });
    await this.#settle(room.leave());
    this.#tell({ what: 'out', room: name });
  }

  /** @param {string} to @param {RelayType} type */
  async signal(to, type) {
    const from = this.client.peer;
    if (!from) return;
    const n = this.#number(from, to);
    this.#tell({ what: 'sent', to, n, peer: from });
    try {
      await this.#settle(this.client.relay(type, { to }, { from, to, n }));
    } catch (error) {
      this.#tell({ what: 'failed', to, n, code: /** @type {any} */ (error).code ?? String(error), peer: from });
    }
  }

  /**
   * @param {{room: string} | {user: string} | {topic: string}} address
   * @param {number} [probe]
   */
  async cast(address, probe) {
    const from = this.client.peer;
    if (!from) return;
    const n = this.#number(from, JSON.stringify(address));
    await this.#settle(this.client.relay('message', address, { from, n, probe })).catch(() => {});
  }

  /** @param {Promise<unknown>} asked what may also fail */
  async ask(asked) {
    await this.#settle(asked).catch(() => {});
  }

  /** Breaks its connections. */
  cut() {
    this.#line.cut();
  }

  close() {
    this.client.close();
    this.#tell({ what: 'over', how: 'closed' });
    this.#report = () => {};
  }

  crash() {
    this.#line.die();
    this.#tell({ what: 'over', how: 'crashed' });
    this.#report = () => {};
  }

  /** @returns {Snapshot} */
  snapshot() {
    /** @type {Snapshot['rooms']} */
    const rooms = {};
    for (const [name, room] of this.rooms) {
      if (!room.joined) continue;
      const peers = [...room.peers.values()].map(({ peer, order }) => ({ peer, order }));
      rooms[name] = { order: room.order ?? 0, capacity: room.capacity ?? 0, peers };
    }
    const calls = [...this.calls].filter(({ state }) => state !== 'ended');
    return {
      client: this.#index,
      state: this.client.state,
      peer: this.client.peer,
      user: this.#user,
      rooms,
      topics: [...this.topics],
      presence: Object.fromEntries(this.client.presence),
      calls: Object.fromEntries(calls.map(({ id, state }) => [id, state])),
      open: this.open,
    };
  }

  /** @param {string} name @param {Room} room */
  #out(name, room) {
    if (this.rooms.get(name) === room) this.rooms.delete(name);
    this.#tell({ what: 'out', room: name });
  }

  /** @param {string} from @param {string} address */
  #number(from, address) {
    const key = `${from} ${address}`;
    const n = (this.#numbers.get(key) ?? 0) + 1;
    this.#numbers.set(key, n);
    return n;
  }

  /** @template T @param {Promise<T>} asked */
  async #settle(asked) {
    this.open++;
    try {
      return await asked;
    } finally {
      this.open--;
    }
  }

  /** @param {Relayed} relayed */
  #relayed({ from, room, user, topic, data }) {
    const { n, to, probe } = data;
    if (to !== undefined) return this.#tell({ what: 'got', from, origin: data.from, to, n });
    const [by, name] = room !== undefined ? ['room', room] : user !== undefined ? ['user', user] : ['topic', topic];
    this.#tell({ what: 'heard', by, name, from, origin: data.from, n, probe });
  }

  /** @param {any} frame on its way to the server */
  #sends(frame) {
    if (frame.type === 'join') this.#tell({ what: 'joining', room: frame.room });
    if (frame.type === 'leave') this.#tell({ what: 'leaving', room: frame.room }); // also when the library gives up a join
    if (frame.id !== undefined && ENDINGS.includes(frame.type)) this.#asked.set(frame.id, frame);
  }

  /** @param {any} frame on its way to the library */
  #receives(frame) {
    const { type, call, reason } = frame;
    if (type === 'welcome') {
      this.#peer = frame.peer;
      this.#asked.clear();
      this.#tell({ what: 'welcome', resumed: frame.resumed === true, user: this.#user, since: this.#line.heardAt });
    }
    if (type === 'call' || type === 'ringing') this.#tell({ what: 'call', call, step: 'begin' });
    if (type === 'accepted') this.#tell({ what: 'call', call, step: 'accepted' });
    if (type === 'call-ended') this.#tell({ what: 'call', call, step: 'end', reason });
    const asked = this.#asked.get(frame.re);
    this.#asked.delete(frame.re);
    if (asked && type === 'ok') this.#tell({ what: 'call', call: asked.call, step: 'ended-it' });
  }

  /** @param {any} event */
  #tell(event) {
    this.#report({ at: Date.now(), client: this.#index, peer: this.#peer, ...event });
  }
}
