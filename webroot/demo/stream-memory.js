// @ts-check
/** What a tab remembers over a reload: that it streams in a room, and what it sent. The viewers' link says nothing of it. */

/**
 * @typedef {object} Streaming
 * @property {boolean} live
 * @property {boolean} [camera]
 * @property {boolean} [microphone]
 * @property {boolean} [muted]
 * @property {boolean} [screen]
 */

const ITEM = 'heliograph.streaming';

/**
 * @param {string} room
 * @returns {Streaming | undefined} nothing where this tab is no streamer
 */
export function recall(room) {
  const { room: own, ...streaming } = JSON.parse(sessionStorage.getItem(ITEM) ?? '{}');
  return own === room ? streaming : undefined;
}

/**
 * @param {string} room
 * @param {Streaming} streaming
 */
export function remember(room, streaming) {
  sessionStorage.setItem(ITEM, JSON.stringify({ room, ...streaming }));
}

export function forget() {
  sessionStorage.removeItem(ITEM);
}
