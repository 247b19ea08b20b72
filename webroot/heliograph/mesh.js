// @ts-check
/**
 * Everyone in a room linked with everyone, or with those whom a predicate picks. A participant is a page, not a peer: its `key` stays when its peer id changes
 * after a lost signaling connection, and so do its connection and its media.
 */

import { systemClock } from './clock.js';
import { Emitter } from './emitter.js';
import { Participant } from './participant.js';

/** @typedef {import('../heliograph.js').Frame} Frame */
/** @typedef {import('../heliograph.js').Member} Member */
/** @typedef {import('../heliograph.js').MediaKind} MediaKind */
/** @typedef {import('../heliograph.js').MeshEvents} MeshEvents */
/** @typedef {import('../heliograph.js').MeshOptions} MeshOptions */
/** @typedef {import('../heliograph.js').Signal} Signal */

/** @type {Signal[]} */
const SIGNALS = ['offer', 'answer', 'candidate', 'bye'];

/** @extends {Emitter<MeshEvents>} */
export class Mesh extends Emitter {
  /** @type {Map<string, Participant>} by key */
  participants = new Map();

  #room;
  #key;
  #keyOf;
  #links;
  #surroundings;
  /** @type {Map<MediaKind, MediaStreamTrack | null>} what this side sends */
  #tracks = new Map([['audio', null], ['video', null]]);
  /** @type {(() => void)[]} */
  #listening;

  /**
   * Give it the room before it is joined.
   *
   * @param {import('./room.js').Room} room
   * @param {MeshOptions} options
   */
  constructor(room, options) {
    super();
    const { client } = room;
    const { key, keyOf, links = () => true, configuration = {}, patience, clock = systemClock } = options;
    const { connect = made => new RTCPeerConnection(made) } = options;
    this.#room = room;
    this.#key = key;
    this.#keyOf = keyOf;
    this.#links = links;
    this.#surroundings = {
      room,
      connect: () => connect({ iceServers: client.iceServers, ...configuration }),
      tracks: this.#tracks,
      patience,
      clock,
    };
    this.#listening = [
      client.on('ice-servers', ({ iceServers }) => !configuration.iceServers && this.#renew(iceServers)),
      room.on('joined', ({ peers }) => this.#entered(peers)),
      room.on('refused', () => this.#lose(new Set())),
      room.on('peer-joined', member => this.#met(member, true)),
      room.on('peer-updated', ({ peer, data }) => this.#updated(peer, data)),
      room.on('peer-left', ({ peer, reason }) => this.#gone(peer, reason)),
      ...SIGNALS.map(type => client.on(type, ({ from, data }) => this.#received(type, from, data))),
    ];
  }

  /**
   * What everyone gets to see or hear from now on, also those who come later; `null` for nothing.
   *
   * @param {MediaKind} kind
   * @param {MediaStreamTrack | null} track
   */
  async setTrack(kind, track) {
    this.#tracks.set(kind, track);
    await Promise.all([...this.participants.values()].map(participant => participant.setTrack(kind, track)));
  }

  /**
   * Ends the connection with one of them. Should that page offer again while it is in the room, it comes anew.
   *
   * @param {string} key
   */
  drop(key) {
    const participant = this.participants.get(key);
    if (participant) this.#remove(participant);
  }

  /** Ends all connections. Leaving the room, which tells the others, is up to its owner. */
  close() {
    for (const off of this.#listening) off();
    for (const participant of [...this.participants.values()]) this.#remove(participant);
  }

  /** @param {RTCIceServer[]} iceServers */
  #renew(iceServers) {
    if (iceServers.length === 0) return; // the server has none to give: what there is, is the page's own
    for (const participant of this.participants.values()) participant.setIceServers(iceServers);
  }

  /** @param {string} peer */
  #with(peer) {
    return [...this.participants.values()].find(participant => participant.peer === peer);
  }

  /**
   * @param {Signal} type
   * @param {string} from
   * @param {any} data
   */
  #received(type, from, data) {
    const dropped = type === 'offer' && !this.#with(from) && this.#room.peers.get(from);
    if (dropped) this.#met(dropped, false);
    this.#with(from)?.receive(type, data);
  }

  /** @param {Member[]} members they were there first, so they offer */
  #entered(members) {
    this.#lose(new Set(members.map(this.#keyOf)));
    for (const member of members) this.#met(member, false);
  }

  /** @param {ReadonlySet<string>} present the keys of those whom signaling still knows */
  #lose(present) {
    for (const participant of [...this.participants.values()]) {
      if (!present.has(participant.key)) participant.lose();
    }
  }

  /**
   * @param {Member} member
   * @param {boolean} begins whether this side makes the first offer
   */
  #met(member, begins) {
    const key = this.#keyOf(member);
    if (key === this.#key) return; // what is left of a broken connection of our own
    if (!this.#links(member)) return;
    const known = this.participants.get(key);
    /** @type {Participant} */
    const participant = known ?? new Participant(key, {
      ...this.#surroundings,
      changed: () => this.#changed(participant),
      over: () => this.#remove(participant),
    });
    this.participants.set(key, participant);
    participant.meet(member, begins);
    this.emit(known ? 'changed' : 'came', participant);
  }

  /**
   * @param {string} peer
   * @param {unknown} data
   */
  #updated(peer, data) {
    const participant = this.#with(peer);
    if (!participant) return;
    participant.data = data;
    this.emit('changed', participant);
  }

  /**
   * @param {string} peer
   * @param {string} reason
   */
  #gone(peer, reason) {
    const participant = this.#with(peer);
    if (!participant) return; // known by a newer name already
    if (reason === 'lost') participant.lose();
    else this.#remove(participant);
  }

  /** @param {Participant} participant */
  #changed(participant) {
    if (this.participants.get(participant.key) === participant) this.emit('changed', participant);
  }

  /** @param {Participant} participant */
  #remove(participant) {
    if (this.participants.get(participant.key) !== participant) return;
    this.participants.delete(participant.key);
    participant.close();
    this.emit('left', participant);
  }
}
