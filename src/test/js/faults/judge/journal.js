// @ts-check
/** The last events of each client, and the faults, for whoever has to find out how a violation came about. */

/** @typedef {import('../clients/events.js').Event} Event */

const LINES_KEPT = 300;
const LINES_SHOWN = 30;
/** What is of interest whatever it is about. */
const ALWAYS = ['fault', 'welcome', 'line', 'over'];

export class Journal {
  /** @type {Map<string, {at: number, what: string, text: string}[]>} */
  #lines = new Map();

  /** @param {Event | {at: number, what: 'fault', text: string}} event @param {string[]} keys what it concerns */
  write(event, keys) {
    const { at, what, ...rest } = event;
    const line = { at, what, text: `${new Date(at).toISOString().slice(11, 23)} ${what} ${words(rest)}` };
    for (const key of keys) {
      const lines = this.#lines.get(key) ?? [];
      lines.push(line);
      if (lines.length > LINES_KEPT) lines.shift();
      this.#lines.set(key, lines);
    }
  }

  /**
   * @param {string[]} keys
   * @param {string[]} names of which a line must have one
   * @param {number} until
   * @returns {string[]} what concerned any of the keys up to then, in the order of time
   */
  read(keys, names, until) {
    const all = [...new Set(keys.flatMap(key => this.#lines.get(key) ?? []))];
    return all.filter(({ at, what, text }) => at <= until && (ALWAYS.includes(what) || names.some(name => text.includes(name))))
      .sort((a, b) => a.at - b.at).slice(-LINES_SHOWN).map(({ text }) => text);
  }
}

/** @param {Record<string, unknown>} fields */
function words(fields) {
  return Object.entries(fields).filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : value}`).join(' ');
}
