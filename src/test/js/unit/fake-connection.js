// @ts-check
/**
 * An RTCPeerConnection without media: the state machine of descriptions as browsers have it, with crossing offers, implicit
 * rollback and ICE credentials. It connects when both sides are settled and have heard a candidate of the other's
 * present credentials.
 */

let made = 0;

export class FakeConnection {
  signalingState = 'stable';
  connectionState = 'new';
  /** @type {any} */
  localDescription = null;
  /** @type {any} */
  remoteDescription = null;
  /** @type {((event: any) => void) | null} */
  onnegotiationneeded = null;
  /** @type {((event: any) => void) | null} */
  onicecandidate = null;
  /** @type {((event: any) => void) | null} */
  ontrack = null;
  /** @type {((event: any) => void) | null} */
  ondatachannel = null;
  /** @type {(() => void) | null} */
  onconnectionstatechange = null;
  /** What it sends now, and what both sides have agreed on. */
  lines = 0;
  agreed = 0;
  /** @type {RTCConfiguration} */
  configuration;
  /** The ICE servers in force when it last began to gather. @type {RTCIceServer[] | undefined} */
  gatheredFrom;

  #origin = ++made;
  #version = 0;
  #credentials = 0;
  #restart = false;
  #heard = '';
  /** @type {any} */
  #stableLocal = null;

  /** @param {RTCConfiguration} [configuration] */
  constructor(configuration = {}) {
    this.configuration = configuration;
  }

  /** The real type, which this stands for. */
  get real() {
    return /** @type {RTCPeerConnection} */ (/** @type {unknown} */ (this));
  }

  getConfiguration() {
    return { ...this.configuration };
  }

  /** @param {RTCConfiguration} configuration */
  setConfiguration(configuration) {
    if (configuration.bundlePolicy !== this.configuration.bundlePolicy) throw new Error('InvalidModificationError');
    this.configuration = configuration;
  }

  addTransceiver() {
    this.lines++;
    this.#need();
  }

  addTrack() {
    this.addTransceiver();
  }

  getReceivers() {
    return [];
  }

  getTransceivers() {
    return [];
  }

  restartIce() {
    this.#restart = true;
    this.#need();
  }

  async setLocalDescription() {
    await null;
    const type = this.signalingState === 'have-remote-offer' ? 'answer' : 'offer';
    if (this.#restart || this.#credentials === 0) {
      this.#credentials++;
      this.gatheredFrom = this.configuration.iceServers;
    }
    this.#restart = false;
    const lines = type === 'offer' ? this.lines : Math.max(this.lines, linesOf(this.remoteDescription));
    const sdp = `v=0\r\no=- ${this.#origin} ${++this.#version} IN IP4 0\r\na=ice-ufrag:${this.#ufrag}\r\na=lines:${lines}\r\n`;
    this.localDescription = { type, sdp };
    this.signalingState = type === 'offer' ? 'have-local-offer' : 'stable';
    if (type === 'answer') this.#settle(lines);
    this.#gather(this.#ufrag);
  }

  /** @param {{type: string, sdp: string}} description */
  async setRemoteDescription(description) {
    await null;
    const { type, sdp } = description;
    if (type === 'offer' && this.signalingState === 'have-local-offer') this.localDescription = this.#stableLocal;
    else if (this.signalingState !== (type === 'offer' ? 'stable' : 'have-local-offer')) {
      throw new Error(`${type} in ${this.signalingState}`);
    }
    this.remoteDescription = { type, sdp: sdp.replace(/o=\S+/, 'o=rewritten') };
    this.signalingState = type === 'offer' ? 'have-remote-offer' : 'stable';
    if (type === 'answer') this.#settle(linesOf(description));
  }

  /** @param {{candidate: string} | undefined} init */
  async addIceCandidate(init) {
    await null;
    if (!this.remoteDescription) throw new Error('candidate before description');
    if (!init) return;
    const [ufrag] = init.candidate.split(' ');
    if (!this.remoteDescription.sdp.includes(`a=ice-ufrag:${ufrag}\r`)) throw new Error(`unknown ufrag: ${ufrag}`);
    this.#heard = ufrag;
    this.#connectIfDone();
  }

  close() {
    this.signalingState = this.connectionState = 'closed';
  }

  /** @param {string} state as the network would bring it about */
  become(state) {
    this.connectionState = state;
    if (state !== 'connected') this.#heard = '';
    this.onconnectionstatechange?.();
  }

  get #ufrag() {
    return `u${this.#origin}.${this.#credentials}`;
  }

  /** In a turn of its own, after the description; what was gathered for an offer since taken back is not told. @param {string} ufrag */
  #gather(ufrag) {
    setImmediate(() => {
      if (this.localDescription?.sdp.includes(`a=ice-ufrag:${ufrag}\r`)) {
        this.onicecandidate?.({ candidate: { candidate: `${ufrag} host` } });
      }
    });
  }

  /** @param {number} lines */
  #settle(lines) {
    this.agreed = lines;
    this.lines = Math.max(this.lines, lines);
    this.#stableLocal = this.localDescription;
    this.#connectIfDone();
    if (this.#restart || this.lines > lines) this.#need();
  }

  #connectIfDone() {
    if (this.signalingState === 'stable' && this.#heard && this.connectionState !== 'connected') this.become('connected');
  }

  #need() {
    queueMicrotask(() => {
      if (this.signalingState === 'stable') this.onnegotiationneeded?.({});
    });
  }
}

/** @param {{sdp: string} | null} description */
function linesOf(description) {
  return Number(/a=lines:(\d+)/.exec(description?.sdp ?? '')?.[1] ?? 0);
}
