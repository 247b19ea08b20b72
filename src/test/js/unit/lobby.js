// @ts-check
/** A room on a server without a network, and pages that meet in it. */

import assert from 'node:assert/strict';
import { connect } from '../../../../webroot/heliograph.js';
import { FakeConnection } from './fake-connection.js';
import { FakeClock, FakeServer, settled } from './fakes.js';

/** Peers, their sockets, and frames carried at once. */
export class Lobby {
  /** @type {Map<string, Page>} in the room, by peer id */
  present = new Map();
  /** @type {Map<string, unknown>} what they said of themselves, by peer id */
  #data = new Map();
  #capacity;
  #peers = 0;

  constructor(capacity = Infinity) {
    this.#capacity = capacity;
  }

  /**
   * Lets a page connect as a new peer, and answers its join.
   *
   * @param {Page} page
   * @param {Record<string, any>} [fields] of its welcome
   */
  enter(page, fields) {
    page.peer = `p${++this.#peers}`;
    page.server.welcome({ peer: page.peer, ...fields });
    this.admit(page);
  }

  /** Answers the join of a page that is connected. @param {Page} page */
  admit(page) {
    const { peer, server: { socket } } = page;
    if (this.present.size >= this.#capacity) {
      socket.answer('join', { type: 'error', code: 'room-full', message: 'room: full' });
      return;
    }
    const peers = [...this.present.keys()].map(name => ({ peer: name, order: 0, data: this.#data.get(name) }));
    const { data } = socket.answer('join', { type: 'joined', room: 'r', peers });
    for (const other of this.present.values()) {
      other.server.socket.say({ type: 'peer-joined', room: 'r', peer, order: 0, data });
    }
    this.#data.set(peer, data);
    this.present.set(peer, page);
  }

  /** @param {Page} page @param {string} reason */
  leave(page, reason) {
    const { peer } = page;
    this.present.delete(peer);
    for (const other of this.present.values()) {
      other.server.socket.say({ type: 'peer-left', room: 'r', peer, reason });
    }
  }

  /** Carries relays until there are none. */
  async carry() {
    await settled();
    for (let turns = 0; turns < 100; turns++) {
      const relays = [...this.present.values()].flatMap(page => page.server.socket.sent.splice(0).map(frame => ({ page, frame })));
      if (relays.length === 0) return;
      for (const { page, frame } of relays) {
        page.server.socket.say({ type: 'ok', re: frame.id });
        const { type, to, data, seq, ack } = frame;
        this.present.get(to)?.server.socket.say({ type, from: page.peer, data, seq, ack });
      }
      await settled();
    }
    assert.fail('the pages never come to rest');
  }

  /** Lets the pages confirm what they have heard. */
  async confirm() {
    for (const { clock } of this.present.values()) clock.advance(999);
    await this.carry();
    for (const { clock, client } of this.present.values()) {
      clock.advance(1);
      assert.equal(client.delivery.pending, 0);
    }
  }
}

export class Page {
  peer = '';
  server = new FakeServer();
  clock = new FakeClock();
  /** @type {FakeConnection[]} every connection it made, oldest first */
  connections = [];

  /** @param {string} key what names it, and the first thing in its data */
  constructor(key) {
    this.key = key;
    const { clock, server } = this;
    this.client = connect({ url: 'ws://host', WebSocket: server.WebSocket, clock, random: () => 0 });
  }

  /** A connection for its links. @param {RTCConfiguration} [configuration] */
  connect = configuration => {
    this.connections.push(new FakeConnection(configuration));
    return /** @type {FakeConnection} */ (this.connections.at(-1)).real;
  };

  cut() {
    this.server.socket.drop(1006);
    this.clock.advance(1);
  }
}
