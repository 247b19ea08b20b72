// @ts-check
/**
 * A server with sessions behind a network that cuts and swallows, on one fake clock: as the protocol page has it, with the
 * faults that nodes which die or stand still bring about.
 */

import { FakeClock } from './fakes.js';

/** @typedef {import('../../../../webroot/heliograph.js').Frame} Frame */
/**
 * @typedef {object} Session
 * @property {string} peer
 * @property {Wire | undefined} wire
 * @property {Frame[]} queue what came while it was away
 * @property {() => void} cancelExpiry
 */
/**
 * @typedef {object} Faults shares of what is concerned, from 0 to 1
 * @property {number} [unavailable] relays that the server says it could not deliver
 * @property {number} [late] of these, those that are delivered nevertheless, some seconds later
 * @property {number} [refused] of the `hello` frames, but never three of a client in a row
 */

const WINDOW = 45_000;
const SLOWEST = 120;
const LATEST = 4_000;

export class FakeNetwork {
  clock = new FakeClock();
  /** How long until the server notices a cut; till then it writes to nobody. */
  noticesWithin = 0;
  queueMost = 256;
  /** @type {Faults} */
  faults = {};
  random;
  /** @type {Map<string, Session>} by peer id */
  sessions = new Map();
  /** @type {Map<string, (frame: Frame) => void>} peers that are no library clients, by id */
  strangers = new Map();

  /** Who has ever heard from whom: both peer ids, the speaker's first. @type {Set<string>} */
  heard = new Set();

  /** @type {Map<string, Session>} by secret */
  #secrets = new Map();
  #made = 0;

  /** @param {() => number} random */
  constructor(random) {
    this.random = random;
  }

  /** What one client connects with, and its newest connection. */
  place() {
    const network = this;
    const place = {
      /** @type {Wire | undefined} */
      wire: undefined,
      refusals: 0,
      WebSocket: class extends Wire {
        constructor() {
          super(network, place);
          place.wire = this;
        }
      },
    };
    return place;
  }

  /** @param {number} share */
  chance(share = 0) {
    return this.random() < share;
  }

  /**
   * @param {Wire} wire
   * @param {Frame} frame what a client sent
   */
  receive(wire, frame) {
    if (frame.type === 'hello') return this.#greet(wire, frame);
    const session = wire.session;
    if (session?.wire !== wire) return; // the session is another connection's
    if (frame.type === 'ping') return wire.say({ type: 'pong', re: frame.id });
    this.#relay(session.peer, frame, answer => wire.say({ ...answer, re: frame.id }));
  }

  /** @param {Wire} wire the server notices that it is gone */
  lost(wire) {
    const { session } = wire;
    if (session?.wire !== wire) return;
    session.wire = undefined;
    session.cancelExpiry = this.clock.after(WINDOW, () => this.end(session));
  }

  /** @param {Session} session for good */
  end(session) {
    session.cancelExpiry();
    this.sessions.delete(session.peer);
    for (const [secret, owner] of this.#secrets) if (owner === session) this.#secrets.delete(secret);
  }

  /** The node of that peer dies with all that it had of it. @param {string} peer */
  crash(peer) {
    const session = this.sessions.get(peer);
    if (!session) return;
    session.queue = [];
    session.wire?.cut(0);
  }

  /**
   * @param {Wire} wire
   * @param {Frame} hello
   */
  #greet(wire, hello) {
    if (wire.place.refusals < 2 && this.chance(this.faults.refused)) {
      wire.place.refusals++;
      if (this.chance(0.5)) return wire.end(1012);
      return wire.say({ type: 'error', code: 'unavailable', re: hello.id });
    }
    wire.place.refusals = 0;
    const known = this.#secrets.get(hello.resume);
    const number = ++this.#made;
    /** @type {Session} */
    const session = known ?? { peer: `p${number}`, wire: undefined, queue: [], cancelExpiry: () => {} };
    this.#secrets.set(`s${number}`, session);
    this.sessions.set(session.peer, session);
    session.cancelExpiry();
    session.wire?.end(4003);
    session.wire = wire;
    wire.session = session;
    const rest = known ? { rooms: [], topics: [], watching: [], calls: [] } : {};
    wire.say({
      type: 'welcome', re: hello.id, peer: session.peer, session: `s${number}`, resumed: Boolean(known), iceServers: [],
      heartbeat: 25_000, ...rest,
    });
    for (const frame of session.queue.splice(0)) wire.say(frame);
  }

  /**
   * @param {string} from
   * @param {Frame} frame
   * @param {(answer: Frame) => void} answer
   */
  #relay(from, { type, to, data, seq, ack }, answer) {
    const relayed = { type, from, data, seq, ack };
    const refuse = (/** @type {string} */ code) => answer({ type: 'error', code, to });
    if (this.chance(this.faults.unavailable)) {
      const deliver = () => this.#deliver(to, relayed);
      if (this.chance(this.faults.late)) this.clock.after(this.random() * LATEST, deliver);
      return refuse('unavailable');
    }
    if (!this.#deliver(to, relayed)) return refuse('peer-unreachable');
    answer({ type: 'ok' });
  }

  /**
   * @param {string} to
   * @param {Frame} frame
   * @returns {boolean}
   */
  #deliver(to, frame) {
    const stranger = this.strangers.get(to);
    if (stranger) return stranger(JSON.parse(JSON.stringify(frame))), true;
    const session = this.sessions.get(to);
    if (!session) return false;
    if (session.wire) return session.wire.say(frame), true;
    if (session.queue.length >= this.queueMost) return false;
    session.queue.push(frame);
    return true;
  }

  /**
   * @param {string} from a peer that is no library client
   * @param {Frame} frame
   */
  say(from, frame) {
    this.#relay(from, frame, () => {});
  }
}

/** A WebSocket, both ends of it. What is under way when it is cut is lost. */
export class Wire {
  OPEN = 1;
  readyState = 0;
  /** @type {((event: any) => void) | null} */
  onopen = null;
  /** @type {((event: any) => void) | null} */
  onmessage = null;
  /** @type {((event: any) => void) | null} */
  onclose = null;
  onerror = null;
  /** @type {Session | undefined} */
  session;

  #network;
  #whole = true;
  /** When the newest arrives, up and down: nothing overtakes. */
  #arrival = { up: 0, down: 0 };

  /**
   * @param {FakeNetwork} network
   * @param {{refusals: number}} place
   */
  constructor(network, place) {
    this.#network = network;
    this.place = place;
    this.#carry('down', () => {
      this.readyState = 1;
      this.onopen?.({});
    });
  }

  /** @param {string} text from the client */
  send(text) {
    this.#carry('up', () => this.#network.receive(this, JSON.parse(text)));
  }

  /** By the client. @param {number} [code] */
  close(code = 1005) {
    this.readyState = 3;
    this.#carry('up', () => {
      if ([1000, 1001, 1005].includes(code) && this.session?.wire === this) this.#network.end(this.session);
      else this.#network.lost(this);
    });
  }

  /** From the server. @param {Frame} frame */
  say(frame) {
    const text = JSON.stringify(frame);
    this.#carry('down', () => {
      if (frame.from) this.#network.heard.add(`${frame.from} ${this.session?.peer}`);
      this.onmessage?.({ data: text });
    });
  }

  /** By the server. @param {number} code */
  end(code) {
    this.#carry('down', () => {
      this.readyState = 3;
      this.onclose?.({ code, reason: '' });
    });
  }

  /** Breaks in the middle. @param {number} noticed milliseconds until the server knows */
  cut(noticed) {
    if (!this.#whole || this.readyState === 3) return;
    this.#whole = false;
    this.#network.clock.after(noticed, () => this.#network.lost(this));
    this.readyState = 3;
    this.onclose?.({ code: 1006, reason: '' });
  }

  /**
   * @param {'up' | 'down'} way
   * @param {() => void} arrive
   */
  #carry(way, arrive) {
    const { clock, random } = this.#network;
    const at = Math.max(this.#arrival[way], clock.now() + 5 + random() * SLOWEST);
    this.#arrival[way] = at;
    clock.after(at - clock.now(), () => this.#whole && arrive());
  }
}
