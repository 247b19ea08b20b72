// @ts-check
/** A call: the room, everyone in it, and a tile for each. */

import { connect, Mesh } from '../heliograph.js';
import { randomLetters } from './invitation.js';
import { Meter } from './meter.js';
import { Tile } from './tile.js';

/** @typedef {import('../heliograph.js').Participant} Participant */
/** @typedef {import('../heliograph.js').SignalingError} SignalingError */
/** @typedef {import('../heliograph.js').StateChange} StateChange */
/**
 * @typedef {object} Owner
 * @property {HTMLElement} stage where the tiles go
 * @property {(change: StateChange) => void} signaling
 * @property {(others: number) => void} attendance
 * @property {(text: string) => void} announce
 * @property {(error: SignalingError) => void} ended not by oneself
 */

export const CAPACITY = 8;
const MEASURE_EVERY = 1000;
/** What names this page in the roster: it stays when a reconnect gives the peer another id. */
const KEY = randomLetters(16);
/** With `?ice=relay` in the address everything goes through a TURN server, to see whether that works. */
const RELAY_ONLY = new URLSearchParams(location.search).get('ice') === 'relay';

export class Call {
  #media;
  #owner;
  #name;
  #client;
  #room;
  #mesh;
  #own = new Tile().own();
  /** @type {Map<Participant, {tile: Tile, meter: Meter}>} */
  #seats = new Map();
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
    this.#room = this.#client.room(room, { capacity: CAPACITY, data: this.#card() });
    this.#mesh = new Mesh(this.#room, {
      key: KEY,
      keyOf: ({ peer, data }) => String(data?.key ?? peer),
      configuration: { iceTransportPolicy: RELAY_ONLY ? 'relay' : 'all' },
    });
    this.#client.on('state', change => owner.signaling(change));
    this.#room.on('joined', ({ peer }) => this.#own.follow({ key: KEY, peer, state: 'connected' }));
    this.#room.on('refused', ({ error, retryIn }) => retryIn === undefined && owner.ended(error));
    this.#mesh.on('came', participant => this.#came(participant));
    this.#mesh.on('changed', participant => this.#show(participant));
    this.#mesh.on('left', participant => this.#left(participant));
    this.#measuring = setInterval(() => this.#measure(), MEASURE_EVERY);
  }

  /** @returns {Promise<void>} once in the room; rejects when there is no way in */
  async join() {
    this.mediaChanged();
    await this.#room.join();
    this.#owner.stage.prepend(this.#own.element);
    this.#owner.attendance(this.#seats.size);
  }

  /** The camera, the microphone or the screen went on or off. */
  mediaChanged() {
    const { picture, microphone } = this.#media;
    this.#own.play([picture]);
    this.#own.describe(this.#card());
    void this.#mesh.setTrack('audio', microphone);
    void this.#mesh.setTrack('video', picture);
    this.#room.update(this.#card()).catch(() => {}); // the next join carries it
  }

  end() {
    clearInterval(this.#measuring);
    this.#mesh.close();
    this.#client.close();
    this.#own.remove();
  }

  #card() {
    const { screen, camera, muted } = this.#media;
    const picture = screen ? 'screen' : camera ? 'camera' : undefined;
    return { key: KEY, name: this.#name, picture, muted };
  }

  /** @param {Participant} participant */
  #came(participant) {
    const tile = new Tile();
    this.#seats.set(participant, { tile, meter: new Meter() });
    this.#owner.stage.append(tile.element);
    this.#show(participant);
    this.#owner.attendance(this.#seats.size);
    this.#owner.announce(`${tile.name} is here`);
  }

  /** @param {Participant} participant */
  #show(participant) {
    const tile = this.#seats.get(participant)?.tile;
    tile?.describe(participant.data ?? {});
    tile?.follow(participant);
    tile?.play(participant.tracks);
  }

  /** @param {Participant} participant */
  #left(participant) {
    const tile = this.#seats.get(participant)?.tile;
    this.#seats.delete(participant);
    tile?.remove();
    this.#owner.attendance(this.#seats.size);
    this.#owner.announce(`${tile?.name} has left`);
  }

  #measure() {
    for (const [{ connection }, { tile, meter }] of this.#seats) {
      if (connection) void meter.look(connection).then(measured => tile.measure(measured));
    }
  }
}
