// @ts-check
/** A clock that moves when told, and a server whose sockets do what a test says. Both act at once, in the same turn. */

/** @typedef {import('../../../../webroot/heliograph.js').Frame} Frame */

export class FakeClock {
  #now = 0;
  /** @type {Set<{at: number, task: () => void}>} */
  #timers = new Set();

  /** How many timers are running. */
  get pending() {
    return this.#timers.size;
  }

  now = () => this.#now;

  /**
   * @param {number} milliseconds
   * @param {() => void} task
   */
  after = (milliseconds, task) => {
    const timer = { at: this.#now + milliseconds, task };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  /** @param {number} milliseconds */
  advance(milliseconds) {
    const end = this.#now + milliseconds;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.task();
    }
    this.#now = end;
  }
}

export class FakeServer {
  /** @type {FakeSocket[]} every socket ever opened, oldest first */
  sockets = [];
  #peers = 0;

  /** What a client is given to connect with. */
  WebSocket = (server => class extends FakeSocket {
    /** @param {string} url @param {string} protocol */
    constructor(url, protocol) {
      super(url, protocol);
      server.sockets.push(this);
    }
  })(this);

  /** The newest socket. */
  get socket() {
    return /** @type {FakeSocket} */ (this.sockets.at(-1));
  }

  /**
   * Lets the newest socket open, and answers its `hello` as a new peer unless the fields say otherwise.
   *
   * @param {Record<string, any>} [fields]
   * @returns {FakeSocket}
   */
  welcome(fields) {
    const { socket } = this;
    socket.open();
    const name = ++this.#peers;
    socket.answer('hello', {
      type: 'welcome', peer: `p${name}`, session: `s${name}`, resumed: false, iceServers: [], heartbeat: 25_000, ...fields,
    });
    return socket;
  }
}

export class FakeSocket {
  OPEN = 1;
  readyState = 0;
  /** @type {number | undefined} the code it was closed with from this side */
  closedWith;
  /** @type {Frame[]} what the client sent and no test has looked at */
  sent = [];
  /** @type {((event: any) => void) | null} */
  onopen = null;
  /** @type {((event: any) => void) | null} */
  onmessage = null;
  /** @type {((event: any) => void) | null} */
  onclose = null;
  /** @type {((event: any) => void) | null} */
  onerror = null;

  /** @param {string} url @param {string} protocol */
  constructor(url, protocol) {
    this.url = url;
    this.protocol = protocol;
  }

  /** @param {string} text */
  send(text) {
    this.sent.push(JSON.parse(text));
  }

  /** @param {number} [code] */
  close(code = 1005) {
    this.readyState = 3;
    this.closedWith = code;
  }

  open() {
    this.readyState = 1;
    this.onopen?.({});
  }

  /** @param {Frame} frame what the server says by itself */
  say(frame) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  /** @param {string} type @returns {Frame} the oldest frame of that type the client sent */
  take(type) {
    const index = this.sent.findIndex(frame => frame.type === type);
    if (index < 0) throw new Error(`${type}: not sent, only ${JSON.stringify(this.sent)}`);
    return this.sent.splice(index, 1)[0];
  }

  /** @param {string} type @param {Frame} frame the answer to the oldest frame of that type */
  answer(type, frame) {
    const asked = this.take(type);
    this.say({ ...frame, re: asked.id });
    return asked;
  }

  /** @param {number} code the server, or the network, ends it */
  drop(code) {
    this.readyState = 3;
    this.onclose?.({ code, reason: '' });
  }
}

/** @param {number} seed @returns {() => number} the same numbers for the same seed (mulberry32) */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Lets everything go on that waits for a promise already settled, and what that brings about. */
export async function settled() {
  for (let turn = 0; turn < 3; turn++) await new Promise(resolve => setImmediate(resolve));
}
