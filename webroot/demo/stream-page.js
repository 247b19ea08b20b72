// @ts-check
/** The page of one to many: which view is shown, what its buttons do, and in words how things stand. */

import { Controls } from './controls.js';
import { find, mark, onClick } from './dom.js';
import { isRoomName, newInvitation, offerLink, roomOf } from './invitation.js';
import { LocalMedia } from './media.js';
import { BROKEN_LINK, ending, hideSignaling, showSignaling } from './signaling.js';
import { ANONYMOUS, StreamCall } from './stream-call.js';
import { forget, recall, remember } from './stream-memory.js';
import { Tile } from './tile.js';

/** @typedef {import('../heliograph.js').Participant} Participant */
/** @typedef {import('../heliograph.js').StateChange} StateChange */

const NAME = 'heliograph.name';
const SCREEN_LOST = 'Your screen is not shared any more: after a reload the browser wants a click on the screen button below.';

const nameField = find('#name', HTMLInputElement);
const again = find('#again', HTMLButtonElement);
const preview = new Tile().own();
/** Plain http, away from localhost. */
const withheld = !navigator.mediaDevices;
const media = new LocalMedia(mediaChanged, withheld ? 'The same goes for the screen: to stream, open this page by https.' : 'You can share your screen all the same.');
const controls = new Controls(media);
let room = '';
/** @type {import('./stream-call.js').Role} */
let role = 'viewer';
/** @type {StreamCall | undefined} */
let call;
/** There was a streamer while this page watched. */
let begun = false;
/** There is a streamer now. */
let running = false;
let viewers = 0;
let screenLost = false;

/** @param {'landing' | 'lobby' | 'call' | 'over'} view */
function show(view) {
  document.body.dataset.view = view;
}

/** The address and this tab's memory decide: watch, get ready to stream, or go on streaming after a reload. */
function route() {
  endCall();
  media.stop();
  room = roomOf(location.hash);
  role = 'viewer';
  find('#open', HTMLAnchorElement).hash = newInvitation();
  if (!room) return show('landing');
  if (!isRoomName(room)) return over(...BROKEN_LINK, '');
  offerLink(location.href);
  const streaming = recall(room);
  if (streaming) role = 'streamer';
  mark(document.body, 'role', role);
  mediaChanged();
  if (!streaming) return begin();
  if (streaming.live) return void goOn(streaming);
  show('lobby');
  nameField.focus();
  void media.start();
}

/**
 * After a reload, with what it sent before; not with more, nobody has asked for that.
 *
 * @param {import('./stream-memory.js').Streaming} streaming
 */
async function goOn({ camera, microphone, muted, screen }) {
  const here = room;
  if (camera) await media.start();
  else if (microphone) await media.setMicrophone(true);
  if (muted && media.microphone) await media.setMicrophone(false);
  if (room !== here || call) return;
  screenLost = screen === true;
  begin();
}

function begin() {
  begun = false;
  const joining = new StreamCall(room, role, nameField.value, media, {
    stage: find('#tiles', HTMLElement),
    signaling,
    audience,
    streamer: watched,
    silenced: () => void (find('#sound', HTMLElement).hidden = false),
    taken: () => over('Somebody is streaming here already', 'There is one streamer in a room. You can watch, or start another stream.', 'Watch'),
    ended: error => over(...farewell(error.code)),
  });
  call = joining;
  find('#alone', HTMLElement).hidden = role === 'viewer';
  find('#take', HTMLElement).hidden = true;
  find('#audience', HTMLElement).textContent = '';
  find('#state', HTMLElement).textContent = role === 'viewer' ? 'Looking for the stream…' : 'Going live…';
  show('call');
  mediaChanged();
  joining.join().catch(error => call === joining && over(...farewell(error.code)));
}

/**
 * @param {number} watching
 * @param {number} connected
 */
function audience(watching, connected) {
  const element = find('#audience', HTMLElement);
  mark(element, 'watching', watching);
  mark(element, 'connected', connected);
  viewers = watching;
  showViewers();
  if (role === 'viewer') return;
  const without = Math.max(0, watching - connected);
  find('#state', HTMLElement).textContent = without > 0 ? `You are live. Connecting to ${without} of your viewers…` : 'You are live.';
}

function showViewers() {
  const verb = role === 'viewer' && !running ? 'waiting' : 'watching';
  find('#audience', HTMLElement).textContent = role === 'viewer' && viewers === 1 ? `Nobody else is ${verb}.` : `${viewers} ${verb}`;
}

/** @param {Participant | undefined} streamer */
function watched(streamer) {
  begun ||= streamer !== undefined;
  running = streamer !== undefined;
  if (viewers > 0) showViewers();
  find('#state', HTMLElement).textContent = words(streamer);
  find('#take', HTMLElement).hidden = streamer !== undefined;
  if (!streamer) find('#sound', HTMLElement).hidden = true;
}

/** @param {Participant | undefined} streamer */
function words(streamer) {
  if (!streamer && begun) return 'The stream has ended. Should it go on, the picture comes by itself.';
  if (!streamer) return 'Nobody is streaming at the moment. The picture comes by itself when somebody does.';
  if (streamer.state === 'disconnected' || streamer.state === 'failed') return 'The picture is stuck. Looking for another way to the streamer…';
  if (streamer.state !== 'connected') return 'Connecting to the streamer…';
  return streamer.data?.picture ? 'You are watching.' : 'There is no picture at the moment.';
}

/**
 * @param {string | undefined} code
 * @returns {[title: string, text: string, back: string]}
 */
function farewell(code) {
  if (code === 'room-full') return ['This stream is full', 'The room has no seat left. Try again when somebody has left.', 'Try again'];
  return [...ending(code), 'Try again'];
}

function endCall() {
  const former = call;
  call = undefined;
  former?.end();
  screenLost = false;
  find('#sound', HTMLElement).hidden = true;
  hideSignaling();
}

/**
 * @param {string} title
 * @param {string} text
 * @param {string} back what the way back is called; empty for none
 */
function over(title, text, back) {
  endCall();
  media.stop();
  if (role === 'streamer') remember(room, { live: false });
  if (back === 'Watch') forget();
  find('#over-title', HTMLElement).textContent = title;
  find('#over-text', HTMLElement).textContent = text;
  again.textContent = back;
  again.hidden = !back;
  show('over');
  find('#over-title', HTMLElement).focus();
}

/** @param {StateChange} change */
function signaling(change) {
  showSignaling(change);
  if (change.state === 'closed' && call && change.code !== undefined) over(...farewell(change.error?.code ?? 'closed'));
}

function mediaChanged() {
  const { camera, microphone, screen, muted, picture, problem } = media;
  controls.show();
  preview.describe({ name: nameField.value.trim() || ANONYMOUS, picture: screen ? 'screen' : camera ? 'camera' : undefined, muted });
  preview.play([picture]);
  if (screen) screenLost = false;
  const reminder = find('#reminder', HTMLElement);
  reminder.textContent = screenLost ? SCREEN_LOST : picture ? '' : problem;
  reminder.hidden = !reminder.textContent;
  call?.mediaChanged();
  if (call && role === 'streamer') {
    remember(room, { live: true, camera: camera !== null, microphone: microphone !== null, muted, screen: screen !== null || screenLost });
  }
}

nameField.value = localStorage.getItem(NAME) ?? '';
find('#preview', HTMLElement).append(preview.element);
find('#join button', HTMLButtonElement).disabled = withheld;
find('#join', HTMLFormElement).addEventListener('submit', event => {
  event.preventDefault();
  localStorage.setItem(NAME, nameField.value);
  if (!call) begin();
});
onClick('#open', () => remember(roomOf(find('#open', HTMLAnchorElement).hash), { live: false }));
onClick('#take', () => {
  remember(room, { live: false });
  route();
});
onClick('#sound', () => {
  call?.turnSoundOn();
  find('#sound', HTMLElement).hidden = true;
});
onClick('#leave', () => (role === 'streamer'
  ? over('Your stream has ended', 'The same link starts it again.', 'Back to the stream')
  : over('You have left', 'The same link brings you back.', 'Watch again')));
onClick('#again', route);
nameField.addEventListener('input', mediaChanged);
addEventListener('hashchange', route);
route();
