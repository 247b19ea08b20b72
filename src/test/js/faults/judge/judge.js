// @ts-check
/** Takes what the clients report, in any order between them, and says which promise was broken. */

import { Calls } from './calls.js';
import { Casts } from './casts.js';
import { Journal } from './journal.js';
import { Lives } from './lives.js';
import { Pairs } from './pairs.js';
import { Rosters } from './rosters.js';
import { Seats } from './seats.js';
import { Troubles } from './troubles.js';

/** @typedef {import('../clients/events.js').Event} Event */
/**
 * @typedef {(rule: string, text: string, clients?: number[], names?: string[], at?: number) => void} Violate
 * what happened to these clients up to then, as far as it is about these names, may explain it
 */
/** @typedef {{rule: string, text: string, lines: string[]}} Violation */

/** What came soon after may tell as much as what came before. */
const AFTERMATH = 500;

export class Judge {
  /** @type {Violation[]} */
  violations = [];
  journal = new Journal();
  troubles;
  lives;
  pairs;
  casts;
  rosters;
  seats;
  calls;
  /** @type {Record<string, number>} frames that servers gave up and told, by reason */
  dropped = {};
  #window;

  /**
   * @param {number} window milliseconds for which a session may be resumed
   * @param {number} settles milliseconds after a healing until everything must agree
   */
  constructor(window, settles) {
    this.#window = window;
    /** @type {Violate} */
    const violation = (...found) => this.violate(...found);
    this.troubles = new Troubles(window, settles);
    this.lives = new Lives(this.troubles, violation);
    this.pairs = new Pairs(this.lives, this.troubles, violation);
    this.casts = new Casts(this.lives, violation);
    this.rosters = new Rosters(this.lives, this.troubles, window, violation);
    this.seats = new Seats(this.lives, this.troubles, violation);
    this.calls = new Calls(this.lives, violation);
  }

  /** @param {Event} event */
  take(event) {
    this.journal.write(event, [`client ${event.client}`]);
    if (event.what === 'dropped') this.dropped[event.reason] = (this.dropped[event.reason] ?? 0) + event.count;
    for (const part of [this.lives, this.pairs, this.casts, this.rosters, this.seats, this.calls]) part.take(event);
  }

  /** @type {Violate} */
  violate(rule, text, clients = [], names = [], at = Date.now()) {
    const keys = clients.map(client => `client ${client}`);
    this.violations.push({ rule, text, lines: this.journal.read(['faults', ...keys], names, at + AFTERMATH) });
  }

  /** @param {string} text of a fault, for time lines */
  note(text) {
    this.journal.write({ at: Date.now(), what: 'fault', text }, ['faults']);
  }

  /** Nothing is under way: judges what only now can be, and forgets what can matter no more. */
  settle() {
    this.pairs.settle();
    this.rosters.settle();
    this.seats.settle();
    const before = Date.now() - 3 * this.#window;
    const gone = (/** @type {string} */ peer) => (this.lives.of(peer)?.end?.until ?? Infinity) < before;
    this.pairs.forget(before);
    this.casts.forget(gone);
    this.rosters.forget();
    this.seats.forget();
    this.calls.forget(before);
    this.lives.forget(before);
  }
}
