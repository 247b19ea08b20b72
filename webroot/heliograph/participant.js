// @ts-check
/** Someone in a mesh: the link to that page, and the one that is about to replace it. */

import { offerMedia, send } from './media-lines.js';
import { PeerLink, isPolite, originOf } from './peer-link.js';

/** @typedef {import('../heliograph.js').Member} Member */
/** @typedef {import('../heliograph.js').MediaKind} MediaKind */
/** @typedef {import('../heliograph.js').Signal} Signal */
/**
 * @typedef {object} Surroundings what a participant needs of its mesh
 * @property {import('./room.js').Room} room
 * @property {() => RTCPeerConnection} connect
 * @property {Map<MediaKind, MediaStreamTrack | null>} tracks
 * @property {number | undefined} patience milliseconds that it may stay without a connection
 * @property {import('../heliograph.js').Clock} clock
 * @property {() => void} changed
 * @property {() => void} over
 */

/** States in which media may still flow, or flow again, without any signaling. */
const ALIVE = ['connected', 'disconnected'];

export class Participant {
  /** @type {string | undefined} its peer id; none while it is lost to signaling */
  peer;
  /** @type {unknown} */
  data;

  #mesh;
  /** @type {PeerLink | undefined} */
  #link;
  /** @type {PeerLink | undefined} */
  #replacement;
  /** @type {(() => void) | undefined} runs while it is not connected */
  #cancelGivingUp;

  /**
   * @param {string} key
   * @param {Surroundings} mesh
   */
  constructor(key, mesh) {
    this.key = key;
    this.#mesh = mesh;
  }

  /** @returns {RTCPeerConnection | undefined} the one whose media counts */
  get connection() {
    return this.#link?.connection;
  }

  /** @returns {RTCPeerConnectionState} */
  get state() {
    return this.#link?.state ?? 'new';
  }

  /** @returns {MediaStreamTrack[]} what it sends */
  get tracks() {
    return (this.connection?.getReceivers() ?? []).map(({ track }) => track);
  }

  /**
   * It is in the room under this peer id: for the first time, or again.
   *
   * @param {Member} member
   * @param {boolean} begins
   */
  meet({ peer, data }, begins) {
    this.peer = peer;
    this.data = data;
    this.#stopWaiting();
    this.#meetOn(begins);
    this.#wait();
  }

  /** @param {boolean} begins */
  #meetOn(begins) {
    const link = this.#newest;
    if (!link || !(link.state === 'connecting' || ALIVE.includes(link.state))) return this.#replace(begins);
    link.rebind(this.#terms());
    if (begins && link.state !== 'connected') link.restart();
  }

  /** Signaling does not know it any more. It stays as long as its media does. */
  lose() {
    this.peer = undefined;
    this.#watch();
  }

  /**
   * A description from another connection than the one linked to means that the other side had to begin anew.
   *
   * @param {Signal} type
   * @param {any} data
   */
  receive(type, data) {
    const link = this.#newest;
    const over = !link || link.state === 'closed';
    const strange = !over && link.remoteOrigin !== undefined && link.remoteOrigin !== originOf(data);
    if (type === 'answer' && strange) return this.#replace(true);
    if (type === 'offer' && (over || strange)) this.#replace(false);
    void this.#newest?.receive(type, data);
  }

  /**
   * @param {MediaKind} kind
   * @param {MediaStreamTrack | null} track
   */
  async setTrack(kind, track) {
    const links = [this.#link, this.#replacement].filter(link => link && link.state !== 'closed');
    await Promise.all(links.map(link => send(/** @type {PeerLink} */ (link).connection, kind, track)));
  }

  /** @param {RTCIceServer[]} iceServers */
  setIceServers(iceServers) {
    this.#link?.setIceServers(iceServers);
    this.#replacement?.setIceServers(iceServers);
  }

  close() {
    this.#link?.close();
    this.#replacement?.close();
    this.#stopWaiting();
  }

  get #newest() {
    return this.#replacement ?? this.#link;
  }

  #terms() {
    const peer = /** @type {string} */ (this.peer);
    const { client } = this.#mesh.room;
    return {
      polite: isPolite(/** @type {string} */ (client.peer), peer),
      /** @type {import('../heliograph.js').PeerLinkOptions['send']} */
      send: (type, data) => client.relay(type, { to: peer }, data),
    };
  }

  /** @param {boolean} begins */
  #replace(begins) {
    const stale = this.#replacement;
    this.#replacement = undefined;
    stale?.close();
    const link = new PeerLink(this.#mesh.connect(), { ...this.#terms(), begins });
    this.#replacement = link;
    link.on('state', () => this.#watch());
    link.on('track', () => this.#mesh.changed());
    offerMedia(link.connection, this.#mesh.tracks, begins);
    if (!this.#link || !ALIVE.includes(this.state)) this.#promote();
  }

  /** The replacement takes over, and the old connection ends. */
  #promote() {
    const old = this.#link;
    this.#link = this.#replacement;
    this.#replacement = undefined;
    old?.close();
  }

  /** After every change of a link, and of what signaling knows. */
  #watch() {
    if (this.#replacement && (this.#replacement.state === 'connected' || !ALIVE.includes(this.state))) this.#promote();
    this.#wait();
    if (!this.peer && !ALIVE.includes(this.state)) this.#mesh.over();
    else this.#mesh.changed();
  }

  /** Whoever stays unconnected for longer than the mesh's patience is given up. */
  #wait() {
    const { clock, patience, over } = this.#mesh;
    if (this.state === 'connected' || patience === undefined) this.#stopWaiting();
    else this.#cancelGivingUp ??= clock.after(patience, over);
  }

  #stopWaiting() {
    this.#cancelGivingUp?.();
    this.#cancelGivingUp = undefined;
  }
}
