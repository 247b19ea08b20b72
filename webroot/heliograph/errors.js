// @ts-check
/** What can go wrong, told by a `code`: the server's codes, and three that only the client can know. */

export class SignalingError extends Error {
  /**
   * @param {string} code a code of the protocol, or `disconnected`, `timeout`, `closed`
   * @param {string} message for a person
   * @param {Record<string, any>} [frame] the error frame, where the server sent one
   */
  constructor(code, message, frame) {
    super(message);
    this.name = 'SignalingError';
    this.code = code;
    this.frame = frame;
  }

  /** @param {Record<string, any>} frame an `error` frame */
  static from(frame) {
    return new SignalingError(String(frame.code), String(frame.message ?? frame.code), frame);
  }
}

/** A cluster between two states, a limit that time or others may ease: another try may succeed. */
const PASSING = ['unavailable', 'rate-limited', 'too-many', 'timeout', 'internal'];

/** @param {SignalingError} error */
export function passes({ code }) {
  return PASSING.includes(code);
}

/** @param {SignalingError} error @returns {boolean} whether nobody knows if another server has heard the frame */
export function isUnheard({ code }) {
  return code === 'unavailable' || code === 'timeout';
}
