// @ts-check
/** One person on the stage. Everything others have typed goes in as text. */

import { find, mark } from './dom.js';

/** @typedef {{name?: unknown, picture?: unknown, muted?: unknown}} Card what a page tells about itself in the roster */

/** @type {Record<RTCPeerConnectionState, string>} */
const WORDS = {
  new: 'connecting…',
  connecting: 'connecting…',
  connected: '',
  disconnected: 'connection unstable…',
  failed: 'finding another way…',
  closed: 'not connected',
};

export class Tile {
  element;
  #video;
  #link;
  #stream = new MediaStream();

  constructor() {
    const template = find('#tile', HTMLTemplateElement);
    const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    this.element = find('.tile', HTMLElement, copy);
    this.#video = find('video', HTMLVideoElement, copy);
    this.#link = find('.link', HTMLElement, copy);
  }

  get name() {
    return find('.name', HTMLElement, this.element).textContent ?? '';
  }

  /** Oneself: no sound, or it would howl. */
  own() {
    mark(this.element, 'own', '');
    this.#video.muted = true;
    return this;
  }

  /** @param {Card} card */
  describe({ name, picture, muted }) {
    const shown = (typeof name === 'string' && name.trim().slice(0, 40)) || 'Guest';
    find('.name', HTMLElement, this.element).textContent = shown;
    find('.initials', HTMLElement, this.element).textContent = initials(shown);
    mark(this.element, 'picture', picture === 'camera' || picture === 'screen' ? picture : undefined);
    mark(this.element, 'muted', muted === true && '');
  }

  /**
   * @param {(MediaStreamTrack | null)[]} tracks
   * @returns {boolean} whether there is something to play where there was nothing
   */
  play(tracks) {
    const wanted = tracks.filter(track => track !== null);
    for (const track of this.#stream.getTracks()) if (!wanted.includes(track)) this.#stream.removeTrack(track);
    for (const track of wanted) this.#stream.addTrack(track);
    const source = wanted.length > 0 ? this.#stream : null; // one that is empty would hold up the page's load event
    if (this.#video.srcObject === source) return false;
    this.#video.srcObject = source;
    return source !== null;
  }

  /**
   * Starts the picture where the browser does not by itself: it lets sound out only after a click.
   *
   * @returns {Promise<boolean>} whether its sound had to be turned off for that
   */
  async start() {
    try {
      await this.#video.play();
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'NotAllowedError')) return false; // something newer plays
      this.#video.muted = true;
      await this.#video.play().catch(() => {});
    }
    return this.#video.muted;
  }

  /** After a click. */
  turnSoundOn() {
    this.#video.muted = false;
    void this.#video.play();
  }

  /** @param {{key: string, peer?: string, state: RTCPeerConnectionState}} participant */
  follow({ key, peer, state }) {
    mark(this.element, 'key', key);
    mark(this.element, 'peer', peer);
    mark(this.element, 'state', state);
    mark(this.element, 'away', !peer && '');
    if (state !== 'connected') this.#link.textContent = WORDS[state];
  }

  /** @param {{frames: number, kilobits: number | undefined}} measured */
  measure({ frames, kilobits }) {
    mark(this.element, 'frames', frames);
    mark(this.element, 'kilobits', kilobits);
    if (this.element.dataset.state === 'connected') this.#link.textContent = kilobits === undefined ? '' : `${kilobits} kbit/s`;
  }

  remove() {
    this.#video.srcObject = null;
    this.element.remove();
  }
}

/** @param {string} name */
function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], ...words.slice(1).slice(-1)].map(word => [...word][0].toUpperCase()).join('');
}
