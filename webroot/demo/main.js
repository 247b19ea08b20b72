// @ts-check
/** The page: which view is shown, and what its buttons do. */

import { Call, CAPACITY } from './call.js';
import { find, mark } from './dom.js';
import { newInvitation, roomOf } from './invitation.js';
import { LocalMedia } from './media.js';
import { Tile } from './tile.js';

/** @typedef {import('../heliograph.js').StateChange} StateChange */

const NAME = 'heliograph.name';

const copy = find('#copy', HTMLButtonElement);
const controls = {
  mic: find('#mic', HTMLButtonElement),
  camera: find('#camera', HTMLButtonElement),
  screen: find('#screen', HTMLButtonElement),
};
const hint = find('#hint', HTMLElement);
const lost = find('#lost', HTMLElement);
const nameField = find('#name', HTMLInputElement);
const preview = new Tile().own();
const media = new LocalMedia(mediaChanged);
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
  if (!roomOf(location.hash)) {
    find('#open', HTMLAnchorElement).hash = newInvitation();
    return show('landing');
  }
  find('#link', HTMLInputElement).value = location.href;
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
  const ending = call;
  call = undefined;
  ending?.end();
  mark(document.body, 'signaling', 'off');
  find('#signaling', HTMLElement).textContent = '';
  lost.hidden = true;
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
  show('over');
  find('#over-title', HTMLElement).focus();
}

/**
 * @param {string | undefined} code
 * @returns {[title: string, text: string]}
 */
function farewell(code) {
  if (code === 'room-full') return ['This room is full', `${CAPACITY} people are in it already. Try again when somebody has left.`];
  if (code === 'closed') return ['The call has ended', 'The server ended this session.'];
  return ['This did not work', `The server answered: ${code ?? 'nothing'}.`];
}

/** @param {StateChange} change */
function signaling({ state, code, error, transport }) {
  mark(document.body, 'signaling', state);
  mark(document.body, 'transport', transport);
  const words = { connecting: 'Connecting…', online: 'Connected', waiting: 'Reconnecting…', closed: 'Ended' };
  const way = transport === 'sockjs' ? ' without WebSocket, which is blocked here' : '';
  find('#signaling', HTMLElement).textContent = words[state] + way;
  lost.hidden = state === 'online';
  lost.textContent = 'The server cannot be reached. Whoever you see and hear stays; trying again…';
  if (state === 'closed' && call && code !== undefined) over(...farewell(error?.code ?? 'closed'));
}

function mediaChanged() {
  const { camera, muted, screen, picture } = media;
  controls.mic.setAttribute('aria-pressed', String(muted));
  controls.camera.setAttribute('aria-pressed', String(!camera));
  controls.screen.setAttribute('aria-pressed', String(Boolean(screen)));
  controls.screen.disabled = !media.canShareScreen;
  hint.textContent = media.problem;
  hint.hidden = !media.problem;
  preview.describe({ name: nameField.value, picture: picture ? 'camera' : undefined, muted });
  preview.play([picture]);
  call?.mediaChanged();
}

async function chooseDevices() {
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

async function copyLink() {
  const label = find('span', HTMLElement, copy);
  try {
    await navigator.clipboard.writeText(location.href);
    label.textContent = 'Copied';
  } catch {
    label.textContent = 'Copy it from the address bar';
  }
  setTimeout(() => void (label.textContent = 'Copy link'), 2000);
}

/**
 * @param {string} selector
 * @param {() => void} action
 */
function onClick(selector, action) {
  find(selector, HTMLElement).addEventListener('click', action);
}

nameField.value = localStorage.getItem(NAME) ?? '';
find('#preview', HTMLElement).append(preview.element);
find('#join', HTMLFormElement).addEventListener('submit', event => {
  event.preventDefault();
  if (!call) void join();
});
onClick('#mic', () => void media.setMicrophone(media.muted));
onClick('#camera', () => void media.setCamera(!media.camera));
onClick('#screen', () => void media.setScreen(!media.screen));
onClick('#choose', () => void chooseDevices());
onClick('#leave', () => over('You have left', 'The same link brings you back.'));
onClick('#again', route);
onClick('#copy', () => void copyLink());
onClick('#link', () => find('#link', HTMLInputElement).select());
nameField.addEventListener('input', mediaChanged);
addEventListener('hashchange', route);
route();
