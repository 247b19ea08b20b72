// @ts-check
/** What the page says of its connection to the server, and of the end of it. */

import { find, mark } from './dom.js';

/** @typedef {import('../heliograph.js').StateChange} StateChange */
/** @typedef {[title: string, text: string]} Ending */

/** @type {Record<StateChange['state'], string>} */
const WORDS = { connecting: 'Connecting…', online: 'Connected', waiting: 'Reconnecting…', closed: 'Ended' };

/** @type {Ending} */
export const BROKEN_LINK = [
  'This link is broken',
  'What stands behind the # is no name of a room: 1 to 128 characters. Perhaps the link was cut or grew when it was copied.',
];

/** @param {StateChange} change */
export function showSignaling({ state, transport }) {
  const lost = find('#lost', HTMLElement);
  const way = transport === 'sockjs' ? ' without WebSocket, which is blocked here' : '';
  mark(document.body, 'signaling', state);
  mark(document.body, 'transport', transport);
  find('#signaling', HTMLElement).textContent = WORDS[state] + way;
  lost.hidden = state === 'online';
  lost.textContent = 'The server cannot be reached. Whoever you see and hear stays; trying again…';
}

export function hideSignaling() {
  mark(document.body, 'signaling', 'off');
  mark(document.body, 'transport', undefined);
  find('#signaling', HTMLElement).textContent = '';
  find('#lost', HTMLElement).hidden = true;
}

/**
 * @param {string | undefined} code of what ended it
 * @returns {Ending}
 */
export function ending(code) {
  if (code === 'closed') return ['The call has ended', 'The server ended this session.'];
  if (code === 'unavailable' || code === 'timeout') return ['The server is busy', 'It could not let you in just now. Try again in a moment.'];
  return ['This did not work', `The server answered: ${code ?? 'nothing'}.`];
}
