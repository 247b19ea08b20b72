// @ts-check
/** How one client reaches the servers: the WebSocket class that the library is given, and what passes through it. */

import WebSocket from 'ws';

/** A balancer gives a server so long to answer. */
const HANDSHAKE_WITHIN = 1_000;
const BROKEN = 1006;

export class Line {
  /** When anything was last received, WebSocket pings included. */
  heardAt = 0;
  /** For the library. */
  WebSocket = (line => class extends Dial {
    /** @param {string} _url @param {string} protocol */
    constructor(_url, protocol) {
      super(line, protocol);
    }
  })(this);

  /** The process has crashed. */
  dead = false;

  /** @type {Set<Dial>} */
  #dials = new Set();
  #addresses;
  #random;
  #spy;

  /**
   * @param {string[]} addresses tried in random order at each dial, as a balancer would
   * @param {() => number} random
   * @param {{sent: (frame: any) => void, received: (frame: any) => void}} [spy] called before the other side gets it
   */
  constructor(addresses, random, spy) {
    this.#addresses = addresses;
    this.#random = random;
    this.#spy = spy;
  }

  /** Breaks every connection there is. */
  cut() {
    for (const dial of [...this.#dials]) dial.cut();
  }

  /** As if the process had crashed: nothing goes out any more, nor comes in. */
  die() {
    this.dead = true;
    for (const dial of [...this.#dials]) dial.die();
    this.#dials.clear();
  }

  /** @param {Dial} dial @returns {string[]} in the order in which to try them */
  begin(dial) {
    if (this.dead) return [];
    this.#dials.add(dial);
    return this.#addresses.map(address => ({ address, place: this.#random() }))
      .sort((a, b) => a.place - b.place).map(({ address }) => address);
  }

  /** @param {Dial} dial */
  end(dial) {
    this.#dials.delete(dial);
  }

  /** @param {string} text */
  sends(text) {
    this.#spy?.sent(JSON.parse(text));
  }

  hears() {
    this.heardAt = Date.now();
  }

  /** @param {string} text */
  receives(text) {
    this.#spy?.received(JSON.parse(text));
    this.hears();
  }
}

/** One connection as the library sees it: open as soon as one of the addresses has accepted. */
class Dial {
  OPEN = 1;
  readyState = 0;
  /** @type {((event: any) => void) | null} */
  onopen = null;
  /** @type {((event: any) => void) | null} */
  onmessage = null;
  /** @type {((event: any) => void) | null} */
  onclose = null;
  /** @type {((event: any) => void) | null} */
  onerror = null;

  #line;
  #protocol;
  #untried;
  /** @type {WebSocket | undefined} */
  #socket;

  /** @param {Line} line @param {string} protocol */
  constructor(line, protocol) {
    this.#line = line;
    this.#protocol = protocol;
    this.#untried = line.begin(this);
    if (this.#untried.length > 0) this.#next();
  }

  /** @param {string} text */
  send(text) {
    this.#line.sends(text);
    this.#socket?.send(text);
  }

  /** @param {number} [code] */
  close(code) {
    this.readyState = 2;
    this.#untried = [];
    this.#socket?.close(code);
  }

  cut() {
    this.#socket?.terminate();
  }

  die() {
    this.onopen = this.onmessage = this.onclose = null;
    this.#untried = [];
    this.cut();
  }

  #next() {
    const address = /** @type {string} */ (this.#untried.shift());
    const socket = new WebSocket(`ws://${address}/v1/ws`, this.#protocol, { handshakeTimeout: HANDSHAKE_WITHIN, perMessageDeflate: false });
    this.#socket = socket;
    socket.on('open', () => {
      this.readyState = 1;
      this.onopen?.({});
    });
    socket.on('message', data => {
      // As in a browser, nothing is heard of a socket that the page has closed.
      if (this.readyState !== this.OPEN) return;
      const text = String(data);
      this.#line.receives(text);
      this.onmessage?.({ data: text });
    });
    socket.on('ping', () => this.#line.hears());
    socket.on('error', () => {});
    socket.on('close', (code, reason) => {
      if (this.readyState === 0 && this.#untried.length > 0) return this.#next();
      this.readyState = 3;
      this.#line.end(this);
      this.onclose?.({ code: code || BROKEN, reason: String(reason) });
    });
  }
}
