// @ts-check
/** A call for two: a `Pair`, a large picture of the other one and a small one of oneself. */

import { connect, Pair } from '../heliograph.js';
import { randomLetters } from './invitation.js';
import { Meter } from './meter.js';
import { Tile } from './tile.js';

/** @typedef {import('../heliograph.js').PairState} PairState */
/** @typedef {import('../heliograph.js').SignalingError} SignalingError */
/** @typedef {import('../heliograph.js').StateChange} StateChange */
/**
 * @typedef {object} Owner
 * @property {HTMLElement} stage where the pictures go
 * @property {(change: StateChange) => void} signaling
 * @property {(state: PairState, name: string, connection: RTCPeerConnectionState) => void} state with the other one's name
 * @property {(error: SignalingError) => void} ended not by oneself
 */

const MEASURE_EVERY = 1000;
/** What names this page in the roster: it stays when a reconnect gives the peer another id. */
const KEY = randomLetters(16);

export class PairCall {
  #media;
  #name;
  #owner;
  #client;
  #pair;
  #own = new Tile().own();
  /** @type {Tile | undefined} of the other one, or of the last one there was */
  #theirs;
  #meter = new Meter();
  #measuring;

  /**
   * @param {string} room
   * @param {string} name
   * @param {import('./media.js').LocalMedia} media
   * @param {Owner} owner
   */
  constructor(room, name, media, owner) {
    this.#name = name;
    this.#media = media;
    this.#owner = owner;
    this.#client = connect();
    this.#pair = new Pair(this.#client, room, {
      key: KEY,
      keyOf: ({ peer, data }) => String(data?.key ?? peer),
      data: this.#card(),
    });
    this.#client.on('state', change => owner.signaling(change));
    this.#pair.room.on('joined', ({ peer }) => this.#own.follow({ key: KEY, peer, state: 'connected' }));
    this.#pair.room.on('refused', ({ error, retryIn }) => retryIn === undefined && owner.ended(error));
    this.#pair.on('state', () => this.#show());
    this.#pair.on('changed', () => this.#show());
    owner.stage.append(this.#own.element);
    this.#measuring = setInterval(() => this.#measure(), MEASURE_EVERY);
    this.mediaChanged();
  }

  /** @returns {Promise<void>} once in the room; rejects when refused, and may be called again when it was full */
  join() {
    return this.#pair.join();
  }

  /** The camera, the microphone or the screen went on or off. */
  mediaChanged() {
    const { picture, microphone } = this.#media;
    this.#own.play([picture]);
    this.#own.describe(this.#card());
    void this.#pair.setTrack('audio', microphone);
    void this.#pair.setTrack('video', picture);
    this.#pair.room.update(this.#card()).catch(() => {}); // the next join carries it
  }

  end() {
    clearInterval(this.#measuring);
    this.#pair.close();
    this.#client.close();
    this.#own.remove();
    this.#theirs?.remove();
  }

  #card() {
    const { screen, camera, muted } = this.#media;
    const picture = screen ? 'screen' : camera ? 'camera' : undefined;
    return { key: KEY, name: this.#name, picture, muted };
  }

  #show() {
    const { state, other } = this.#pair;
    if (other) {
      if (other.key !== this.#theirs?.element.dataset.key) this.#replace(new Tile());
      this.#theirs?.describe(other.data ?? {});
      this.#theirs?.follow(other);
      this.#theirs?.play(other.tracks);
    }
    const name = this.#theirs?.name ?? '';
    if (!other) this.#replace(undefined);
    this.#owner.state(state, name, other?.state ?? 'new');
  }

  /** @param {Tile | undefined} tile */
  #replace(tile) {
    this.#theirs?.remove();
    this.#theirs = tile;
    if (tile) this.#owner.stage.prepend(tile.element);
  }

  #measure() {
    const tile = this.#theirs;
    const { connection } = this.#pair.other ?? {};
    if (connection) void this.#meter.look(connection).then(measured => tile?.measure(measured));
  }
}
