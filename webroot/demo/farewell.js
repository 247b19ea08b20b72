// @ts-check
/** What to say when a call is over. */

/**
 * @typedef {object} Ended
 * @property {string} user the other side's name
 * @property {boolean} incoming
 * @property {boolean} accepted whether they talked
 * @property {boolean} mine ended by the person in front
 * @property {string} reason
 */

/** @type {Record<string, (user: string) => string>} */
const UNANSWERED = {
  'user-offline': user => `${user} is not online.`,
  busy: user => `${user} is in another call.`,
  declined: user => `${user} declined.`,
  'no-answer': user => `${user} did not answer.`,
  lost: user => `The call to ${user} was lost, because one of you lost the connection to the server.`,
  'too-many': user => `You are calling ${user} already.`,
  unavailable: () => 'The server cannot put calls through just now. Try again in a moment.',
  timeout: () => 'The server did not answer. Try again in a moment.',
};

/** @type {Record<string, (user: string) => string>} */
const MISSED = {
  'answered-elsewhere': user => `You took the call of ${user} on another device.`,
  declined: user => `You declined the call of ${user} on another device.`,
  busy: user => `${user} called while you were in a call on another device.`,
  'call-gone': user => `The call of ${user} was over before you accepted it.`,
  unavailable: user => `The server could not put the call of ${user} through.`,
};

/**
 * @param {Ended} ended
 * @returns {string}
 */
export function farewell({ user, incoming, accepted, mine, reason }) {
  if (accepted) {
    if (mine) return `The call with ${user} has ended.`;
    return reason === 'hangup' ? `${user} hung up.` : `The connection to ${user} was lost.`;
  }
  if (mine) return '';
  if (incoming) return MISSED[reason]?.(user) ?? `You missed a call of ${user}.`;
  return UNANSWERED[reason]?.(user) ?? `The call to ${user} did not come about: ${reason}.`;
}
