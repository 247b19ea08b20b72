// @ts-check
/** The page: which view is shown, and what its buttons do. */

import { Call, CAPACITY } from './call.js';
import { Controls } from './controls.js';
import { find, onClick } from './dom.js';
import { isRoomName, newInvitation, offerLink, roomOf } from './invitation.js';
import { LocalMedia } from './media.js';
import { BROKEN_LINK, ending, hideSignaling, showSignaling } from './signaling.js';
import { Tile } from './tile.js';

/** @typedef {import('../heliograph.js').StateChange} StateChange */

const NAME = 'heliograph.name';

const nameField = find('#name', HTMLInputElement);
const preview = new Tile().own();
const media = new LocalMedia(mediaChanged);
const controls = new Controls(media);
/** @type {Call | undefined} */
let call;

/** @param {'landing' | 'lobby' | 'call' | 'over'} view */
function show(view) {
  document.body.dataset.view = view;
}

/** The address decides: a room to join, or the way to a new one. */
function route() {
  endCall();
  media.stop();
  const room = roomOf(location.hash);
  find('#open', HTMLAnchorElement).hash = newInvitation();
  if (!room) return show('landing');
  if (!isRoomName(room)) return over(...BROKEN_LINK);
  offerLink(location.href);
  mediaChanged();
  show('lobby');
  nameField.focus();
  void media.start();
}

async function join() {
  localStorage.setItem(NAME, nameField.value);
  call = new Call(roomOf(location.hash), nameField.value, media, {
    stage: find('#tiles', HTMLElement),
    signaling,
    attendance: others => void (find('#alone', HTMLElement).hidden = others > 0),
    announce: text => void (find('#announcer', HTMLElement).textContent = text),
    ended: error => over(...farewell(error.code)),
  });
  const joining = call;
  try {
    await call.join();
    if (call === joining) show('call');
  } catch (error) {
    if (call === joining) over(...farewell(/** @type {{code?: string}} */ (error).code));
  }
}

function endCall() {
  const former = call;
  call = undefined;
  former?.end();
  hideSignaling();
}

/**
 * @param {string} title
 * @param {string} text
 */
function over(title, text) {
  endCall();
  media.stop();
  find('#over-title', HTMLElement).textContent = title;
  find('#over-text', HTMLElement).textContent = text;
  find('#again', HTMLElement).hidden = !isRoomName(roomOf(location.hash));
  show('over');
  find('#over-title', HTMLElement).focus();
}

/**
 * @param {string | undefined} code
 * @returns {[title: string, text: string]}
 */
function farewell(code) {
  if (code === 'room-full') return ['This room is full', `${CAPACITY} people are in it already. Try again when somebody has left.`];
  return ending(code);
}

/** @param {StateChange} change */
function signaling(change) {
  showSignaling(change);
  if (change.state === 'closed' && call && change.code !== undefined) over(...farewell(change.error?.code ?? 'closed'));
}

function mediaChanged() {
  const { muted, picture } = media;
  controls.show();
  preview.describe({ name: nameField.value, picture: picture ? 'camera' : undefined, muted });
  preview.play([picture]);
  call?.mediaChanged();
}

nameField.value = localStorage.getItem(NAME) ?? '';
find('#preview', HTMLElement).append(preview.element);
find('#join', HTMLFormElement).addEventListener('submit', event => {
  event.preventDefault();
  if (!call) void join();
});
onClick('#leave', () => over('You have left', 'The same link brings you back.'));
onClick('#again', route);
nameField.addEventListener('input', mediaChanged);
addEventListener('hashchange', route);
route();
