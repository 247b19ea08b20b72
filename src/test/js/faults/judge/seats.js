// @ts-check
/** No room has more members than its capacity. Counted are those who surely are in: from the answer to their join on. */

/** @typedef {import('../clients/events.js').Event} Event */
/** @typedef {{peer: string, room: string, capacity: number, asked: number, from: number, to: number}} Stay */

export class Seats {
  /** @type {Map<string, Stay>} by peer and room, as it is now */
  #present = new Map();
  /** @type {Stay[]} */
  #over = [];
  /** @type {Map<string, number>} when a peer last asked to join a room */
  #asked = new Map();
  #lives;
  #troubles;
  #violation;

  /**
   * @param {import('./lives.js').Lives} lives
   * @param {import('./troubles.js').Troubles} troubles
   * @param {import('./judge.js').Violate} violation
   */
  constructor(lives, troubles, violation) {
    this.#lives = lives;
    this.#troubles = troubles;
    this.#violation = violation;
  }

  /** @param {Event} event */
  take(event) {
    const { peer = '', at } = event;
    if (event.what === 'joining') this.#asked.set(`${peer} ${event.room}`, at);
    if (event.what === 'joined') {
      const { room, capacity } = event;
      const key = `${peer} ${room}`;
      this.#present.set(key, { peer, room, capacity, asked: this.#asked.get(key) ?? at, from: at, to: Infinity });
    }
    if (event.what === 'leaving') this.#end(`${peer} ${event.room}`, at);
  }

  /** Judges all joins so far, now that it is known who lived on. */
  settle() {
    for (const [key, { peer }] of this.#present) if (this.#lives.of(peer)?.end) this.#end(key, Infinity);
    for (const stay of this.#over) stay.to = Math.min(stay.to, this.#lives.of(stay.peer)?.end?.at ?? Infinity);
    /** @type {Map<string, Stay[]>} */
    const rooms = new Map();
    for (const stay of [...this.#over, ...this.#present.values()]) rooms.set(stay.room, [...rooms.get(stay.room) ?? [], stay]);
    for (const [room, stays] of rooms) this.#judge(room, stays);
    this.#over = [];
  }

  forget() {
    this.#asked.clear();
  }

  /** @param {string} key @param {number} at */
  #end(key, at) {
    const stay = this.#present.get(key);
    if (!stay) return;
    this.#present.delete(key);
    this.#over.push({ ...stay, to: at });
  }

  /** @param {string} room @param {Stay[]} stays */
  #judge(room, stays) {
    for (const { peer, capacity, asked, from } of stays) {
      const there = stays.filter(other => other.from <= from && from < other.to);
      if (there.length <= capacity || this.#troubles.split(asked, from)) continue;
      const names = there.map(other => other.peer);
      this.#violation('over capacity', `${there.length} of ${capacity} in ${room} when ${peer} joined: ${names.join(' ')}`,
        names.map(name => this.#lives.of(name)?.client ?? -1), [`room=${room}`], from);
    }
  }
}
