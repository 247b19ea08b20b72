// @ts-check
/**
 * Perfect negotiation over one RTCPeerConnection: both sides may change tracks or restart ICE whenever they like, and
 * offers that cross do no harm. Everything that touches descriptions runs in one queue, in the order it came.
 */

import { Emitter } from './emitter.js';

/** @typedef {import('../heliograph.js').PeerLinkEvents} PeerLinkEvents */
/** @typedef {import('../heliograph.js').PeerLinkOptions} PeerLinkOptions */
/** @typedef {import('../heliograph.js').Signal} Signal */

/**
 * Whether this side gives way when offers cross: the peer id that sorts first does.
 *
 * @param {string} self
 * @param {string} other
 */
export function isPolite(self, other) {
  return self < other;
}

/**
 * The identity of the connection that made a description, one and the same in all that it ever makes: the session id of
 * the origin line. Its user name is no part of it: Chromium gives every description back under one of its own.
 *
 * @param {RTCSessionDescriptionInit | null | undefined} description
 * @returns {string | undefined}
 */
export function originOf(description) {
  return /^o=\S+ (\S+)/m.exec(description?.sdp ?? '')?.[1];
}

/** @extends {Emitter<PeerLinkEvents>} */
export class PeerLink extends Emitter {
  /** The connection, for tracks, channels and statistics. */
  connection;

  #polite;
  #send;
  /** Whether this side may offer yet: the one that does not begin waits for the first offer. */
  #begun;
  /** An offer was ignored; what belongs to it is, too. */
  #ignoring = false;
  /** @type {(RTCIceCandidateInit | null)[]} candidates that came before their description */
  #early = [];
  #queue = Promise.resolve();

  /**
   * @param {RTCPeerConnection} connection
   * @param {PeerLinkOptions} options
   */
  constructor(connection, { polite, begins, send }) {
    super();
    this.connection = connection;
    this.#polite = polite;
    this.#begun = begins;
    this.#send = send;
    connection.onnegotiationneeded = () => this.#offer('stable');
    connection.onicecandidate = ({ candidate }) => this.#signal('candidate', candidate);
    connection.ontrack = event => this.emit('track', event);
    connection.ondatachannel = ({ channel }) => this.emit('channel', channel);
    connection.onconnectionstatechange = () => this.#stateChanged();
  }

  get state() {
    return this.connection.connectionState;
  }

  /** @returns {string | undefined} which connection the other side negotiates with; see `originOf` */
  get remoteOrigin() {
    return originOf(this.connection.remoteDescription);
  }

  /**
   * Takes what the other side sent.
   *
   * @param {Signal} type
   * @param {any} data
   * @returns {Promise<void>} once it has had its effect
   */
  receive(type, data) {
    return this.#enqueue(() => {
      if (type === 'candidate') return this.#candidate(data);
      if (type === 'bye') return this.#ended();
      return this.#description(data);
    });
  }

  /** Looks for a new way to the other side, on the same connection. */
  restart() {
    if (this.state !== 'closed') this.connection.restartIce();
  }

  /**
   * Uses other servers from the next ICE restart on, and restarts at once where the connection is in trouble: with servers
   * whose credentials have expired it would find no way.
   *
   * @param {RTCIceServer[]} iceServers
   */
  setIceServers(iceServers) {
    if (this.state === 'closed') return;
    try {
      this.connection.setConfiguration({ ...this.connection.getConfiguration(), iceServers });
    } catch (error) {
      this.emit('error', error);
    }
    if (this.state === 'disconnected' || this.state === 'failed') this.restart();
  }

  /**
   * Goes on with the same connection when the two peers have new names. An offer that was under way is made again.
   *
   * @param {{polite: boolean, send: PeerLinkOptions['send']}} options
   */
  rebind({ polite, send }) {
    this.#polite = polite;
    this.#send = send;
    this.#ignoring = false;
    this.#offer('have-local-offer');
  }

  /** Ends the connection and tells the other side. */
  bye() {
    this.#signal('bye');
    this.close();
  }

  /** Ends the connection without a word. */
  close() {
    if (this.state === 'closed') return;
    this.connection.close();
    this.emit('state', 'closed'); // browsers fire nothing for a close of one's own
  }

  /**
   * One offer at a time: an answer does not say to which offer it belongs.
   *
   * @param {RTCSignalingState} from the only state in which to make it
   */
  #offer(from) {
    if (!this.#begun) return;
    void this.#enqueue(async () => {
      if (this.connection.signalingState !== from) return;
      await this.connection.setLocalDescription();
      this.#signal('offer', this.connection.localDescription);
    });
  }

  /** @param {RTCSessionDescriptionInit} description */
  async #description(description) {
    const { connection } = this;
    const offered = description.type === 'offer';
    if (!offered && connection.signalingState !== 'have-local-offer') return; // to an offer since taken back
    this.#ignoring = offered && connection.signalingState !== 'stable' && !this.#polite;
    if (this.#ignoring) return;
    this.#begun = true;
    await connection.setRemoteDescription(description); // takes an offer of ours back where needed
    for (const candidate of this.#early.splice(0)) await this.#add(candidate);
    if (!offered) return;
    await connection.setLocalDescription();
    this.#signal('answer', connection.localDescription);
  }

  /** @param {RTCIceCandidateInit | null} candidate */
  async #candidate(candidate) {
    if (this.#ignoring) return;
    if (this.connection.remoteDescription) await this.#add(candidate);
    else this.#early.push(candidate);
  }

  /** @param {RTCIceCandidateInit | null} candidate */
  async #add(candidate) {
    try {
      await this.connection.addIceCandidate(candidate ?? undefined);
    } catch (error) {
      this.emit('error', error); // one way less to try: of an earlier description, or of a kind unknown here
    }
  }

  #ended() {
    this.emit('bye', undefined);
    this.close();
  }

  #stateChanged() {
    const { state } = this;
    if (state === 'failed') this.restart();
    this.emit('state', state);
  }

  /**
   * Not awaited in the queue: the server keeps the order, and its answer may take its time.
   *
   * @param {Signal} type
   * @param {any} [data]
   */
  #signal(type, data) {
    this.#send(type, data).catch(error => this.emit('error', error));
  }

  /**
   * @param {() => void | Promise<void>} task
   * @returns {Promise<void>}
   */
  #enqueue(task) {
    this.#queue = this.#queue
      .then(() => (this.state === 'closed' ? undefined : task()))
      .catch(error => this.emit('error', error));
    return this.#queue;
  }
}
