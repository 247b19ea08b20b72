// @ts-check
/** Opens a connection by whichever way works: a WebSocket, or SockJS where WebSocket is blocked. */

import { BROKEN } from './closing.js';
import { SockJsSocket } from './sockjs.js';
import { waysTo } from './ways.js';

/** @typedef {import('../heliograph.js').Clock} Clock */
/** @typedef {import('../heliograph.js').Transport} Transport */
/** @typedef {import('../heliograph.js').WebSocketClass} WebSocketClass */
/** @typedef {InstanceType<WebSocketClass> & {onbeat?: (() => void) | null}} Socket */
/**
 * @typedef {object} Place
 * @property {string | URL} url
 * @property {WebSocketClass | undefined} WebSocket
 * @property {typeof globalThis.fetch | undefined} fetch
 * @property {Clock} clock
 */

const SUBPROTOCOL = 'heliograph.v1';
/** A proxy may swallow an upgrade instead of refusing it. */
const HANGS_AFTER = 3_000;

/** What one try opens: the socket that is open first, after which the other one is dropped. */
export class Dialed {
  OPEN = 1;
  /** @type {Transport | undefined} once open */
  transport;
  /** @type {((event: any) => void) | null} */
  onopen = null;
  /** @type {((event: any) => void) | null} */
  onmessage = null;
  /** @type {((event: any) => void) | null} */
  onclose = null;
  /** @type {(() => void) | null} */
  onbeat = null;

  #place;
  #memory;
  /** @type {Transport[]} not tried yet */
  #untried;
  /** @type {Map<Transport, Socket>} */
  #sockets = new Map();
  #cancelHanging;

  /** @param {Place} place */
  constructor(place) {
    this.#place = place;
    this.#memory = waysTo(place);
    this.#untried = this.#memory.order(place.clock.now());
    this.#cancelHanging = this.#untried.length > 1 ? place.clock.after(HANGS_AFTER, () => this.#next()) : () => {};
    this.#next();
  }

  get readyState() {
    return this.#chosen()?.readyState ?? 0;
  }

  /** @param {string} text */
  send(text) {
    this.#chosen()?.send(text);
  }

  /** @param {number} [code] */
  close(code) {
    this.#cancelHanging();
    this.#untried = [];
    for (const socket of this.#sockets.values()) socket.close(code);
  }

  #chosen() {
    return this.transport && this.#sockets.get(this.transport);
  }

  #next() {
    const way = this.#untried.shift();
    if (!way) return;
    const { url, WebSocket, fetch } = this.#place;
    /** @type {Socket} */
    const socket = way === 'sockjs'
      ? new SockJsSocket(String(url), /** @type {typeof globalThis.fetch} */ (fetch))
      : new /** @type {WebSocketClass} */ (WebSocket)(String(url), SUBPROTOCOL);
    this.#sockets.set(way, socket);
    socket.onopen = event => this.#opened(way, event);
    socket.onmessage = event => this.onmessage?.(event);
    socket.onclose = event => this.#closed(way, event);
    socket.onerror = () => {};
    socket.onbeat = () => this.onbeat?.();
  }

  /**
   * @param {Transport} way
   * @param {any} event
   */
  #opened(way, event) {
    this.#cancelHanging();
    this.#untried = [];
    for (const [other, socket] of this.#sockets) {
      if (other === way) continue;
      this.#sockets.delete(other);
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    this.transport = way;
    this.#memory.worked(way, this.#place.clock.now());
    this.onopen?.(event);
  }

  /**
   * @param {Transport} way
   * @param {any} event
   */
  #closed(way, event) {
    if (this.transport) return void this.onclose?.(event);
    this.#sockets.delete(way);
    this.#memory.failed(way);
    if (this.#untried.length > 0) this.#next();
    if (this.#sockets.size > 0) return;
    this.#cancelHanging();
    this.onclose?.({ code: event.code ?? BROKEN, reason: event.reason });
  }
}
