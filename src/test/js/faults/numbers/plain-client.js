// @ts-check
/** A client as somebody else may write it: nothing but the protocol's page. Resumes when told to, and sends nothing twice. */

import WebSocket from 'ws';

/** @typedef {import('./tally.js').Tally} Tally */

const DRAIN_SHARE = 0.8;
const BROKEN_PAUSE = 1_000;
const RESTART = 1012;
const RESUMED_ELSEWHERE = 4003;

export class PlainClient {
  online = false;
  resent = 0;
  #addresses;
  #room;
  #tally;
  #peer = '';
  /** @type {string | undefined} */
  #session;
  /** @type {Set<string>} */
  #others = new Set();
  /** @type {WebSocket | undefined} where frames are sent */
  #socket;
  /** @type {string[]} what was to be sent while there was no such socket */
  #waiting = [];
  /** @type {Map<string, {to: string, n: number, from: string}>} by id */
  #asked = new Map();
  #lastId = 0;
  #downAt = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #dialling;
  #closed = false;
  /** @type {(() => void) | undefined} */
  #started;

  /** @param {string[]} addresses @param {string} room @param {Tally} tally */
  constructor(addresses, room, tally) {
    this.#addresses = addresses;
    this.#room = room;
    this.#tally = tally;
  }

  /** @returns {Promise<void>} once in its room */
  start() {
    return new Promise(resolve => {
      this.#started = resolve;
      this.#connect();
    });
  }

  /** @param {number} part which of the others, from 0 to just below 1 */
  signal(part) {
    const to = [...this.#others][Math.floor(part * this.#others.size)];
    if (!to) return;
    const from = this.#peer;
    const n = this.#tally.send(from, to);
    const id = String(++this.#lastId);
    this.#asked.set(id, { to, n, from });
    this.#send({ type: 'candidate', id, to, data: { to, n } });
  }

  cut() {
    this.#socket?.terminate();
  }

  close() {
    this.#closed = true;
    this.#socket?.close(1000);
  }

  /** @param {Record<string, any>} frame */
  #send(frame) {
    const text = JSON.stringify(frame);
    if (this.#socket) this.#socket.send(text);
    else this.#waiting.push(text);
  }

  /** @param {number} pause milliseconds */
  #connectAfter(pause) {
    clearTimeout(this.#dialling);
    this.#dialling = setTimeout(() => this.#connect(), pause);
  }

  #connect() {
    this.#tally.dialed.push(Date.now());
    const address = this.#addresses[Math.floor(Math.random() * this.#addresses.length)];
    let welcomed = false;
    const socket = new WebSocket(`ws://${address}/v1/ws`, 'heliograph.v1', { perMessageDeflate: false, handshakeTimeout: 10_000 });
    socket.on('open', () => {
      this.#socket = undefined; // after this hello nothing more is sent on an older one
      socket.send(JSON.stringify({ type: 'hello', id: 'hello', resume: this.#session }));
    });
    socket.on('message', data => {
      const frame = JSON.parse(String(data));
      welcomed ||= frame.type === 'welcome';
      this.#receive(frame, socket);
    });
    socket.on('error', () => {});
    socket.on('close', code => this.#ended(socket, code, welcomed));
  }

  /** @param {any} frame @param {WebSocket} socket */
  #receive(frame, socket) {
    switch (frame.type) {
      case 'welcome': return this.#welcomed(frame, socket);
      case 'joined': {
        this.#others = new Set(frame.peers.map((/** @type {any} */ { peer }) => peer));
        this.#started?.();
        break;
      }
      case 'peer-joined': this.#others.add(frame.peer); break;
      case 'peer-left':
        this.#others.delete(frame.peer);
        this.#tally.left++;
        break;
      case 'candidate': this.#tally.get(frame.from, frame.data.to, frame.data.n); break;
      case 'draining': this.#connectAfter(Math.random() * DRAIN_SHARE * frame.reconnectWithin); break;
      case 'dropped': this.#tally.dropped += frame.count; break;
      case 'error': {
        const asked = this.#asked.get(frame.re);
        if (asked) this.#tally.refuse(asked.from, asked.to, asked.n);
      }
    }
    this.#asked.delete(frame.re);
  }

  /** @param {any} frame @param {WebSocket} socket */
  #welcomed({ peer, session, resumed, rooms = [] }, socket) {
    this.#socket = socket;
    if (this.#peer) {
      if (resumed) this.#tally.resumed++;
      else this.#tally.renamed++;
    }
    this.#peer = peer;
    this.#session = session;
    if (this.#downAt) this.#tally.away.push(Date.now() - this.#downAt);
    this.#downAt = 0;
    this.online = true;
    if (resumed) this.#others = new Set(rooms.flatMap((/** @type {any} */ room) => room.peers.map((/** @type {any} */ other) => other.peer)));
    else socket.send(JSON.stringify({ type: 'join', id: 'join', room: this.#room }));
    for (const text of this.#waiting.splice(0)) if (resumed) socket.send(text); // else they are another peer's
    if (!resumed) this.#refuseAll();
  }

  #refuseAll() {
    for (const { from, to, n } of this.#asked.values()) this.#tally.refuse(from, to, n);
    this.#asked.clear();
  }

  /** @param {WebSocket} socket @param {number} code @param {boolean} welcomed whether it was in use, and may be still */
  #ended(socket, code, welcomed) {
    if (this.#closed || code === RESUMED_ELSEWHERE) return;
    if (welcomed && socket !== this.#socket) return;
    if (welcomed) {
      this.#downAt = Date.now();
      this.#socket = undefined;
      this.online = false;
    }
    this.#connectAfter(code === RESTART ? 0 : Math.random() * BROKEN_PAUSE);
  }
}
