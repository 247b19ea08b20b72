// @ts-check
/** This page's camera, microphone and screen. */

/** @typedef {import('../heliograph.js').MediaKind} MediaKind */

const PICTURE = { width: { ideal: 960 }, height: { ideal: 540 }, frameRate: { ideal: 24 } };
const BLOCKED = 'You can join all the same: you will see and hear the others, and they will not see or hear you.';

export class LocalMedia {
  /** @type {MediaStreamTrack | null} */
  camera = null;
  /** @type {MediaStreamTrack | null} */
  microphone = null;
  /** @type {MediaStreamTrack | null} */
  screen = null;
  /** @type {string} why something is missing, for the person in front */
  problem = '';

  /** @type {Record<MediaKind, string | undefined>} */
  #chosen = { audio: undefined, video: undefined };
  #changed;
  #consolation;

  /**
   * @param {() => void} changed called after every change of what there is to send
   * @param {string} [consolation] what one can do without camera and microphone
   */
  constructor(changed, consolation = BLOCKED) {
    this.#changed = changed;
    this.#consolation = consolation;
  }

  /** What the others shall see. */
  get picture() {
    return this.screen ?? this.camera;
  }

  get muted() {
    return !this.microphone?.enabled;
  }

  get canShareScreen() {
    return Boolean(navigator.mediaDevices?.getDisplayMedia);
  }

  /** Asks for both, and takes what it can get. */
  async start() {
    if (!navigator.mediaDevices) {
      this.problem = `Browsers lend the camera to https pages only. ${this.#consolation}`;
    } else {
      try {
        await this.#open(['audio', 'video']);
        this.problem = '';
      } catch (error) {
        await this.#openEither(error);
      }
    }
    this.#changed();
  }

  /** @param {boolean} on */
  async setCamera(on) {
    this.camera?.stop();
    this.camera = null;
    if (on) await this.#retry('video');
    this.#changed();
  }

  /** @param {boolean} on */
  async setMicrophone(on) {
    if (this.microphone) this.microphone.enabled = on;
    else if (on) await this.#retry('audio');
    this.#changed();
  }

  /** @param {boolean} on */
  async setScreen(on) {
    this.screen?.stop();
    this.screen = null;
    if (on) {
      try {
        const stream = await navigator.mediaDevices.getDisplayMedia({ video: true });
        this.screen = stream.getVideoTracks()[0];
        this.screen.onended = () => void this.setScreen(false);
      } catch {
        // the person thought better of it
      }
    }
    this.#changed();
  }

  /**
   * @param {MediaKind} kind
   * @param {string} device
   */
  async choose(kind, device) {
    this.#chosen[kind] = device;
    const muted = kind === 'audio' && this.microphone && !this.microphone.enabled;
    const wanted = kind === 'audio' ? this.microphone : this.camera;
    if (!wanted) return;
    wanted.stop();
    await this.#retry(kind);
    if (muted && this.microphone) this.microphone.enabled = false;
    this.#changed();
  }

  /**
   * @param {MediaKind} kind
   * @returns {Promise<{id: string, label: string, chosen: boolean}[]>}
   */
  async devices(kind) {
    const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    const current = (kind === 'audio' ? this.microphone : this.camera)?.getSettings().deviceId ?? this.#chosen[kind];
    return all
      .filter(device => device.kind === `${kind}input` && device.deviceId)
      .map(({ deviceId: id, label }, index) => ({ id, label: label || `Device ${index + 1}`, chosen: id === current }));
  }

  stop() {
    for (const track of [this.camera, this.microphone, this.screen]) track?.stop();
    this.camera = this.microphone = this.screen = null;
  }

  /** @param {MediaKind} kind */
  async #retry(kind) {
    try {
      await this.#open([kind]);
      this.problem = '';
    } catch (error) {
      if (kind === 'audio') this.microphone = null;
      else this.camera = null;
      this.problem = explain(error);
    }
  }

  /** @param {unknown} error why it could not have both */
  async #openEither(error) {
    if (nameOf(error) !== 'NotAllowedError') {
      await Promise.allSettled([this.#open(['audio']), this.#open(['video'])]);
    }
    if (this.camera) this.problem = 'No microphone was found: the others will see you, but not hear you.';
    else if (this.microphone) this.problem = 'No camera was found: the others will hear you, but not see you.';
    else this.problem = `${explain(error)} ${this.#consolation}`;
  }

  /** @param {MediaKind[]} kinds */
  async #open(kinds) {
    const { audio, video } = this.#chosen;
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: kinds.includes('audio') && { deviceId: audio },
      video: kinds.includes('video') && { deviceId: video, ...PICTURE },
    });
    for (const track of stream.getTracks()) {
      const kind = track.kind === 'audio' ? 'microphone' : 'camera';
      this[kind] = track;
      track.onended = () => {
        if (this[kind] !== track) return;
        this[kind] = null;
        this.#changed();
      };
    }
  }
}

/** @param {unknown} error */
function nameOf(error) {
  return error instanceof Error || error instanceof DOMException ? error.name : '';
}

/** @param {unknown} error */
function explain(error) {
  switch (nameOf(error)) {
    case 'NotAllowedError':
      return 'This page may not use camera and microphone; the browser asks again after a click on the lock beside the address.';
    case 'NotFoundError':
      return 'No camera and no microphone was found.';
    case 'NotReadableError':
      return 'Another program is using the camera or the microphone.';
    default:
      return 'Camera and microphone could not be opened.';
  }
}
