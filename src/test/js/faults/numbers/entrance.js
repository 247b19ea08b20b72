// @ts-check
/** Plain protocol clients that come in by hand. */

import WebSocket from 'ws';

/** A balancer, a server and a directory have so long together, a person's patience. */
const WITHIN = 5_000;

/** @param {string} address @param {string} room @returns {Promise<WebSocket>} of a client in it; fails if anything on the way does */
export async function enter(address, room) {
  const socket = new WebSocket(`ws://${address}/v1/ws`, 'heliograph.v1', { handshakeTimeout: WITHIN });
  socket.on('open', () => socket.send(JSON.stringify({ type: 'hello' })));
  await answer(socket, 'welcome');
  socket.send(JSON.stringify({ type: 'join', room }));
  await answer(socket, 'joined');
  return socket;
}

/** @param {WebSocket} socket @param {string} type @returns {Promise<void>} when the first frame of that type is there */
function answer(socket, type) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(new Error(`${type}: not within ${WITHIN} ms`)), WITHIN);
    const end = (/** @type {Error | undefined} */ error) => {
      clearTimeout(timer);
      if (error) {
        socket.terminate();
        reject(error);
      } else resolve();
    };
    socket.on('message', data => {
      const frame = JSON.parse(String(data));
      if (frame.type === type) end(undefined);
      else if (frame.type === 'error') end(new Error(`${type}: ${data}`));
    });
    socket.on('error', error => end(new Error(`${type}: ${error.message}`)));
    socket.on('close', code => end(new Error(`${type}: closed before with ${code}`)));
  });
}
