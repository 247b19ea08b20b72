// @ts-check
/** A client that is the library's, on the usual clock. */

import { Client } from '../../../../../webroot/heliograph.js';
import { Line } from '../clients/line.js';
import { RELAYS } from '../clients/page.js';

/** @typedef {import('./tally.js').Tally} Tally */

export class LibraryClient {
  #line;
  #client;
  #room;
  #tally;
  #downAt = 0;

  /** @param {string[]} addresses @param {string} room @param {Tally} tally */
  constructor(addresses, room, tally) {
    this.#tally = tally;
    this.#line = new Line(addresses, Math.random);
    this.#client = new Client({ url: 'ws://servers/v1/ws', WebSocket: this.#line.WebSocket });
    this.#room = this.#client.room(room);
    this.#room.on('peer-left', () => void tally.left++);
    this.#client.on('dropped', ({ count }) => void (tally.dropped += count));
    this.#client.on('rejoined', ({ resumed }) => void (resumed ? tally.resumed++ : tally.renamed++));
    this.#client.on('state', ({ state }) => this.#changed(state));
    for (const type of RELAYS) {
      this.#client.on(type, ({ from, data }) => tally.get(from, data.to, data.n));
    }
  }

  /** In its room. */
  async start() {
    await this.#client.ready;
    await this.#room.join();
  }

  get online() {
    return this.#client.state === 'online';
  }

  get resent() {
    return this.#client.delivery.resent;
  }

  /** @param {number} part which of the others, from 0 to just below 1 */
  signal(part) {
    const others = [...this.#room.peers.keys()];
    const to = others[Math.floor(part * others.length)];
    const from = this.#client.peer;
    if (!to || !from) return;
    const n = this.#tally.send(from, to);
    this.#client.relay('candidate', { to }, { to, n }).catch(() => this.#tally.refuse(from, to, n));
  }

  cut() {
    this.#line.cut();
  }

  close() {
    this.#client.close();
  }

  /** @param {string} state */
  #changed(state) {
    if (state === 'connecting') this.#tally.dialed.push(Date.now());
    if (state === 'online') {
      if (this.#downAt) this.#tally.away.push(Date.now() - this.#downAt);
      this.#downAt = 0;
    } else this.#downAt ||= Date.now();
  }
}
