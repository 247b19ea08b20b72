// @ts-check
/** The page to call by name: which view is shown, and what its buttons do. */

import { Contacts } from './contacts.js';
import { find, mark } from './dom.js';
import { Phone } from './phone.js';
import { Ringer } from './ringer.js';

/** @typedef {import('../heliograph.js').StateChange} StateChange */

const NAME = 'heliograph.user';
const TITLE = document.title;

const controls = {
  mic: find('#mic', HTMLButtonElement),
  camera: find('#camera', HTMLButtonElement),
  pip: find('#pip', HTMLButtonElement),
  accept: find('#accept', HTMLButtonElement),
  leave: find('#leave', HTMLButtonElement),
};
const banner = find('#banner', HTMLElement);
const hint = find('#hint', HTMLElement);
const notice = find('#notice', HTMLElement);
const nameField = find('#name', HTMLInputElement);
const calleeField = find('#callee', HTMLInputElement);
const problem = find('#sign-in-problem', HTMLElement);
const ringing = find('#ringing', HTMLElement);
const contacts = new Contacts(find('#contacts', HTMLElement), find('#no-contacts', HTMLElement), {
  call: dial,
  changed: (added, removed) => {
    phone?.watch(added);
    phone?.unwatch(removed);
  },
});
/** @type {Phone | undefined} */
let phone;
/** @type {Ringer | undefined} */
let ringer;

/** Starts with a click, so that the page may make a sound when it rings. */
function signIn() {
  const name = nameField.value.trim();
  if (!name) return;
  localStorage.setItem(NAME, name);
  problem.textContent = '';
  find('#me', HTMLElement).textContent = name;
  ringer = new Ringer();
  phone = new Phone(name, { stage: find('#stage', HTMLElement), signaling, changed, over, missed, presence: known => contacts.show(known, name) });
  phone.watch(contacts.names);
  over('');
  changed();
  calleeField.focus();
}

function signOut() {
  const leaving = phone;
  phone = undefined;
  leaving?.close();
  ringer?.close();
  ringer = undefined;
  contacts.show(undefined);
  mark(document.body, 'signaling', 'off');
  find('#signaling', HTMLElement).textContent = '';
  changed();
  nameField.focus();
}

/** @param {string} name */
function dial(name) {
  over('');
  contacts.add(name);
  phone?.call(name);
}

/** Draws what there is: the conversation, or the way to one. */
function changed() {
  const conversation = phone?.conversation;
  const before = document.body.dataset.call;
  mark(document.body, 'view', !phone ? 'name' : conversation ? 'call' : 'phone');
  mark(document.body, 'call', stage());
  sound();
  showMedia();
  if (!conversation) return void (document.title = TITLE);
  const { user, devices, adrift, call } = conversation;
  document.title = stage() === 'incoming' ? `☎ ${user} is calling` : `${user} · Heliograph`;
  ringing.hidden = stage() === 'talking';
  find('#ringing-title', HTMLElement).textContent = user;
  find('.initials', HTMLElement, ringing).textContent = [...user][0]?.toUpperCase() ?? '?';
  find('#ringing-text', HTMLElement).textContent = call.incoming ? 'is calling you' : devices > 1 ? `ringing on ${devices} devices…` : devices ? 'ringing…' : 'calling…';
  controls.leave.setAttribute('aria-label', stage() === 'incoming' ? 'Decline' : 'Hang up');
  controls.leave.title = stage() === 'incoming' ? 'Decline' : 'Hang up';
  showBanner(adrift);
  if (conversation.accepted && call.user) contacts.add(call.user);
  if (stage() === 'incoming' && before !== 'incoming') controls.accept.focus();
}

/** @returns {'incoming' | 'outgoing' | 'talking' | undefined} */
function stage() {
  const conversation = phone?.conversation;
  if (!conversation) return undefined;
  if (conversation.accepted || conversation.accepting) return 'talking';
  return conversation.call.incoming ? 'incoming' : 'outgoing';
}

/** It rings only while there is somebody at the other end who could hear an answer. */
function sound() {
  const at = phone?.online ? stage() : undefined;
  if (at === 'incoming') ringer?.ring();
  else if (at === 'outgoing') ringer?.ringBack();
  else ringer?.silence();
}

function showMedia() {
  const media = phone?.media;
  const talking = stage() !== 'incoming' && stage() !== undefined;
  controls.mic.setAttribute('aria-pressed', String(media?.muted ?? false));
  controls.camera.setAttribute('aria-pressed', String(!media?.camera));
  controls.pip.setAttribute('aria-pressed', String(talking && document.pictureInPictureElement !== null));
  hint.textContent = media?.problem ?? '';
  hint.hidden = !talking || !media?.problem;
}

/** @param {boolean} adrift */
function showBanner(adrift) {
  banner.hidden = !adrift && phone?.online === true;
  banner.textContent = adrift
    ? 'The server has lost track of this call. You can go on talking; when you hang up, the other side needs some seconds to notice.'
    : 'The server cannot be reached. Trying again…';
}

/** @param {string} text */
function over(text) {
  notice.textContent = text;
  notice.hidden = !text;
  if (text) find('#phone-title', HTMLElement).focus({ preventScroll: true });
}

/**
 * @param {string} user
 * @param {boolean} busy
 */
function missed(user, busy) {
  hint.textContent = busy ? `${user} called, and was told that you are in another call.` : `${user} is calling your other devices.`;
  hint.hidden = false;
}

/** @param {StateChange} change */
function signaling({ state, error, reason }) {
  mark(document.body, 'signaling', state);
  const words = { connecting: 'Connecting…', online: 'Online', waiting: 'Reconnecting…', closed: 'Offline' };
  find('#signaling', HTMLElement).textContent = words[state];
  if (!phone) return;
  changed();
  if (state === 'closed') {
    signOut();
    problem.textContent = `The server ended this session: ${error?.message || reason || 'no reason given'}.`;
  }
}

async function togglePictureInPicture() {
  if (document.pictureInPictureElement) await document.exitPictureInPicture();
  else await phone?.conversation?.video.requestPictureInPicture();
}

/**
 * @param {string} selector
 * @param {() => void} action
 */
function onSubmit(selector, action) {
  find(selector, HTMLFormElement).addEventListener('submit', event => {
    event.preventDefault();
    action();
  });
}

nameField.value = localStorage.getItem(NAME) ?? '';
onSubmit('#sign-in', signIn);
onSubmit('#dial', () => {
  const name = calleeField.value.trim();
  calleeField.value = '';
  if (name) dial(name);
});
find('#add', HTMLElement).onclick = () => {
  const name = calleeField.value.trim();
  calleeField.value = '';
  if (name) contacts.add(name);
};
find('#rename', HTMLElement).onclick = signOut;
controls.accept.onclick = () => phone?.accept();
controls.leave.onclick = () => phone?.hangUp();
controls.mic.onclick = () => void phone?.media.setMicrophone(phone.media.muted);
controls.camera.onclick = () => void phone?.media.setCamera(!phone.media.camera);
controls.pip.hidden = !document.pictureInPictureEnabled;
controls.pip.onclick = () => void togglePictureInPicture().catch(() => {}); // no picture yet to take out
for (const type of ['enterpictureinpicture', 'leavepictureinpicture']) {
  document.addEventListener(type, showMedia, true);
}
nameField.focus();
