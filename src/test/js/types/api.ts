/** The published types, held against the modules they describe. Compiled, never run. */
import type * as published from '../../../../webroot/heliograph.js';
import type { Call } from '../../../../webroot/heliograph/call.js';
import type { CallLink } from '../../../../webroot/heliograph/call-link.js';
import type { Client } from '../../../../webroot/heliograph/client.js';
import { SignalingError } from '../../../../webroot/heliograph/errors.js';
import type { Mesh } from '../../../../webroot/heliograph/mesh.js';
import type { Pair } from '../../../../webroot/heliograph/pair.js';
import { PeerLink, isPolite, originOf } from '../../../../webroot/heliograph/peer-link.js';
import type { Room } from '../../../../webroot/heliograph/room.js';

export const functions: Pick<typeof published, 'SignalingError' | 'PeerLink' | 'isPolite' | 'originOf'> = {
  SignalingError,
  PeerLink,
  isPolite,
  originOf,
};

export const call = (actual: Call): published.Call => actual;
export const callLink = (actual: CallLink): published.CallLink => actual;
export const client = (actual: Client): published.Client => actual;
export const room = (actual: Room): published.Room => actual;
export const mesh = (actual: Mesh): published.Mesh => actual;
export const pair = (actual: Pair): published.Pair => actual;
