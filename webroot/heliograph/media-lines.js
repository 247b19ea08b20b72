// @ts-check
/** What a connection sends: one line for sound and one for pictures, whatever goes through them at the time. */

/** @typedef {import('../heliograph.js').MediaKind} MediaKind */

/**
 * The side that begins opens a line for each kind, used or not; the other side's tracks find their way into these.
 *
 * @param {RTCPeerConnection} connection
 * @param {Map<MediaKind, MediaStreamTrack | null>} tracks
 * @param {boolean} begins
 */
export function offerMedia(connection, tracks, begins) {
  for (const [kind, track] of tracks) {
    if (begins) connection.addTransceiver(track ?? kind, { direction: track ? 'sendrecv' : 'recvonly' });
    else if (track) connection.addTrack(track);
  }
}

/**
 * Sends this track from now on in the line of its kind, or nothing.
 *
 * @param {RTCPeerConnection} connection
 * @param {MediaKind} kind
 * @param {MediaStreamTrack | null} track
 */
export async function send(connection, kind, track) {
  const line = connection.getTransceivers().find(({ receiver }) => receiver.track.kind === kind);
  if (line) {
    line.direction = track ? 'sendrecv' : 'recvonly';
    await line.sender.replaceTrack(track);
  } else if (track) {
    connection.addTrack(track);
  }
}
