// @ts-check
/** A room's name is its invitation: it cannot be guessed, and as a fragment it never reaches a server's log. */

const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789'; // 32, none easily taken for another
const LENGTH = 16;

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
