// @ts-check
/**
 * Everyone in a room linked with everyone. A participant is a page, not a peer: its `key` stays when its peer id changes
 * after a lost signaling connection, and so do its connection and its media.
 */

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
  #connect;
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
  constructor(room, { key, keyOf, configuration = {}, connect = made => new RTCPeerConnection(made) }) {
    super();
    const { client } = room;
    this.#room = room;
    this.#key = key;
    this.#keyOf = keyOf;
    this.#connect = () => connect({ iceServers: client.iceServers, ...configuration });
    this.#listening = [
      client.on('ice-servers', ({ iceServers }) => !configuration.iceServers && this.#renew(iceServers)),
      room.on('joined', ({ peers }) => this.#entered(peers)),
      room.on('peer-joined', member => this.#met(member, true)),
      room.on('peer-updated', ({ peer, data }) => this.#updated(peer, data)),
      room.on('peer-left', ({ peer, reason }) => this.#gone(peer, reason)),
      ...SIGNALS.map(type => client.on(type, ({ from, data }) => this.#with(from)?.receive(type, data))),
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

  /** @param {Member[]} members they were there first, so they offer */
  #entered(members) {
    const keys = new Set(members.map(this.#keyOf));
    for (const participant of [...this.participants.values()]) {
      if (!keys.has(participant.key)) participant.lose();
    }
    for (const member of members) this.#met(member, false);
  }

  /**
   * @param {Member} member
   * @param {boolean} begins whether this side makes the first offer
   */
  #met(member, begins) {
    const key = this.#keyOf(member);
    if (key === this.#key) return; // what is left of a broken connection of our own
    const known = this.participants.get(key);
    /** @type {Participant} */
    const participant = known ?? new Participant(key, {
      room: this.#room,
      connect: this.#connect,
      tracks: this.#tracks,
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
    if (!this.participants.delete(participant.key)) return;
    participant.close();
    this.emit('left', participant);
  }
}
