// @ts-check
/**
 * Heliograph's client library: signaling for WebRTC, and the links it is for.
 *
 *     import { connect, CallLink, Mesh, PeerLink } from './heliograph.js';
 *
 * Plain ES modules without dependencies: for browsers, and for Node when given a WebSocket class, or fetch, or both.
 */

import { Client } from './heliograph/client.js';

export { Call } from './heliograph/call.js';
export { CallLink } from './heliograph/call-link.js';
export { Client } from './heliograph/client.js';
export { Mesh } from './heliograph/mesh.js';
export { Pair } from './heliograph/pair.js';
export { PeerLink, isPolite, originOf } from './heliograph/peer-link.js';
export { SignalingError } from './heliograph/errors.js';

/**
 * Connects, and stays connected until closed.
 *
 * @param {import('./heliograph.js').ClientOptions} [options]
 * @returns {Client}
 */
export function connect(options) {
  return new Client(options);
}
