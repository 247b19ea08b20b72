// @ts-check
/**
 * One to many: a room in which one member says that it is the streamer and all others that they are viewers. Each viewer is
 * linked with the streamer and with nobody else; a viewer may talk back over the same connection.
 */

import { connect, Mesh } from '../heliograph.js';
import { randomLetters } from './invitation.js';
import { Meter } from './meter.js';
import { Tile } from './tile.js';

/** @typedef {import('../heliograph.js').Member} Member */
/** @typedef {import('../heliograph.js').Participant} Participant */
/** @typedef {import('../heliograph.js').SignalingError} SignalingError */
/** @typedef {import('../heliograph.js').StateChange} StateChange */
/** @typedef {'streamer' | 'viewer'} Role */
/**
 * @typedef {object} Owner
 * @property {HTMLElement} stage where the picture goes
 * @property {(change: StateChange) => void} signaling
 * @property {(watching: number, connected: number) => void} audience who is in the room, and whom this page is linked with
 * @property {(streamer: Participant | undefined) => void} streamer for viewers: there is one, or something about it changed
 * @property {() => void} silenced the browser wants a click before it lets sound out
 * @property {() => void} taken somebody else streams here
 * @property {(error: SignalingError) => void} ended not by oneself
 */

export const ANONYMOUS = 'Streamer';
const MEASURE_EVERY = 1000;
/** How long the streamer keeps a viewer's connection that is none. A viewer who is still there comes back by itself. */
const PATIENCE = 15_000;
/** What names this page in the roster: it stays when a reconnect gives the peer another id. */
const KEY = randomLetters(16);

export class StreamCall {
  #role;
  #name;
  #media;
  #owner;
  #client;
  #room;
  #mesh;
  /** The one picture there is: one's own for the streamer, the streamer's for a viewer. */
  #tile = new Tile();
  #meter = new Meter();
  #measuring;
  /** @type {Map<Participant, HTMLAudioElement>} viewers who talk back */
  #voices = new Map();

  /**
   * @param {string} room
   * @param {Role} role
   * @param {string} name
   * @param {import('./media.js').LocalMedia} media
   * @param {Owner} owner
   */
  constructor(room, role, name, media, owner) {
    this.#role = role;
    this.#name = name.trim() || ANONYMOUS;
    this.#media = media;
    this.#owner = owner;
    this.#client = connect();
    this.#room = this.#client.room(room, { data: this.#card() });
    this.#mesh = new Mesh(this.#room, {
      key: KEY,
      keyOf,
      links: member => roleOf(member) === (role === 'streamer' ? 'viewer' : 'streamer'),
      patience: role === 'streamer' ? PATIENCE : undefined,
    });
    this.#client.on('state', change => owner.signaling(change));
    this.#room.on('joined', ({ peer }) => this.#entered(peer));
    this.#room.on('refused', ({ error, retryIn }) => retryIn === undefined && owner.ended(error));
    for (const event of ['peer-joined', 'peer-updated', 'peer-left']) this.#room.on(event, () => this.#count());
    this.#mesh.on('came', participant => this.#show(participant));
    this.#mesh.on('changed', participant => this.#show(participant));
    this.#mesh.on('left', participant => this.#left(participant));
    this.#measuring = setInterval(() => this.#measure(), MEASURE_EVERY);
    if (role === 'streamer') owner.stage.append(this.#tile.own().element);
    this.mediaChanged();
  }

  /** @returns {Promise<void>} once in the room; rejects when there is no way in */
  join() {
    return this.#room.join();
  }

  /** The camera, the microphone or the screen went on or off. */
  mediaChanged() {
    const { picture, microphone } = this.#media;
    if (this.#role === 'streamer') {
      this.#tile.play([picture]);
      this.#tile.describe(this.#card());
      void this.#mesh.setTrack('video', picture);
    }
    void this.#mesh.setTrack('audio', microphone);
    this.#room.update(this.#card()).catch(() => {}); // the next join carries it
  }

  turnSoundOn() {
    this.#tile.turnSoundOn();
  }

  end() {
    clearInterval(this.#measuring);
    this.#mesh.close();
    this.#client.close();
    this.#tile.remove();
  }

  #card() {
    const { screen, camera, muted } = this.#media;
    const common = { key: KEY, role: this.#role, muted };
    if (this.#role === 'viewer') return common;
    return { ...common, name: this.#name, picture: screen ? 'screen' : camera ? 'camera' : undefined };
  }

  /** @param {string} peer */
  #entered(peer) {
    const others = [...this.#room.peers.values()];
    if (this.#role === 'streamer') {
      if (others.some(member => roleOf(member) === 'streamer' && keyOf(member) !== KEY)) return this.#owner.taken();
      this.#tile.follow({ key: KEY, peer, state: 'connected' });
    } else {
      this.#owner.streamer(this.#streamer);
    }
    this.#count();
  }

  /** @returns {Participant | undefined} for a viewer: whom it watches */
  get #streamer() {
    return [...this.#mesh.participants.values()].at(0);
  }

  #count() {
    const viewers = new Set([...this.#room.peers.values()].filter(member => roleOf(member) === 'viewer').map(keyOf));
    if (this.#role === 'viewer') viewers.add(KEY);
    const linked = [...this.#mesh.participants.values()].filter(({ key, state }) => viewers.has(key) && state === 'connected');
    this.#owner.audience(viewers.size, linked.length);
  }

  /** @param {Participant} participant */
  #show(participant) {
    if (this.#role === 'streamer') this.#listen(participant);
    else if (participant === this.#streamer) this.#watch(participant);
    this.#count();
  }

  /** @param {Participant} streamer */
  #watch(streamer) {
    if (!this.#tile.element.isConnected) this.#owner.stage.append(this.#tile.element);
    this.#tile.describe(streamer.data ?? {});
    this.#tile.follow(streamer);
    if (this.#tile.play(streamer.tracks)) {
      void this.#tile.start().then(silenced => silenced && this.#owner.silenced());
    }
    this.#owner.streamer(streamer);
  }

  /** @param {Participant} viewer */
  #listen(viewer) {
    const talks = viewer.data?.muted === false;
    const voice = this.#voices.get(viewer) ?? new Audio();
    const tracks = talks ? viewer.tracks.filter(({ kind }) => kind === 'audio') : [];
    voice.autoplay = true;
    voice.srcObject = tracks.length > 0 ? new MediaStream(tracks) : null;
    this.#voices.set(viewer, voice);
  }

  /** @param {Participant} participant */
  #left(participant) {
    const voice = this.#voices.get(participant);
    this.#voices.delete(participant);
    if (voice) voice.srcObject = null;
    if (this.#role === 'viewer' && !this.#streamer) {
      this.#tile.remove();
      this.#owner.streamer(undefined);
    }
    this.#count();
  }

  #measure() {
    const connection = this.#role === 'viewer' ? this.#streamer?.connection : undefined;
    if (connection) void this.#meter.look(connection).then(measured => this.#tile.measure(measured));
  }
}

/** @param {Member} member */
function keyOf({ peer, data }) {
  return String(data?.key ?? peer);
}

/** @param {Member} member */
function roleOf({ data }) {
  return data?.role;
}
