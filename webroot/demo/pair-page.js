// @ts-check
/** The page of a call for two: which view is shown, what its buttons do, and in words how things stand. */

import { Controls } from './controls.js';
import { find, mark, onClick } from './dom.js';
import { isRoomName, newInvitation, offerLink, roomOf } from './invitation.js';
import { LocalMedia } from './media.js';
import { PairCall } from './pair-call.js';
import { BROKEN_LINK, ending, hideSignaling, showSignaling } from './signaling.js';
import { Tile } from './tile.js';

/** @typedef {import('../heliograph.js').PairState} PairState */
/** @typedef {import('../heliograph.js').StateChange} StateChange */

const NAME = 'heliograph.name';
/** Somewhat random, so that several who wait for one seat do not knock at the same moment. */
const RETRY = { after: 3000, within: 2000 };

const nameField = find('#name', HTMLInputElement);
const preview = new Tile().own();
const media = new LocalMedia(mediaChanged);
const controls = new Controls(media);
/** @type {PairCall | undefined} */
let call;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let retry;

/** @param {'landing' | 'lobby' | 'call' | 'full' | 'over'} view */
function show(view) {
  document.body.dataset.view = view;
}

/** The address decides: a room to join, or the way to a new one. */
function route() {
  endCall();
  media.stop();
  const room = roomOf(location.hash);
  find('#open', HTMLAnchorElement).hash = find('#another', HTMLAnchorElement).hash = newInvitation();
  if (!room) return show('landing');
  if (!isRoomName(room)) return over(...BROKEN_LINK);
  offerLink(location.href);
  mediaChanged();
  show('lobby');
  nameField.focus();
  void media.start();
}

function begin() {
  localStorage.setItem(NAME, nameField.value);
  call = new PairCall(roomOf(location.hash), nameField.value, media, {
    stage: find('#tiles', HTMLElement),
    signaling,
    state,
    ended: error => over(...ending(error.code)),
  });
  void join(call);
}

/** @param {PairCall} joining */
async function join(joining) {
  clearTimeout(retry);
  find('#retry', HTMLButtonElement).disabled = true;
  find('#trying', HTMLElement).textContent = 'Trying…';
  try {
    await joining.join();
  } catch (error) {
    if (call === joining) refused(joining, /** @type {{code?: string}} */ (error).code);
  }
}

/**
 * @param {PairCall} joining
 * @param {string | undefined} code
 */
function refused(joining, code) {
  if (code === 'already-joined') return waitForSeat(); // it was in before, and tries by itself to come back
  if (code !== 'room-full') return over(...ending(code));
  waitForSeat();
  retry = setTimeout(() => void join(joining), RETRY.after + RETRY.within * Math.random());
}

function waitForSeat() {
  find('#retry', HTMLButtonElement).disabled = false;
  find('#trying', HTMLElement).textContent = 'Still full. Trying again in a few seconds.';
}

/**
 * @param {PairState} now
 * @param {string} name
 * @param {RTCPeerConnectionState} connection
 */
function state(now, name, connection) {
  mark(document.body, 'pair', now);
  if (now === 'left') return;
  if (now === 'full') waitForSeat();
  show(now === 'full' ? 'full' : 'call');
  find('#state', HTMLElement).textContent = words(now, name, connection);
  find('#alone', HTMLElement).hidden = now === 'connected';
}

/**
 * @param {PairState} now
 * @param {string} name
 * @param {RTCPeerConnectionState} connection
 */
function words(now, name, connection) {
  if (now === 'joined') return 'You are the first. Waiting for somebody to come.';
  if (now === 'waiting') return `${name || 'The other one'} has left. Waiting for somebody to come.`;
  if (connection === 'connected') return `You are connected with ${name}.`;
  if (connection === 'disconnected') return `The connection to ${name} is unstable…`;
  if (connection === 'failed') return `The connection to ${name} broke. Looking for another way…`;
  if (connection === 'closed') return `${name} is here, but the connection has ended.`;
  return `${name} is here. Connecting…`;
}

function endCall() {
  const former = call;
  call = undefined;
  clearTimeout(retry);
  former?.end();
  hideSignaling();
  mark(document.body, 'pair', 'left');
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

/** @param {StateChange} change */
function signaling(change) {
  showSignaling(change);
  if (change.state === 'closed' && call && change.code !== undefined) over(...ending(change.error?.code ?? 'closed'));
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
  if (!call) begin();
});
onClick('#leave', () => over('You have hung up', 'The same link brings you back.'));
onClick('#again', route);
onClick('#retry', () => call && void join(call));
nameField.addEventListener('input', mediaChanged);
addEventListener('hashchange', route);
route();
