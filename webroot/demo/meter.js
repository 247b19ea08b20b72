// @ts-check
/** What arrives over one connection: frames decoded so far, and kilobits a second since the last look. */

export class Meter {
  /** @type {RTCPeerConnection | undefined} */
  #connection;
  #bytes = 0;
  #at = 0;

  /**
   * @param {RTCPeerConnection} connection
   * @returns {Promise<{frames: number, kilobits: number | undefined}>}
   */
  async look(connection) {
    const streams = [...(await connection.getStats()).values()].filter(({ type }) => type === 'inbound-rtp');
    const frames = total(streams, 'framesDecoded');
    const bytes = total(streams, 'bytesReceived');
    const at = performance.now();
    const comparable = connection === this.#connection && at > this.#at;
    const kilobits = comparable ? Math.max(0, Math.round((8 * (bytes - this.#bytes)) / (at - this.#at))) : undefined;
    this.#connection = connection;
    this.#bytes = bytes;
    this.#at = at;
    return { frames, kilobits };
  }
}

/**
 * @param {Record<string, any>[]} streams
 * @param {string} field
 * @returns {number}
 */
function total(streams, field) {
  return streams.reduce((sum, stream) => sum + (stream[field] ?? 0), 0);
}
