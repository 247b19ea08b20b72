// @ts-check
/** A telephone under one name: who rings, who is rung, one conversation at a time. */

import { connect, isPolite } from '../heliograph.js';
import { Conversation } from './conversation.js';
import { farewell } from './farewell.js';
import { LocalMedia } from './media.js';

/** @typedef {import('../heliograph.js').Call} Call */
/** @typedef {import('../heliograph.js').StateChange} StateChange */
/**
 * @typedef {object} Owner
 * @property {HTMLElement} stage
 * @property {(change: StateChange) => void} signaling
 * @property {() => void} changed the conversation, or what there is to send, is another
 * @property {(text: string) => void} over
 * @property {(user: string, busy: boolean) => void} missed somebody called during a conversation, and was told `busy` or not
 * @property {(presence: ReadonlyMap<string, number> | undefined) => void} presence nothing while nobody can tell
 */

export class Phone {
  /** @type {Conversation | undefined} */
  conversation;
  media;

  #owner;
  #client;

  /**
   * @param {string} name
   * @param {Owner} owner
   */
  constructor(name, owner) {
    this.#owner = owner;
    this.media = new LocalMedia(() => {
      this.conversation?.mediaChanged();
      owner.changed();
    });
    this.#client = connect({ user: name });
    this.#client.on('state', change => {
      if (change.state !== 'online') owner.presence(undefined);
      owner.signaling(change);
    });
    this.#client.on('presence', () => owner.presence(this.#client.presence));
    this.#client.on('call', call => this.#rung(call));
    this.watch([name]);
  }

  get name() {
    return this.#client.user ?? '';
  }

  get online() {
    return this.#client.state === 'online';
  }

  /** @param {string[]} names */
  watch(names) {
    if (names.length > 0) this.#client.watch(names).catch(() => {}); // without it the dots stay grey
  }

  /** @param {string[]} names */
  unwatch(names) {
    const others = names.filter(each => each !== this.name);
    if (others.length > 0) void this.#client.unwatch(others);
  }

  /** @param {string} user */
  call(user) {
    if (this.conversation?.call.incoming && this.conversation.user === user) return this.accept(); // that is who just rang
    if (this.conversation) return;
    if (user === this.name && (this.#client.presence.get(user) ?? 0) <= 1) return this.#owner.over('That is you: there is no other device under this name.');
    this.#talk(this.#client.call(user));
    void this.#lendMedia();
  }

  accept() {
    this.conversation?.accept().catch(() => {}); // its end is told by the call
    this.#owner.changed();
    void this.#lendMedia();
  }

  hangUp() {
    this.conversation?.hangUp();
  }

  close() {
    this.hangUp();
    this.#client.close();
  }

  /** @param {Call} incoming */
  #rung(incoming) {
    const { conversation } = this;
    if (!conversation) return this.#talk(incoming);
    const { call } = conversation;
    const crossing = !call.incoming && call.state === 'ringing' && call.user === incoming.user;
    if (!crossing) return this.#rungWhileBusy(incoming);
    // Both call each other at once. One of the two gives way to the other's call, and takes it: that is what both want.
    if (!isPolite(/** @type {string} */ (this.#client.peer), /** @type {string} */ (incoming.peer))) return;
    this.conversation = undefined;
    conversation.hangUp();
    this.#talk(incoming);
    this.accept();
  }

  /**
   * Where this is one of several devices, the others go on ringing.
   *
   * @param {Call} incoming
   */
  #rungWhileBusy(incoming) {
    const only = (this.#client.presence.get(this.name) ?? 1) <= 1;
    if (only) void incoming.reject('busy');
    this.#owner.missed(incoming.user ?? 'Somebody', only);
  }

  /** @param {Call} call */
  #talk(call) {
    /** @type {Conversation} */
    const conversation = new Conversation(call, this.media, {
      stage: this.#owner.stage,
      changed: () => this.conversation === conversation && this.#owner.changed(),
      over: reason => this.conversation === conversation && this.#over(conversation, reason),
    });
    this.conversation = conversation;
    this.#owner.changed();
  }

  /**
   * @param {Conversation} conversation
   * @param {string} reason
   */
  #over({ user, call: { incoming }, accepted, mine }, reason) {
    this.conversation = undefined;
    this.media.stop();
    this.#owner.changed();
    this.#owner.over(farewell({ user, incoming, accepted, mine, reason }));
  }

  /** Camera and microphone are on only while there is somebody to see and hear. */
  async #lendMedia() {
    await this.media.start();
    if (!this.conversation) this.media.stop();
  }
}
