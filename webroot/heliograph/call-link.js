// @ts-check
/** Sound and picture of one call: a connection from its acceptance to its end. The caller makes the first offer. */

import { Emitter } from './emitter.js';
import { SignalingError } from './errors.js';
import { offerMedia, send } from './media-lines.js';
import { PeerLink, isPolite } from './peer-link.js';

/** @typedef {import('../heliograph.js').CallLinkEvents} CallLinkEvents */
/** @typedef {import('../heliograph.js').MediaKind} MediaKind */
/** @typedef {import('../heliograph.js').Relayed} Relayed */
/** @typedef {import('../heliograph.js').Signal} Signal */

/** @type {Signal[]} */
const SIGNALS = ['offer', 'answer', 'candidate', 'bye'];
/** States in which media may still flow, or flow again, without any signaling. */
const ALIVE = ['connected', 'disconnected'];
/** Signals of the other side that may overtake the answer to an accept; more than these are nobody's need. */
const EARLY_MOST = 256;

/** @extends {Emitter<CallLinkEvents>} */
export class CallLink extends Emitter {
  #call;
  #connect;
  /** @type {PeerLink | undefined} */
  #link;
  /** @type {[Signal, any][]} */
  #early = [];
  /** @type {Map<MediaKind, MediaStreamTrack | null>} what this side sends */
  #tracks = new Map([['audio', null], ['video', null]]);
  /** Nobody can carry a signal to the other side any more. */
  #cut = false;
  #over = false;
  /** @type {(() => void)[]} */
  #listening;

  /**
   * Give it the call before it is accepted.
   *
   * @param {import('./call.js').Call} call
   * @param {import('../heliograph.js').CallLinkOptions} [options]
   */
  constructor(call, { configuration = {}, connect = made => new RTCPeerConnection(made) } = {}) {
    super();
    const { client } = call;
    this.#call = call;
    this.#connect = () => connect({ iceServers: client.iceServers, ...configuration });
    this.#listening = [
      client.on('ice-servers', ({ iceServers }) => !configuration.iceServers && this.#renew(iceServers)),
      call.on('accepted', ({ peer }) => this.#open(peer)),
      call.on('ended', ({ reason }) => this.#ended(reason)),
      ...SIGNALS.map(type => client.on(type, frame => this.#receive(type, frame))),
    ];
  }

  /** @returns {RTCPeerConnection | undefined} */
  get connection() {
    return this.#link?.connection;
  }

  /** @returns {RTCPeerConnectionState} */
  get state() {
    return this.#link?.state ?? 'new';
  }

  /** @returns {MediaStreamTrack[]} what the other side sends */
  get tracks() {
    return (this.connection?.getReceivers() ?? []).map(({ track }) => track);
  }

  /** Signaling has lost the call or the other side, but the media goes on: it lasts as long as that does. */
  get adrift() {
    return this.#cut && !this.#over;
  }

  /**
   * What the other side gets to see or hear from now on; `null` for nothing.
   *
   * @param {MediaKind} kind
   * @param {MediaStreamTrack | null} track
   */
  async setTrack(kind, track) {
    this.#tracks.set(kind, track);
    if (this.connection && this.state !== 'closed') await send(this.connection, kind, track);
  }

  /** Hangs up, and ends the connection. */
  close() {
    void this.#call.hangup(); // its end is that of the link, too
    this.#finish('hangup'); // where it had ended before
  }

  /** @param {string} peer */
  #open(peer) {
    const { client, incoming } = this.#call;
    const link = new PeerLink(this.#connect(), {
      polite: isPolite(/** @type {string} */ (client.peer), peer),
      begins: !incoming,
      send: (type, data) => client.relay(type, { to: peer }, data),
    });
    this.#link = link;
    link.on('state', () => this.#changed());
    link.on('track', () => this.#changed());
    link.on('bye', () => void this.#call.hangup());
    link.on('error', error => this.#failed(error));
    offerMedia(link.connection, this.#tracks, !incoming);
    for (const [type, data] of this.#early.splice(0)) void link.receive(type, data);
  }

  /**
   * @param {Signal} type
   * @param {Relayed} frame
   */
  #receive(type, { from, data }) {
    if (from !== this.#call.peer) return;
    if (this.#link) void this.#link.receive(type, data);
    else if (this.#early.length < EARLY_MOST) this.#early.push([type, data]);
  }

  /** @param {RTCIceServer[]} iceServers */
  #renew(iceServers) {
    if (iceServers.length > 0) this.#link?.setIceServers(iceServers);
  }

  /** @param {string} reason */
  #ended(reason) {
    if (reason !== 'lost') return this.#finish(reason);
    this.#cut = true;
    this.#changed();
  }

  /**
   * Nobody tells an accepted call that the other side's node died with its session: the next signal finds nobody there.
   *
   * @param {unknown} error
   */
  #failed(error) {
    if (!(error instanceof SignalingError) || error.code !== 'peer-unreachable') return;
    this.#cut = true;
    this.#changed();
  }

  #changed() {
    if (this.#over) return;
    if (this.#cut && !ALIVE.includes(this.state)) this.#finish('lost');
    else this.emit('changed', this);
  }

  /** @param {string} reason */
  #finish(reason) {
    if (this.#over) return;
    this.#over = true;
    for (const off of this.#listening) off();
    this.#link?.close();
    void this.#call.hangup();
    this.emit('ended', { reason });
  }
}
