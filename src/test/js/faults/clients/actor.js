// @ts-check
/** One client through all its pages: does what its seed says, round after round. */

import { seeded } from '../../unit/fakes.js';
import { Page, RELAYS } from './page.js';

/** @typedef {import('./events.js').WorkerSettings} WorkerSettings */
/** @typedef {import('../../../../../webroot/heliograph.js').Call} Call */

const ROOMS_MOST = 3;
const BURST_MOST = 6;
const CLIENTS_A_ROOM = 5;
const CLIENTS_A_USER = 2;
const CLIENTS_A_TOPIC = 8;
/** Every third room is small enough to be full now and then. */
const SMALL = 4;
const WATCHED_MOST = 4;

/** How often an operation comes, beside the others. */
const WEIGHTS = {
  signal: 40, 'cast-room': 14, 'cast-topic': 6, 'cast-user': 5, join: 9, leave: 6, update: 5, subscribe: 4, unsubscribe: 2,
  watch: 4, unwatch: 2, call: 6, 'hang-up': 3, cut: 2, reload: 1.2, crash: 0.6,
};
/** @typedef {keyof typeof WEIGHTS} Operation */
const TOTAL = Object.values(WEIGHTS).reduce((sum, weight) => sum + weight);

/** @param {number} part from 0 to just below 1 @returns {Operation} */
function operationAt(part) {
  let left = part * TOTAL;
  for (const [name, weight] of Object.entries(WEIGHTS)) {
    left -= weight;
    if (left < 0) return /** @type {Operation} */ (name);
  }
  return 'signal';
}

/** @template T @param {T[]} all @param {number} part from 0 to just below 1 @returns {T | undefined} */
function pick(all, part) {
  return all[Math.floor(part * all.length)];
}

export class Actor {
  /** @type {Page} */
  page;
  #index;
  #settings;
  #report;
  #count;
  /** For what happens at no time that a seed could tell: pauses of the library, addresses, answers to calls. */
  #habits;
  #addresses;
  /** Of the pages before. */
  #delivered = { resent: 0, duplicates: 0, pending: 0 };
  /** @type {NodeJS.Timeout | undefined} set while it acts */
  #timer;

  /**
   * @param {number} index
   * @param {WorkerSettings} settings
   * @param {import('./page.js').Report} report
   * @param {(operation: string) => void} count
   */
  constructor(index, settings, report, count) {
    this.#index = index;
    this.#settings = settings;
    this.#report = report;
    this.#count = count;
    this.#habits = this.#stream(-1);
    this.#addresses = settings.ways[index % settings.ways.length];
    this.page = this.#open();
  }

  /** Into its first rooms. */
  async begin() {
    await this.page.client.ready;
    const random = this.#stream(-2);
    for (let room = 0; room < 2; room++) this.#join(random());
  }

  /** @param {number} round acts from now on as this round's seed says */
  go(round) {
    const random = this.#stream(round);
    const next = () => {
      const pause = -Math.log(1 - random()) / this.#settings.rate * 1000;
      this.#timer = setTimeout(() => {
        this.#act(operationAt(random()), random(), random(), random());
        next();
      }, pause);
    };
    this.pause();
    next();
  }

  pause() {
    clearTimeout(this.#timer);
  }

  /** Sends something to every room and topic it is in. @param {number} probe */
  probe(probe) {
    for (const room of this.page.rooms.keys()) void this.page.cast({ room }, probe);
    for (const topic of this.page.topics) void this.page.cast({ topic }, probe);
  }

  hangUp() {
    for (const call of this.page.calls) void this.page.ask(call.hangup());
  }

  /** What the library counted, on the pages before and on this one. */
  deliveries() {
    return [this.#delivered, this.page.delivery];
  }

  #open() {
    const { speed } = this.#settings;
    const page = new Page({
      index: this.#index, user: this.#user(this.#index), addresses: this.#addresses, speed, random: this.#habits, report: this.#report,
    });
    page.client.on('call', call => this.#called(page, call));
    return page;
  }

  /** @param {Operation} operation @param {number} a @param {number} b @param {number} c each from 0 to just below 1 */
  #act(operation, a, b, c) {
    const { page } = this;
    const { client } = page;
    const joined = [...page.rooms.values()].filter(room => room.joined).sort((one, other) => one.name < other.name ? -1 : 1);
    const room = pick(joined, a);
    this.#count(operation);
    switch (operation) {
      case 'signal': {
        const others = [...room?.peers.values() ?? []].sort((one, other) => one.data.client - other.data.client);
        const other = pick(others, b);
        if (other) this.#burst(other.peer, c);
        break;
      }
      case 'cast-room': if (room) void page.cast({ room: room.name }); break;
      case 'cast-topic': void page.cast({ topic: this.#topic(a) }); break;
      case 'cast-user': void page.cast({ user: this.#user(Math.floor(a * this.#settings.clients)) }); break;
      case 'join': this.#join(a); break;
      case 'leave': if (room) void page.leave(room.name); break;
      case 'update': if (room) void page.ask(room.update({ client: this.#index, mood: b })); break;
      case 'subscribe': this.#subscribe(this.#topic(a)); break;
      case 'unsubscribe': this.#unsubscribe(this.#topic(a)); break;
      case 'watch':
        if (client.presence.size < WATCHED_MOST) void page.ask(client.watch([this.#user(Math.floor(a * this.#settings.clients))]));
        break;
      case 'unwatch': {
        const user = pick([...client.presence.keys()].sort(), a);
        if (user) void page.ask(client.unwatch([user]));
        break;
      }
      case 'call': this.#call(this.#user(Math.floor(a * this.#settings.clients))); break;
      case 'hang-up': this.hangUp(); break;
      case 'cut': page.cut(); break;
      case 'reload': this.#again(() => page.close()); break;
      case 'crash': this.#again(() => page.crash()); break;
      default: throw new Error(`operation: ${operation}`);
    }
  }

  /** @param {string} peer @param {number} part of the longest burst */
  #burst(peer, part) {
    const count = 1 + Math.floor(part * BURST_MOST);
    for (let each = 0; each < count; each++) void this.page.signal(peer, RELAYS[each % RELAYS.length]);
  }

  /** @param {number} part which of all rooms */
  #join(part) {
    const { page } = this;
    const number = Math.floor(part * Math.max(2, this.#settings.clients / CLIENTS_A_ROOM));
    const name = `room${number}`;
    if (page.rooms.has(name) || page.rooms.size >= ROOMS_MOST || page.client.state === 'closed') return;
    void page.join(name, number % 3 === 0 ? SMALL : 0);
  }

  /** @param {string} topic */
  #subscribe(topic) {
    const { page } = this;
    page.topics.add(topic);
    page.ask(page.client.subscribe(topic).catch(error => {
      page.topics.delete(topic);
      throw error;
    }));
  }

  /** @param {string} topic */
  #unsubscribe(topic) {
    if (this.page.topics.delete(topic)) void this.page.ask(this.page.client.unsubscribe(topic));
  }

  /** @param {string} user */
  #call(user) {
    const { page } = this;
    if (page.client.state !== 'online' || page.calls.size > 0) return;
    this.#follow(page, page.client.call(user));
  }

  /** @param {Page} page @param {Call} call somebody rings */
  #called(page, call) {
    this.#follow(page, call);
    const habit = this.#habits();
    if (habit < 0.2) return; // lets it ring
    this.#soon(page, 1_500, () => {
      if (call.state !== 'ringing') return;
      void page.ask(habit < 0.8 ? call.accept() : call.reject('busy'));
    });
  }

  /** @param {Page} page @param {Call} call */
  #follow(page, call) {
    page.calls.add(call);
    call.on('ended', () => page.calls.delete(call));
    call.on('accepted', () => {
      if (call.peer) this.#burst(call.peer, this.#habits());
    });
    if (this.#habits() < 0.5) this.#soon(page, 6_000, () => void page.ask(call.hangup()));
  }

  /** @param {() => void} leave A page goes, and comes again as a browser would load it again. */
  #again(leave) {
    const wanted = { rooms: [...this.page.rooms.keys()], topics: [...this.page.topics], users: [...this.page.client.presence.keys()] };
    const { resent, duplicates } = this.page.delivery;
    this.#delivered.resent += resent;
    this.#delivered.duplicates += duplicates;
    leave();
    const page = this.#open();
    this.page = page;
    page.client.ready.then(() => {
      for (const name of wanted.rooms) void page.join(name, Number(name.slice('room'.length)) % 3 === 0 ? SMALL : 0);
      for (const topic of wanted.topics) this.#subscribe(topic);
      if (wanted.users.length > 0) void page.ask(page.client.watch(wanted.users));
    }, () => {});
  }

  /** @param {Page} page @param {number} most milliseconds @param {() => void} task */
  #soon(page, most, task) {
    setTimeout(() => {
      if (this.page === page) task();
    }, this.#habits() * most);
  }

  /** @param {number} index */
  #user(index) {
    return `user${Math.floor(index / CLIENTS_A_USER)}`;
  }

  /** @param {number} part */
  #topic(part) {
    return `topic${Math.floor(part * Math.max(2, this.#settings.clients / CLIENTS_A_TOPIC))}`;
  }

  /** @param {number} round */
  #stream(round) {
    const { seed, clients } = this.#settings;
    return seeded(seed * 1_000_003 + (round + 2) * clients + this.#index);
  }
}
