// @ts-check
/** Who was who, from when to when: a life is a peer id of a client. */

/** @typedef {import('../clients/events.js').Event} Event */
/**
 * @typedef {object} Life
 * @property {string} peer
 * @property {number} client
 * @property {string} user
 * @property {number} born
 * @property {number[]} welcomes when it got connected
 * @property {[since: number, welcome: number][]} absences from when to when it was not
 * @property {number[]} changes when something of it changed that its server has to remember
 * @property {End} [end]
 */
/**
 * @typedef {object} End
 * @property {'closed' | 'crashed' | 'replaced'} how
 * @property {number} at when the client last had a connection
 * @property {number} until when the next life began; for one that was closed or crashed, when that was
 */

export class Lives {
  /** @type {Map<string, Life>} */
  #byPeer = new Map();
  /** @type {Map<number, Life>} the present one of each client */
  #present = new Map();
  /** @type {Map<number, number>} since when each client that has no connection has none */
  #offline = new Map();
  #troubles;
  #violation;
  /** How many sessions ended because nobody could have come back in time. */
  replaced = 0;
  resumed = 0;

  /** @param {import('./troubles.js').Troubles} troubles @param {import('./judge.js').Violate} violation */
  constructor(troubles, violation) {
    this.#troubles = troubles;
    this.#violation = violation;
  }

  /** @param {Event} event */
  take(event) {
    const { client, peer = '', at } = event;
    const present = this.#present.get(client);
    if (event.what === 'over' && present) {
      present.end = { how: event.how, at: this.#offline.get(client) ?? at, until: at };
      this.#present.delete(client);
    }
    if (event.what === 'line') {
      if (event.state === 'online') this.#offline.delete(client);
      else if (!this.#offline.has(client)) this.#offline.set(client, at);
    }
    if (['joining', 'joined', 'leaving', 'out', 'call'].includes(event.what)) this.of(peer)?.changes.push(at);
    if (event.what !== 'welcome') return;
    if (event.resumed) this.resumed++;
    present?.welcomes.push(at);
    present?.absences.push([event.since, at]);
    present?.changes.push(at);
    if (present?.peer === peer) return;
    if (present) this.#replace(present, event.since, at);
    const life = { peer, client, user: event.user, born: at, welcomes: [at], absences: [], changes: [at] };
    this.#byPeer.set(peer, life);
    this.#present.set(client, life);
  }

  /** @param {string} peer */
  of(peer) {
    return this.#byPeer.get(peer);
  }

  /** @returns {Life[]} those that live */
  get present() {
    return [...this.#present.values()];
  }

  /**
   * Whether it changed on one side of a split, or was away when it began, and went on, on the other, which cannot know.
   *
   * @param {Life} life @param {number} at
   */
  crossed(life, at) {
    return life.absences.some(([since, welcome]) => this.#troubles.cameBackIn(since, welcome, at))
      || life.welcomes.some(welcome =>
        life.changes.some(change => change < welcome && this.#troubles.together(change, welcome, at)));
  }

  /**
   * Whether it changed on one side of a split, and an observer may have come from there to the other, which cannot know.
   *
   * @param {Life | undefined} observer @param {Life} life @param {number} at
   */
  parted(observer, life, at) {
    return Boolean(observer?.welcomes.some(welcome =>
      life.changes.some(change => this.#troubles.together(change, welcome, at))));
  }

  /**
   * Whether it began in a split that was not over then: on the other side nobody knows of it.
   *
   * @param {Life} life @param {number} at
   */
  unheardOf(life, at) {
    return this.#troubles.together(life.born, at);
  }

  /**
   * Whether both have come back in a split that was not over then, so that they may have been together on either side.
   *
   * @param {Life | undefined} one @param {Life | undefined} other @param {number} at
   */
  metTwice(one, other, at) {
    return Boolean(one?.welcomes.some(first => other?.welcomes.some(second => this.#troubles.together(first, second, at))));
  }

  /** @param {number} before forgets whose end was earlier */
  forget(before) {
    for (const [peer, { end }] of this.#byPeer) if (end && end.until < before) this.#byPeer.delete(peer);
  }

  /** @param {Life} life @param {number} since @param {number} at */
  #replace(life, since, at) {
    life.end = { how: 'replaced', at: since, until: at };
    this.replaced++;
    if (this.#troubles.barred(since, at) || this.#troubles.parted(at) || this.crossed(life, at)) return;
    const away = ((at - since) / 1000).toFixed(1);
    this.#violation('not resumed', `client ${life.client} was away for ${away} s and is not ${life.peer} any more`, [life.client], [], at);
  }
}
