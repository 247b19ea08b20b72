// @ts-check
/** The people one calls, kept in this browser, and which of them are online. */

import { find, mark } from './dom.js';

const STORED = 'heliograph.contacts';

export class Contacts {
  #list;
  #empty;
  #actions;
  /** @type {string[]} */
  #names = stored();
  /** @type {ReadonlyMap<string, number> | undefined} peers of each user; none while nobody can tell */
  #presence;

  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} empty shown while there are none
   * @param {{call: (name: string) => void, changed: (added: string[], removed: string[]) => void}} actions
   */
  constructor(list, empty, actions) {
    this.#list = list;
    this.#empty = empty;
    this.#actions = actions;
    this.#draw();
  }

  get names() {
    return this.#names;
  }

  /** @param {string} name */
  add(name) {
    if (this.#names.includes(name)) return;
    this.#names = [...this.#names, name].sort((one, other) => one.localeCompare(other));
    this.#store([name], []);
  }

  /**
   * @param {ReadonlyMap<string, number> | undefined} presence
   * @param {string} [self] this page's own name: it is not one of the devices to be called
   */
  show(presence, self) {
    this.#presence = presence && new Map([...presence].map(([name, peers]) => [name, name === self ? peers - 1 : peers]));
    for (const item of this.#list.children) this.#describe(/** @type {HTMLElement} */ (item));
  }

  /** @param {string} name */
  #remove(name) {
    this.#names = this.#names.filter(each => each !== name);
    this.#store([], [name]);
  }

  /**
   * @param {string[]} added
   * @param {string[]} removed
   */
  #store(added, removed) {
    localStorage.setItem(STORED, JSON.stringify(this.#names));
    this.#draw();
    this.#actions.changed(added, removed);
  }

  #draw() {
    this.#empty.hidden = this.#names.length > 0;
    this.#list.replaceChildren(...this.#names.map(name => this.#item(name)));
  }

  /** @param {string} name */
  #item(name) {
    const copy = /** @type {DocumentFragment} */ (find('#contact', HTMLTemplateElement).content.cloneNode(true));
    const item = find('li', HTMLElement, copy);
    item.dataset.name = name;
    find('.name', HTMLElement, item).textContent = name;
    const [ring, remove] = [find('.ring', HTMLElement, item), find('.remove', HTMLElement, item)];
    ring.setAttribute('aria-label', `Call ${name}`);
    remove.setAttribute('aria-label', `Remove ${name}`);
    ring.onclick = () => this.#actions.call(name);
    remove.onclick = () => this.#remove(name);
    this.#describe(item);
    return item;
  }

  /** @param {HTMLElement} item */
  #describe(item) {
    const peers = this.#presence?.get(item.dataset.name ?? '');
    mark(item, 'presence', peers === undefined ? 'unknown' : peers > 0 ? 'online' : 'offline');
    find('.presence', HTMLElement, item).textContent = words(peers);
  }
}

/** @param {number | undefined} peers */
function words(peers) {
  if (peers === undefined) return '';
  if (peers === 0) return 'offline';
  return peers === 1 ? 'online' : `online on ${peers} devices`;
}

/** @returns {string[]} */
function stored() {
  try {
    const names = JSON.parse(localStorage.getItem(STORED) ?? '[]');
    return Array.isArray(names) ? names.filter(name => typeof name === 'string') : [];
  } catch {
    return [];
  }
}
