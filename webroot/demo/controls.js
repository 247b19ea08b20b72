// @ts-check
/** The buttons for microphone, camera and screen, and the dialog that chooses devices. */

import { find, onClick } from './dom.js';

/** @typedef {import('./media.js').LocalMedia} LocalMedia */

export class Controls {
  #media;

  /** @param {LocalMedia} media */
  constructor(media) {
    this.#media = media;
    onClick('#mic', () => void media.setMicrophone(media.muted));
    onClick('#camera', () => void media.setCamera(!media.camera));
    onClick('#screen', () => void media.setScreen(!media.screen));
    onClick('#choose', () => void this.#choose());
  }

  /** To be called after every change of the media. */
  show() {
    const { camera, muted, screen, canShareScreen, problem } = this.#media;
    press('#mic', muted);
    press('#camera', !camera);
    press('#screen', Boolean(screen)).disabled = !canShareScreen;
    const hint = find('#hint', HTMLElement);
    hint.textContent = problem;
    hint.hidden = !problem;
  }

  async #choose() {
    const media = this.#media;
    for (const [kind, selector] of /** @type {const} */ ([['video', '#cameras'], ['audio', '#microphones']])) {
      const list = find(selector, HTMLSelectElement);
      const devices = await media.devices(kind);
      list.replaceChildren(...devices.map(({ id, label, chosen }) => new Option(label, id, chosen, chosen)));
      if (devices.length === 0) list.append(new Option('None found', ''));
      list.disabled = devices.length === 0;
      list.onchange = () => void media.choose(kind, list.value);
    }
    const dialog = find('#devices', HTMLDialogElement);
    if (!dialog.open) dialog.showModal();
  }
}

/**
 * @param {string} selector
 * @param {boolean} pressed
 */
function press(selector, pressed) {
  const button = find(selector, HTMLButtonElement);
  button.setAttribute('aria-pressed', String(pressed));
  return button;
}
