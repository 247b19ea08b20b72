// @ts-check
/** One connection, from the greeting to the end. It never comes back; `Uplink` opens the next one. */

import { BROKEN, SILENT } from './closing.js';
import { Dialed } from './dial.js';
import { SignalingError } from './errors.js';
import { Heartbeat } from './heartbeat.js';
import { Requests } from './requests.js';

/** @typedef {import('../heliograph.js').Frame} Frame */
/** @typedef {import('../heliograph.js').Ending} Ending */
/** @typedef {import('./dial.js').Place} Place */
/** @typedef {import('./requests.js').Asker} Asker */
/**
 * @typedef {object} Owner
 * @property {(frame: Frame) => void} welcome
 * @property {(frame: Frame) => void} frame everything that is no answer
 * @property {(ending: Ending) => void} closed called once, and not after `close()`
 */

const OPEN_WITHIN = 10_000;
/** Refusals of `hello` that another try would meet again, as the close codes they amount to. */
const FINAL = new Map([['unauthorized', 4001], ['forbidden', 4001], ['bad-request', 1008], ['bad-frame', 1008]]);

export class Connection {
  /** `hello` is out: from here on the session may belong to this connection. */
  greeted = false;

  /** @type {Dialed | undefined} once it is known what to say */
  #socket;
  #over = false;
  #clock;
  #owner;
  #requests;
  /** @type {Heartbeat | undefined} */
  #heartbeat;
  #cancelOpening;
  /** @type {() => void} */
  #cancelPing = () => {};

  /**
   * @param {Place} place
   * @param {Record<string, any> | Promise<Record<string, any>>} hello
   * @param {Owner} owner
   */
  constructor(place, hello, owner) {
    const { clock } = place;
    this.#clock = clock;
    this.#owner = owner;
    this.#requests = new Requests(clock);
    if (hello instanceof Promise) hello.then(fields => this.#dial(place, fields), error => this.#speechless(error));
    else this.#dial(place, hello);
    this.#cancelOpening = clock.after(OPEN_WITHIN, () =>
      this.#abandon({ code: BROKEN, reason: `not open within ${OPEN_WITHIN} ms` }));
  }

  /** How it reaches the server, once it does. */
  get transport() {
    return this.#socket?.transport;
  }

  /**
   * Sends a frame and hands its answer to the asker.
   *
   * @param {Frame} frame
   * @param {Asker} asker
   * @param {number} [timeout] milliseconds
   */
  ask(frame, asker, timeout) {
    this.post({ ...frame, id: this.#requests.ask(asker, timeout) });
  }

  /**
   * Sends a frame and expects nothing.
   *
   * @param {Frame} frame
   */
  post(frame) {
    if (this.#socket && this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  /** Finds out now whether the other side is there. */
  probe() {
    this.#heartbeat?.probe();
  }

  /**
   * The owner is done with it and hears nothing more.
   *
   * @param {number} code
   */
  close(code) {
    this.#detach();
    this.#socket?.close(code);
  }

  /**
   * @param {Place} place
   * @param {Record<string, any>} hello
   */
  #dial(place, hello) {
    if (this.#over) return;
    this.#socket = new Dialed(place);
    this.#socket.onopen = () => this.#greet(hello);
    this.#socket.onmessage = ({ data }) => this.#receive(data);
    this.#socket.onclose = ({ code, reason }) => this.#end({ code, reason });
  }

  /** @param {unknown} cause why there is no token to greet with */
  #speechless(cause) {
    if (this.#over) return;
    const error = new SignalingError('unauthorized', `token: not to be had: ${cause instanceof Error ? cause.message : cause}`);
    this.#end({ code: BROKEN, reason: error.message, error });
  }

  /** @param {Record<string, any>} hello */
  #greet(hello) {
    this.#cancelOpening();
    this.greeted = true;
    this.ask({ ...hello, type: 'hello' }, {
      answered: welcome => {
        this.#heartbeat = new Heartbeat(this.#clock, welcome.heartbeat, {
          ping: () => this.post({ type: 'ping' }),
          dead: () => this.#abandon({ code: SILENT, reason: 'silent' }),
        });
        if (this.transport === 'sockjs') this.#showLife(welcome.heartbeat);
        this.#owner.welcome(welcome);
      },
      failed: error => {
        if (error.code === 'disconnected') return; // whoever ended the connection has told, or need not be told
        this.#abandon({ code: FINAL.get(error.code) ?? BROKEN, reason: error.message, error });
      },
    });
  }

  /**
   * Over SockJS only frames count as life. The server's beat reaches also a page in the background, whose timers run late.
   *
   * @param {number} heartbeat
   */
  #showLife(heartbeat) {
    const ping = () => this.post({ type: 'ping' });
    const again = () => {
      this.#cancelPing = this.#clock.after(heartbeat, () => {
        ping();
        again();
      });
    };
    if (this.#socket) this.#socket.onbeat = ping;
    again();
  }

  /** @param {unknown} text */
  #receive(text) {
    this.#heartbeat?.heard();
    const frame = decode(text);
    if (frame && !this.#requests.answer(frame)) this.#owner.frame(frame);
  }

  /**
   * Ends it without waiting for the other side, which may be gone: browsers take minutes to tell.
   *
   * @param {Ending} ending
   */
  #abandon(ending) {
    this.#end(ending);
    this.#socket?.close(SILENT);
  }

  /** @param {Ending} ending */
  #end(ending) {
    this.#detach();
    this.#owner.closed(ending);
  }

  #detach() {
    this.#over = true;
    if (this.#socket) {
      this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = this.#socket.onbeat = null;
    }
    this.#cancelOpening();
    this.#cancelPing();
    this.#heartbeat?.stop();
    this.#requests.failAll(new SignalingError('disconnected', 'the connection to the server ended'));
  }
}

/**
 * @param {unknown} text
 * @returns {Frame | undefined} nothing for what is no frame
 */
function decode(text) {
  try {
    const frame = JSON.parse(String(text));
    return typeof frame?.type === 'string' ? frame : undefined;
  } catch {
    return undefined;
  }
}
