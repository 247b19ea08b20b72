// @ts-check
/** Keeps the client connected: opens, replaces and reopens connections, as close codes, drains and the page's life ask. */

import { backoff } from './backoff.js';
import { comeBack } from './closing.js';
import { Connection } from './connection.js';
import { SignalingError } from './errors.js';

/** @typedef {import('../heliograph.js').Frame} Frame */
/** @typedef {import('../heliograph.js').Ending} Ending */
/** @typedef {import('../heliograph.js').StateChange} StateChange */
/** @typedef {import('./requests.js').Asker} Asker */
/**
 * @typedef {object} Owner
 * @property {(resume: string | undefined) => Record<string, any> | Promise<Record<string, any>>} hello the fields of the next `hello`
 * @property {() => boolean} renewable whether the next one will bring another token
 * @property {(frame: Frame) => void} welcome
 * @property {(frame: Frame) => void} frame
 * @property {(change: StateChange) => void} state
 */

const OVERLOAD_PAUSE = 5_000;
/** Part of a drain's window in which to start, so that the rest is left to get there. */
const DRAIN_SHARE = 0.8;
const UNAUTHORIZED = 4001;
const RESUMED_ELSEWHERE = 4003;

export class Uplink {
  #place;
  #random;
  #owner;
  /** @type {StateChange} */
  #change = { state: 'connecting' };
  /** @type {string | undefined} Never stored: a copy of this page must not take the session over. */
  #session;
  #attempt = 0;
  /** @type {Connection | undefined} welcomed, in use */
  #current;
  /** @type {Connection | undefined} on its way to replace it */
  #next;
  /** One that was to replace it has greeted: the session is that one's, or the next one's. */
  #superseded = false;
  /** @type {() => void} */
  #cancelRetry = () => {};

  /**
   * @param {import('./dial.js').Place} place
   * @param {() => number} random
   * @param {Owner} owner
   */
  constructor(place, random, owner) {
    this.#place = place;
    this.#random = random;
    this.#owner = owner;
    this.#open();
  }

  get state() {
    return this.#change.state;
  }

  /** Whether there is a connection to send on. */
  get ready() {
    return this.#sendable() !== undefined;
  }

  /** How the connection in use reaches the server. */
  get transport() {
    return this.#current?.transport;
  }

  /**
   * Sends a frame, or fails it at once where there is no connection to send it on.
   *
   * @param {Frame} frame
   * @param {Asker} asker
   * @param {number} [timeout] milliseconds
   */
  ask(frame, asker, timeout) {
    const connection = this.#sendable();
    if (connection) connection.ask(frame, asker, timeout);
    else asker.failed(new SignalingError('disconnected', 'not connected to the server'));
  }

  /** @param {Frame} frame */
  post(frame) {
    this.#sendable()?.post(frame);
  }

  /** The network or the user is back: tries at once, or finds out whether the connection still lives. */
  wake() {
    if (this.state === 'waiting') this.#open();
    else this.#current?.probe();
  }

  /** Ends the session, but not for good: `wake` starts a new one. */
  pause() {
    if (this.state === 'closed') return;
    this.#drop();
    this.#enter({ state: 'waiting' });
  }

  close() {
    this.#finish({ code: 1000, reason: 'closed by the client' });
  }

  /** Once a new connection has greeted, the old one is only read. */
  #sendable() {
    return this.#superseded || this.#next?.greeted ? undefined : this.#current;
  }

  #open() {
    this.#cancelRetry();
    const hello = this.#owner.hello(this.#session);
    /** @type {Connection} */
    const connection = new Connection(this.#place, hello, {
      welcome: frame => this.#welcomed(connection, frame),
      frame: frame => this.#received(frame),
      closed: ending => this.#lost(connection, ending),
    });
    this.#next = connection;
    if (!this.#current) this.#enter({ state: 'connecting' });
  }

  /**
   * @param {Connection} connection
   * @param {Frame} frame
   */
  #welcomed(connection, frame) {
    const old = this.#current;
    this.#current = connection;
    this.#next = undefined;
    this.#superseded = false;
    this.#session = frame.session;
    this.#attempt = 0;
    old?.close(frame.resumed ? RESUMED_ELSEWHERE : 1000);
    this.#owner.welcome(frame);
    this.#enter({ state: 'online', transport: connection.transport });
  }

  /** @param {Frame} frame */
  #received(frame) {
    if (frame.type === 'draining' && !this.#next) {
      this.#retryIn(this.#random() * DRAIN_SHARE * (Number(frame.reconnectWithin) || 0));
    }
    this.#owner.frame(frame);
  }

  /**
   * @param {Connection} connection
   * @param {Ending} ending
   */
  #lost(connection, ending) {
    const unwelcomed = connection === this.#next;
    if (unwelcomed) {
      this.#next = undefined;
      if (connection.greeted && this.#current) this.#superseded = true;
    } else {
      this.#current = undefined;
    }
    // Before its welcome it was overtaken by an earlier try of ours, given up for slow: what that one got, nobody heard.
    const handingOver = ending.code === RESUMED_ELSEWHERE && (unwelcomed || this.#next || this.#superseded);
    const answer = comeBack(ending.code);
    // Its token has expired, as behind the back of a page that slept; one that was never good would not be better now.
    const expired = ending.code === UNAUTHORIZED && !unwelcomed && this.#owner.renewable();
    if (answer === 'never' && !handingOver && !expired) return this.#finish(ending);
    if (!this.#current) this.#superseded = false;
    if (this.#next) return this.#enter({ state: 'connecting', ...ending });
    const retryIn = (answer === 'later' ? OVERLOAD_PAUSE : 0) + backoff(this.#attempt++, this.#random);
    this.#retryIn(retryIn);
    if (!this.#current) this.#enter({ state: 'waiting', retryIn, ...ending });
  }

  /** @param {number} milliseconds */
  #retryIn(milliseconds) {
    this.#cancelRetry();
    this.#cancelRetry = this.#place.clock.after(milliseconds, () => this.#open());
  }

  /** @param {Ending} ending */
  #finish(ending) {
    if (this.state === 'closed') return;
    this.#drop();
    this.#enter({ state: 'closed', ...ending });
  }

  #drop() {
    this.#cancelRetry();
    this.#session = undefined;
    const open = [this.#next, this.#current];
    this.#next = this.#current = undefined;
    for (const connection of open) connection?.close(1000);
  }

  /** @param {StateChange} change */
  #enter(change) {
    this.#change = change;
    this.#owner.state(change);
  }
}
