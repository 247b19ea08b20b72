// @ts-check
/**
 * What each member saw of its rooms: every join once, no leave of somebody it had not seen join, nothing by the room from
 * others; and, once it is known who lived, no leave of somebody who was there, and none before the resume window was over.
 */

/** @typedef {import('../clients/events.js').Event} Event */
/** @typedef {{at: number, observer: number, by: string, room: string, other: string, reason: string}} Leave */

/** Clocks are one, but what a server counts from it cannot be seen exactly. */
const SLACK = 1_000;

/** @param {Map<string, number[]>} times @param {string} key @param {number} at */
function note(times, key, at) {
  times.set(key, [...times.get(key) ?? [], at]);
}

export class Rosters {
  /** @type {Map<string, Set<string>>} by observing client and room */
  #views = new Map();
  /** @type {Leave[]} to be judged */
  #leaves = [];
  /** @type {Map<string, number[]>} when a peer asked to leave a room */
  #asked = new Map();
  /** @type {Set<string>} joins that are not answered yet */
  #joining = new Set();
  /** @type {Map<string, number[]>} when a peer joined a room anew, since its first join had ended with its server */
  #again = new Map();
  #lives;
  #troubles;
  #window;
  #violation;
  counts = { joins: 0, leaves: 0 };

  /**
   * @param {import('./lives.js').Lives} lives
   * @param {import('./troubles.js').Troubles} troubles
   * @param {number} window milliseconds
   * @param {import('./judge.js').Violate} violation
   */
  constructor(lives, troubles, window, violation) {
    this.#lives = lives;
    this.#troubles = troubles;
    this.#window = window;
    this.#violation = violation;
  }

  /** @param {Event} event */
  take(event) {
    const { client, peer } = event;
    switch (event.what) {
      case 'over':
        for (const key of this.#views.keys()) if (key.startsWith(`${client} `)) this.#views.delete(key);
        break;
      case 'joining': {
        const key = `${peer} ${event.room}`;
        if (this.#joining.has(key)) note(this.#again, key, event.at);
        this.#joining.add(key);
        break;
      }
      case 'joined':
        this.#joining.delete(`${peer} ${event.room}`);
        this.#views.set(`${client} ${event.room}`, new Set(event.peers.map(({ peer: other }) => other)));
        break;
      case 'out': case 'leaving': { // refused, it may yet have been in for a moment
        const key = `${peer} ${event.room}`;
        note(this.#asked, key, event.at);
        this.#joining.delete(key);
        this.#views.delete(`${client} ${event.room}`);
        break;
      }
      case 'peer-joined': case 'peer-left': case 'peer-updated':
        this.#changed(event);
        break;
      case 'heard':
        if (event.by === 'room') this.#heard(client, event.name, event.from, event.n);
    }
  }

  /** Judges the leaves seen so far, now that it is known who lived on. */
  settle() {
    for (const leave of this.#leaves.splice(0)) this.#judge(leave);
  }

  forget() {
    this.#asked.clear();
    this.#again.clear();
  }

  /** @param {Event & {room: string, other: string}} event */
  #changed(event) {
    const { client, room, other } = event;
    const view = this.#views.get(`${client} ${room}`);
    if (!view) return; // the room is left, or on the way to be
    if (event.what === 'peer-joined') {
      this.counts.joins++;
      if (view.has(other)) this.#wrong('joined twice', event);
      view.add(other);
    } else if (event.what === 'peer-left') {
      this.counts.leaves++;
      if (!view.delete(other)) this.#wrong('left without having joined', event);
      this.#leaves.push({ at: event.at, observer: client, by: event.peer ?? '', room, other, reason: event.reason });
    } else if (!view.has(other)) this.#wrong('update of a stranger', event);
  }

  /** @param {number} client @param {string} room @param {string} from @param {number} n */
  #heard(client, room, from, n) {
    const view = this.#views.get(`${client} ${room}`);
    if (view && !view.has(from)) {
      this.#violation('by the room from a stranger', `client ${client} got ${n} from ${from} in ${room}`, ...this.#about(client, from, room));
    }
  }

  /** @param {string} rule @param {{client: number, room: string, other: string}} event */
  #wrong(rule, { client, room, other }) {
    this.#violation(rule, `client ${client} saw it of ${other} in ${room}`, ...this.#about(client, other, room));
  }

  /**
   * @param {number} client
   * @param {string} other
   * @param {string} room
   * @returns {[clients: number[], names: string[]]} for the time line
   */
  #about(client, other, room) {
    return [[client, this.#lives.of(other)?.client ?? -1], [other, `room=${room}`, `name=${room}`]];
  }

  /** @param {Leave} leave */
  #judge({ at, observer, by, room, other, reason }) {
    const life = this.#lives.of(other);
    const asked = (this.#asked.get(`${other} ${room}`) ?? []).some(time => time <= at + SLACK);
    const again = (this.#again.get(`${other} ${room}`) ?? []).some(time => time <= at + SLACK && at <= time + this.#window);
    if (!life || asked || again || this.#troubles.parted(at)) return;
    if (this.#lives.crossed(life, at) || this.#lives.parted(this.#lives.of(by), life, at)) return;
    const { end } = life;
    /** @type {[number[], string[], number]} */
    const about = [[observer, life.client], [other], at];
    const seen = `client ${observer} saw client ${life.client} (${other}) leave ${room}: ${reason}`;
    if (!end || end.how === 'replaced' && at > end.until + SLACK + this.#window) {
      return this.#violation('left though there', seen, ...about);
    }
    // Who was away itself is told of all who left meanwhile as if they were lost.
    if (reason === 'lost' && end.how !== 'closed' && at - end.at < this.#window - SLACK) {
      this.#violation('given up too early', `${seen}, ${((at - end.at) / 1000).toFixed(1)} s after it was there`, ...about);
    }
    if (reason === 'left' && end.how !== 'closed') this.#violation('said to have left', seen, ...about);
  }
}
