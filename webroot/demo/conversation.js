// @ts-check
/** One call on the stage, from its first ring to its end. */

import { CallLink } from '../heliograph.js';
import { Meter } from './meter.js';
import { Tile } from './tile.js';

/** @typedef {import('../heliograph.js').Call} Call */
/** @typedef {import('../heliograph.js').Message} Message */
/** @typedef {import('./tile.js').Card} Card */

const MEASURE_EVERY = 1000;

export class Conversation {
  call;
  /** How many devices of the other side ring, once that is known. */
  devices = 0;
  accepted = false;
  /** The person in front has accepted; the server has yet to say whether that was in time. */
  accepting = false;
  /** The person in front ended it. */
  mine = false;

  #media;
  #link;
  #other = new Tile();
  #own = new Tile().own();
  #meter = new Meter();
  #measuring;
  #stopListening;

  /**
   * @param {Call} call
   * @param {import('./media.js').LocalMedia} media
   * @param {{stage: HTMLElement, changed: () => void, over: (reason: string) => void}} owner
   */
  constructor(call, media, { stage, changed, over }) {
    this.call = call;
    this.#media = media;
    this.#link = new CallLink(call);
    stage.append(this.#other.element, this.#own.element);
    call.on('ringing', ({ peers }) => {
      this.devices = peers;
      changed();
    });
    call.on('accepted', () => {
      this.accepted = true;
      this.mediaChanged();
      this.#show();
      changed();
    });
    this.#link.on('changed', () => {
      this.#show();
      changed();
    });
    this.#link.on('ended', ({ reason }) => {
      this.#end();
      over(reason);
    });
    this.#stopListening = call.client.on('message', message => this.#hear(message));
    this.#measuring = setInterval(() => this.#measure(), MEASURE_EVERY);
    this.#describe({});
    this.#show();
    this.mediaChanged();
  }

  /** @returns {string} */
  get user() {
    return this.call.user ?? 'Somebody';
  }

  /** The server lost the call; only the media is left. */
  get adrift() {
    return this.#link.adrift;
  }

  get video() {
    return /** @type {HTMLVideoElement} */ (this.#other.element.querySelector('video'));
  }

  /** The camera or the microphone went on or off. */
  mediaChanged() {
    const { picture, microphone, muted } = this.#media;
    const card = { picture: picture ? 'camera' : undefined, muted };
    this.#own.play([picture]);
    this.#own.describe({ ...card, name: this.call.client.user });
    void this.#link.setTrack('audio', microphone);
    void this.#link.setTrack('video', picture);
    const { peer, state, client } = this.call;
    if (peer && state === 'accepted') client.relay('message', { to: peer }, card).catch(() => {}); // its end is told by the call
  }

  /** @returns {Promise<void>} rejects when it was too late */
  accept() {
    this.accepting = true;
    return this.call.accept();
  }

  hangUp() {
    this.mine = true;
    this.#link.close();
  }

  /** @param {Message} message what the other page tells about its camera and microphone, perhaps before the accept's answer */
  #hear({ from, data }) {
    if (from === this.call.peer) this.#describe(data ?? {});
  }

  /** @param {Card} card */
  #describe({ picture, muted }) {
    this.#other.describe({ name: this.user, picture, muted });
  }

  #show() {
    const { state, tracks } = this.#link;
    this.#other.follow({ key: this.user, peer: this.call.peer, state });
    this.#other.play(tracks);
  }

  #measure() {
    const { connection } = this.#link;
    if (connection) void this.#meter.look(connection).then(measured => this.#other.measure(measured));
  }

  #end() {
    clearInterval(this.#measuring);
    this.#stopListening();
    if (document.pictureInPictureElement === this.video) void document.exitPictureInPicture();
    for (const tile of [this.#other, this.#own]) tile.remove();
  }
}
