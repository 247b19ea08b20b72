/** The published types, held against the modules they describe. Compiled, never run. */
import type * as published from '../../../../webroot/heliograph.js';
import type { Client } from '../../../../webroot/heliograph/client.js';
import { SignalingError } from '../../../../webroot/heliograph/errors.js';
import type { Mesh } from '../../../../webroot/heliograph/mesh.js';
import { PeerLink, isPolite, originOf } from '../../../../webroot/heliograph/peer-link.js';
import type { Room } from '../../../../webroot/heliograph/room.js';

export const functions: Pick<typeof published, 'SignalingError' | 'PeerLink' | 'isPolite' | 'originOf'> = {
  SignalingError,
  PeerLink,
  isPolite,
  originOf,
};

export const client = (actual: Client): published.Client => actual;
export const room = (actual: Room): published.Room => actual;
export const mesh = (actual: Mesh): published.Mesh => actual;
