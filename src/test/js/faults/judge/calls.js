// @ts-check
/** Every call ends exactly once for everybody in it. */

/** @typedef {import('../clients/events.js').Event} Event */
/** @typedef {import('../clients/events.js').Snapshot} Snapshot */
/** @typedef {{touched: number, steps: Map<string, string[]>}} Seen what each peer has seen of a call */

export class Calls {
  /** @type {Map<string, Seen>} */
  #calls = new Map();
  #lives;
  #violation;
  counts = { calls: 0, endings: 0 };

  /** @param {import('./lives.js').Lives} lives @param {import('./judge.js').Violate} violation */
  constructor(lives, violation) {
    this.#lives = lives;
    this.#violation = violation;
  }

  /** @param {Event} event */
  take(event) {
    if (event.what !== 'call') return;
    const { call, step, reason, peer = '', client, at } = event;
    const seen = this.#calls.get(call) ?? { touched: at, steps: new Map() };
    if (!this.#calls.has(call)) this.counts.calls++;
    this.#calls.set(call, seen);
    const before = seen.steps.get(peer) ?? [];
    const steps = [...before, reason ? `${step} (${reason})` : step];
    seen.steps.set(peer, steps);
    seen.touched = at;
    if (!isEnd(step)) return;
    if (!before.some(isEnd)) return void this.counts.endings++;
    const life = this.#lives.of(peer);
    if (!life || this.#lives.crossed(life, at)) return;
    this.#violation('call ended twice', `${call} at ${peer}: ${steps.join(', ')}`, [client], [call]);
  }

  /** @param {string} call @returns {string} what everybody saw of it */
  story(call) {
    return [...this.#calls.get(call)?.steps ?? []].map(([peer, steps]) => `${peer}: ${steps.join(', ')}`).join('; ');
  }

  /** @param {number} before forgets those of which nothing was seen since */
  forget(before) {
    for (const [call, { touched }] of this.#calls) if (touched < before) this.#calls.delete(call);
  }
}

/** @param {string} step */
function isEnd(step) {
  return step.startsWith('end');
}

/**
 * @param {Snapshot[]} snapshots
 * @returns {string | undefined} the id of a call that is over for one who is in it, and not for another
 */
export function halfOver(snapshots) {
  /** @type {Map<string, string[]>} */
  const states = new Map();
  for (const { calls } of snapshots) {
    for (const [call, state] of Object.entries(calls)) states.set(call, [...states.get(call) ?? [], state]);
  }
  for (const [call, all] of states) {
    const agreed = all.every(state => state === all[0]) && (all[0] === 'accepted' ? all.length === 2 : all.length > 1);
    if (!agreed) return call;
  }
  return undefined;
}
