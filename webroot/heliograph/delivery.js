// @ts-check
/**
 * Relays between this peer and others, end to end: numbered, kept until the other side confirms them, asked about when it
 * does not, and sent again when it misses some. The rules are in the protocol page, "End-to-end delivery".
 */

import { SignalingError } from './errors.js';
import { Pace } from './pace.js';
import { Partner } from './partner.js';

/** @typedef {import('../heliograph.js').Frame} Frame */
/** @typedef {import('./requests.js').Asker} Asker */
/** @typedef {import('./partner.js').Kept} Kept */
/**
 * @typedef {object} Services what it needs of the client
 * @property {import('../heliograph.js').Clock} clock
 * @property {(frame: Frame, asker: Asker) => void} send now, or it fails at once
 * @property {(peer: string) => boolean} present whether a roster has that peer
 * @property {(notice: Frame) => void} dropped tells of relays that were lost after all
 */

const CONFIRM_WITHIN = 200;
const CONFIRM_AFTER_FRAMES = 32;
const CONFIRM_TRIES = 3;
const LOOK_EVERY = 1_000;
/** The server keeps a lost session for 45 s, unless configured otherwise, and coming back takes some more. */
const GIVE_UP_AFTER = 60_000;
const RESEND_PAUSE = 250;
/** Should who was taken for silent speak after all, it asks for what it misses by then. */
const KEPT_FOR_SILENT = 2_000;
const FRAMES_MOST = 1_024;
const CHARACTERS_MOST = 8 * 1_048_576;

const RELAYED = ['offer', 'answer', 'candidate', 'bye', 'message'];

export class Delivery {
  /** Relays that were sent again, and relays that came again. */
  resent = 0;
  duplicates = 0;
  /** Relays not confirmed yet. */
  pending = 0;

  #services;
  /** @type {Map<string, Partner>} by peer id */
  #partners = new Map();
  /** @type {Set<Partner>} those of whom something is kept */
  #waiting = new Set();
  /** @type {Set<Partner>} those to whom a confirmation is owed */
  #owing = new Set();
  #characters = 0;
  #pace = new Pace();
  #connected = false;
  /** @type {(() => void) | undefined} */
  #cancelLook;
  /** @type {(() => void) | undefined} */
  #cancelConfirm;

  /** @param {Services} services */
  constructor(services) {
    this.#services = services;
  }

  /**
   * Sends a relay to one peer. The asker hears the server's `ok`, or that the peer has it; and of an error when it is final.
   *
   * @param {Frame} frame
   * @param {Asker} asker
   * @param {number} [timeout] milliseconds until it is taken back, unless the server has taken it
   */
  send(frame, asker, timeout) {
    const partner = this.#partner(frame.to);
    const text = JSON.stringify(frame);
    if (!this.#hasRoom(partner, text.length)) {
      const bounds = `at most ${FRAMES_MOST} frames to a peer, and ${CHARACTERS_MOST} characters in all`;
      return asker.failed(new SignalingError('too-many', `waiting to be confirmed: full (expected: ${bounds})`));
    }
    /** @type {Kept} */
    const kept = { seq: partner.next++, text, asker, failure: undefined, underWay: false, takenAt: undefined, again: false, cancel: () => {} };
    if (timeout !== undefined) {
      kept.cancel = this.#services.clock.after(timeout, () =>
        this.#fail(partner, kept, new SignalingError('timeout', `no answer within ${timeout} ms`)));
    }
    if (partner.kept.length === 0) partner.begin(this.#now);
    partner.kept.push(kept);
    this.pending++;
    this.#characters += text.length;
    this.#waiting.add(partner);
    this.#look();
    this.#transmit(partner, frame, kept);
  }

  /**
   * A frame to one peer that is not to be delivered end to end shows by its `ack` that this side does so with others.
   *
   * @param {Frame} frame
   * @returns {Frame}
   */
  mark(frame) {
    if (frame.to === undefined || frame.seq !== undefined || frame.ack !== undefined) return frame;
    return { ...frame, ack: this.#partners.get(frame.to)?.received ?? 0 };
  }

  /**
   * @param {Frame} frame anything the server sends by itself
   * @returns {Frame | undefined} what is left of it for others
   */
  receive(frame) {
    if (frame.type === 'dropped' && frame.to !== undefined) return this.#dropped(frame);
    if (!RELAYED.includes(frame.type) || (frame.room ?? frame.user ?? frame.topic) !== undefined) return frame;
    const { seq, ack, ...rest } = frame;
    const partner = this.#partner(frame.from);
    partner.left = false;
    if (!Number.isSafeInteger(seq ?? ack)) {
      if (partner.speaks === undefined) this.#takeForSilent(partner);
      return frame;
    }
    this.#takeForSpeaking(partner);
    if (ack > 0) this.#confirmed(partner, ack);
    if (partner.asked > 0) partner.askSoon(this.#now);
    if (seq === undefined) return rest;
    return seq < 1 ? this.#told(partner, frame.data) : this.#numbered(partner, seq, rest);
  }

  /** @param {string} peer of whom a roster has been told that it left */
  left(peer) {
    const partner = this.#partners.get(peer);
    if (!partner || this.#services.present(peer)) return;
    partner.left = true;
    if (partner.kept.length > 0 && partner.speaks !== false) this.#ask(partner); // the server says whether it is gone
  }

  /** There is no connection; what is kept stays kept. */
  away() {
    this.#connected = false;
    this.#cancelLook?.();
    this.#cancelLook = undefined;
  }

  /** There is a connection again, for the same peer. */
  back() {
    this.#connected = true;
    for (const partner of this.#waiting) {
      partner.begin(this.#now);
      if (partner.speaks !== false) this.#ask(partner);
    }
    this.#look();
  }

  /**
   * This peer is no more.
   *
   * @param {SignalingError} error
   */
  end(error) {
    this.away();
    this.#cancelConfirm?.();
    this.#cancelConfirm = undefined;
    this.#owing.clear();
    const partners = [...this.#partners.values()];
    this.#partners.clear();
    for (const partner of partners) this.#giveUp(partner, error);
  }

  get #now() {
    return this.#services.clock.now();
  }

  /** @param {string} peer @returns {Partner} */
  #partner(peer) {
    const partner = this.#partners.get(peer) ?? new Partner(peer, this.#pace);
    this.#partners.set(peer, partner);
    return partner;
  }

  /**
   * @param {Partner} partner
   * @param {number} characters
   */
  #hasRoom(partner, characters) {
    const enough = () => partner.kept.length < FRAMES_MOST && this.#characters + characters <= CHARACTERS_MOST;
    // Whoever takes so much without a word is none that confirms.
    if (!enough() && !partner.speaks && partner.kept.some(({ asker }) => !asker)) this.#takeForSilent(partner);
    return enough();
  }

  /**
   * @param {Partner} partner
   * @param {Frame} frame
   * @param {Kept} kept
   */
  #transmit(partner, frame, kept) {
    partner.unconfirmed = 0;
    kept.underWay = true;
    this.#services.send({ ...frame, seq: kept.seq, ack: partner.received }, {
      answered: () => this.#answered(partner, kept),
      failed: error => this.#failed(partner, kept, error),
    });
  }

  /**
   * @param {Partner} partner
   * @param {Kept} kept
   */
  #answered(partner, kept) {
    kept.underWay = false;
    if (!partner.kept.includes(kept)) return;
    kept.cancel();
    kept.failure = undefined;
    const { asker } = kept;
    kept.asker = undefined;
    asker?.answered({ type: 'ok' });
    kept.takenAt = this.#now;
    if (kept === partner.kept[0]) partner.postpone(this.#now);
  }

  /**
   * @param {Partner} partner
   * @param {Kept} kept
   * @param {SignalingError} error
   */
  #failed(partner, kept, error) {
    kept.underWay = false;
    if (!partner.kept.includes(kept)) return;
    if (partner.speaks !== false && this.#mayPass(partner, error)) kept.failure = error;
    else if (error.code === 'peer-unreachable') this.#giveUp(partner, error);
    else this.#fail(partner, kept, error);
  }

  /**
   * @param {Partner} partner
   * @param {SignalingError} error
   */
  #mayPass(partner, { code }) {
    return partner.mayReturn(code, this.#services.present(partner.peer));
  }

  /**
   * @param {Partner} partner
   * @param {Kept} kept
   * @param {SignalingError} error
   */
  #fail(partner, kept, error) {
    this.#release(partner, kept);
    kept.asker?.failed(error);
  }

  /**
   * @param {Partner} partner
   * @param {Kept} kept
   */
  #release(partner, kept) {
    const index = partner.kept.indexOf(kept);
    if (index < 0) return;
    partner.kept.splice(index, 1);
    kept.cancel();
    this.pending--;
    this.#characters -= kept.text.length;
    if (partner.kept.length === 0) this.#waiting.delete(partner);
  }

  /**
   * Nothing of what is kept will reach it any more.
   *
   * @param {Partner} partner
   * @param {SignalingError} error
   * @param {boolean} [doubtful] whether more may be lost than the server's notices say
   */
  #giveUp(partner, error, doubtful = partner.speaks) {
    const { peer } = partner;
    const kept = [...partner.kept];
    for (const each of kept) this.#fail(partner, each, each.failure ?? error);
    const count = kept.filter(({ asker }) => !asker).length;
    const notices = partner.notices.splice(0);
    if (!doubtful) for (const notice of notices) this.#services.dropped(notice);
    else if (count > 0) this.#services.dropped({ type: 'dropped', to: peer, count, reason: 'unconfirmed' });
  }

  /** @param {Partner} partner */
  #takeForSpeaking(partner) {
    if (!partner.speaks) partner.begin(this.#now);
    partner.speaks = true;
    partner.notices = [];
  }

  /** It does not confirm: what the server has taken counts as delivered, and what it has not, as failed. @param {Partner} partner */
  #takeForSilent(partner) {
    partner.speaks = false;
    for (const notice of partner.notices.splice(0)) this.#services.dropped(notice);
    for (const kept of [...partner.kept]) {
      if (kept.failure) this.#fail(partner, kept, kept.failure);
      else if (!kept.asker) this.#release(partner, kept);
    }
  }

  /**
   * @param {Partner} partner
   * @param {number} ack
   */
  #confirmed(partner, ack) {
    const arrived = partner.confirm(ack);
    for (const kept of arrived) {
      this.#release(partner, kept);
      kept.asker?.answered({ type: 'ok' });
      if (kept.takenAt !== undefined && !kept.again) this.#pace.confirmed(this.#now - kept.takenAt);
    }
    if (arrived.length > 0) partner.begin(this.#now);
  }

  /**
   * @param {Partner} partner
   * @param {number} seq
   * @param {Frame} frame
   */
  #numbered(partner, seq, frame) {
    if (seq > partner.received + 1) {
      if (!partner.missing) this.#confirm(partner, true);
      return undefined;
    }
    const fresh = partner.take(seq);
    this.#owe(partner);
    if (fresh) return frame;
    this.duplicates++;
    return undefined;
  }

  /**
   * A frame with nothing in it for the application: a confirmation, or a question.
   *
   * @param {Partner} partner
   * @param {any} data
   */
  #told(partner, data) {
    if (Number.isSafeInteger(data?.from) && data.from > partner.received + 1) partner.received = data.from - 1;
    if (Number.isSafeInteger(data?.sent)) this.#confirm(partner, partner.received < data.sent);
    if (data?.resend === true) this.#resend(partner);
    return undefined;
  }

  /** @param {Partner} partner */
  #resend(partner) {
    const now = this.#now;
    if (now < partner.resentAt + RESEND_PAUSE) return; // told twice of the same gap; should it be another one, it is asked
    if (partner.from > partner.confirmed + 1) return this.#ask(partner); // so that nobody waits for what was given up
    partner.resentAt = now;
    for (const kept of [...partner.kept]) {
      this.resent++;
      kept.again = true;
      this.#transmit(partner, JSON.parse(kept.text), kept);
    }
    partner.askLater(this.#now);
  }

  /** How far it has come, and what it need not wait for. @param {Partner} partner */
  #ask(partner) {
    partner.unconfirmed = 0;
    partner.asking = true;
    const { peer, received, next, from } = partner;
    this.#services.send({ type: 'message', to: peer, seq: 0, ack: received, data: { sent: next - 1, from } }, {
      answered: () => {
        partner.asking = false;
        partner.reached = true;
      },
      failed: error => {
        partner.asking = false;
        if (this.#mayPass(partner, error)) partner.hasNotHeard(this.#now);
        else this.#giveUp(partner, error);
      },
    });
    partner.asked++;
    partner.askLater(this.#now);
  }

  /** @param {Partner} partner */
  #owe(partner) {
    this.#owing.add(partner);
    if (++partner.unconfirmed >= CONFIRM_AFTER_FRAMES) return this.#confirm(partner, false);
    this.#cancelConfirm ??= this.#services.clock.after(CONFIRM_WITHIN, () => {
      this.#cancelConfirm = undefined;
      for (const each of this.#owing) if (each.unconfirmed > 0) this.#confirm(each, false);
      this.#owing.clear();
    });
  }

  /**
   * @param {Partner} partner
   * @param {boolean} resend whether it is to send again what follows
   * @param {number} [tries]
   */
  #confirm(partner, resend, tries = CONFIRM_TRIES) {
    partner.unconfirmed = 0;
    if (resend) partner.missing = true;
    const { peer, received } = partner;
    this.#services.send({ type: 'message', to: peer, seq: 0, ack: received, data: resend ? { resend } : undefined }, {
      answered: () => {},
      failed: ({ code }) => {
        if (code === 'unavailable' && tries > 1) this.#confirmAgain(partner, resend, tries - 1);
      },
    });
  }

  /**
   * Of somebody who has gone on to another node the server knows by then to which.
   *
   * @param {Partner} partner
   * @param {boolean} resend
   * @param {number} tries
   */
  #confirmAgain(partner, resend, tries) {
    this.#services.clock.after(RESEND_PAUSE, () => {
      if (this.#partners.get(partner.peer) === partner) this.#confirm(partner, resend && partner.missing, tries);
    });
  }

  /** Now and then, while something is kept: one timer for all. */
  #look() {
    if (!this.#connected || this.#waiting.size === 0) return;
    this.#cancelLook ??= this.#services.clock.after(LOOK_EVERY, () => {
      this.#cancelLook = undefined;
      for (const partner of [...this.#waiting]) this.#lookAfter(partner);
      this.#look();
    });
  }

  /** @param {Partner} partner */
  #lookAfter(partner) {
    const now = this.#now;
    if (partner.speaks === false) {
      for (const kept of [...partner.kept]) {
        if (kept.takenAt !== undefined && now >= kept.takenAt + KEPT_FOR_SILENT) this.#release(partner, kept);
      }
      return;
    }
    if (now >= partner.progressAt + GIVE_UP_AFTER) {
      if (partner.speaks === undefined && partner.reached) return this.#takeForSilent(partner);
      return this.#giveUp(partner, new SignalingError('timeout', `to: not confirmed within ${GIVE_UP_AFTER} ms`), true);
    }
    if (now >= partner.askAt && !partner.underWay) this.#ask(partner);
  }

  /**
   * The server has lost relays after its `ok`. Whoever confirms is asked which.
   *
   * @param {Frame} notice
   * @returns {Frame | undefined} the notice, where it is for the application
   */
  #dropped(notice) {
    const partner = this.#partners.get(notice.to);
    if (!partner || partner.speaks === false) return notice;
    const idle = partner.kept.length === 0;
    if (idle && !partner.speaks) return notice;
    // What was lost may have been a confirmation; a question is one as well.
    if (notice.reason === 'node-lost' && (idle || partner.missing)) this.#confirm(partner, partner.missing);
    if (idle) return undefined;
    partner.notices.push(notice);
    if (notice.reason === 'expired') this.#giveUp(partner, new SignalingError('disconnected', 'to: its session is over'));
    else this.#ask(partner);
    return undefined;
  }
}
