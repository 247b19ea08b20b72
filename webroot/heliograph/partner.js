// @ts-check
/** The other side of end-to-end delivery: how far both directions have come, and what is known of that peer. */

/** @typedef {import('../heliograph.js').Frame} Frame */
/** @typedef {import('./errors.js').SignalingError} SignalingError */
/** @typedef {import('./pace.js').Pace} Pace */
/**
 * @typedef {object} Kept a relay that is not confirmed yet
 * @property {number} seq
 * @property {string} text as it was when it was sent first
 * @property {import('./requests.js').Asker | undefined} asker until the server has taken it
 * @property {boolean} underWay whether the server has yet to answer it
 * @property {number | undefined} takenAt when the server took it last
 * @property {boolean} again whether it was sent more than once
 * @property {SignalingError | undefined} failure what the server last said of it
 * @property {() => void} cancel
 */

const ASK_LATEST_AFTER = 8_000;
/** Whoever does not confirm is troubled with few questions. */
const ASK_STRANGER_AFTER = 2_000;

/** After these nobody knows whether the frame arrives. */
const DOUBTFUL = ['unavailable', 'internal', 'timeout', 'disconnected'];

/** Lives as long as the client's own peer: numbers that began anew would be taken for those that were there already. */
export class Partner {
  /** Whether it confirms; undefined while it is a stranger. @type {boolean | undefined} */
  speaks;
  /** It was seen to leave the last room in which it was seen. */
  left = false;

  // What goes to it.
  next = 1;
  confirmed = 0;
  /** In the order of their numbers. @type {Kept[]} */
  kept = [];
  progressAt = 0;
  askAt = 0;
  /** Questions since then. */
  asked = 0;
  /** Whether the server has yet to answer the last one. */
  asking = false;
  /** Whether the server took the last one to it. */
  reached = false;
  resentAt = -Infinity;
  /** The server's notices of lost frames, should it turn out that nobody repairs them. @type {Frame[]} */
  notices = [];

  // What comes from it.
  received = 0;
  unconfirmed = 0;
  /** It has been told that something is missing. */
  missing = false;

  #pace;

  /** @param {string} peer @param {Pace} pace */
  constructor(peer, pace) {
    this.peer = peer;
    this.#pace = pace;
  }

  /** What the server has yet to answer: so long a question would only add to what is under way. */
  get underWay() {
    return this.asking || this.kept.some(({ underWay }) => underWay);
  }

  /** The lowest number that it may still be sent. */
  get from() {
    return this.kept[0]?.seq ?? this.next;
  }

  /** From now on it is asked, and given up, after so long without progress. @param {number} now */
  begin(now) {
    this.asked = 0;
    this.progressAt = now;
    this.askLater(now);
  }

  /** @param {number} now */
  askLater(now) {
    const pause = this.speaks ? Math.min(this.#pace.askAfter * 2 ** this.asked, ASK_LATEST_AFTER) : ASK_STRANGER_AFTER * 2 ** this.asked;
    this.askAt = now + pause;
  }

  /** The server has taken what is first only now. @param {number} now */
  postpone(now) {
    const { askAt } = this;
    this.askLater(now);
    this.askAt = Math.max(this.askAt, askAt);
  }

  /** The last question did not reach it, and so was no trouble to a stranger. @param {number} now */
  hasNotHeard(now) {
    this.reached = false;
    if (this.speaks || this.asked === 0) return;
    this.asked--;
    this.askLater(now);
  }

  /** It shows that it is there. @param {number} now */
  askSoon(now) {
    const { askAt } = this;
    this.asked = 0;
    this.askLater(now);
    this.askAt = Math.min(this.askAt, askAt);
  }

  /**
   * @param {number} ack
   * @returns {Kept[]} what has arrived by that
   */
  confirm(ack) {
    this.confirmed = Math.max(this.confirmed, Math.min(ack, this.next - 1));
    return this.kept.filter(({ seq }) => seq <= ack);
  }

  /**
   * @param {number} seq at most the next one
   * @returns {boolean} whether it is the next one, and was not there before
   */
  take(seq) {
    if (seq <= this.received) return false;
    this.received = seq;
    this.missing = false;
    return true;
  }

  /**
   * Whether what failed so may still arrive. Unreachable is also a peer that is away and whose queue is full.
   *
   * @param {string} code
   * @param {boolean} present in a roster
   */
  mayReturn(code, present) {
    if (code === 'peer-unreachable') return present || Boolean(this.speaks && !this.left);
    return DOUBTFUL.includes(code);
  }
}
