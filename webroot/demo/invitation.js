// @ts-check
/** A room's name is its invitation: it cannot be guessed, and as a fragment it never reaches a server's log. */

import { find } from './dom.js';

const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789'; // 32, none easily taken for another
const LENGTH = 16;
const LONGEST = 128;
const COPIED_FOR = 2000;

/** @param {number} length */
export function randomLetters(length) {
  return [...crypto.getRandomValues(new Uint8Array(length))].map(byte => LETTERS[byte % LETTERS.length]).join('');
}

/** @returns {string} the fragment of a link to a new room */
export function newInvitation() {
  const groups = /** @type {string[]} */ (randomLetters(LENGTH).match(/.{4}/g));
  return `#${groups.join('-')}`;
}

/**
 * @param {string} fragment
 * @returns {string} the room it invites to; empty for none
 */
export function roomOf(fragment) {
  const text = fragment.replace(/^#/, '');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * @param {string} text
 * @returns {boolean} whether the server takes it for a room's name
 */
export function isRoomName(text) {
  const { length } = [...text];
  return length > 0 && length <= LONGEST && !/[\p{Cc}\p{Cs}]/u.test(text);
}

/**
 * What `#copy` copies and `#link` shows.
 *
 * @param {string} link
 */
export function offerLink(link) {
  const field = find('#link', HTMLInputElement);
  const label = find('#copy span', HTMLElement);
  field.value = link;
  field.onclick = () => field.select();
  find('#copy', HTMLButtonElement).onclick = async () => {
    try {
      await navigator.clipboard.writeText(link);
      label.textContent = 'Copied';
    } catch {
      label.textContent = 'Copy it from the address bar';
    }
    setTimeout(() => void (label.textContent = 'Copy link'), COPIED_FOR);
  };
}
