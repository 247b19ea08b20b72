// @ts-check
/** Finding what the page is made of. */

/**
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} kind
 * @param {ParentNode} [inside]
 * @returns {T}
 */
export function find(selector, kind, inside = document) {
  const found = inside.querySelector(selector);
  if (found instanceof kind) return found;
  throw new Error(`${selector}: ${found} (expected: ${kind.name})`);
}

/**
 * Sets a data attribute, or takes it away.
 *
 * @param {HTMLElement} element
 * @param {string} name
 * @param {string | number | undefined | false | null} value
 */
export function mark(element, name, value) {
  if (value === undefined || value === false || value === null) delete element.dataset[name];
  else element.dataset[name] = String(value);
}

/**
 * @param {string} selector
 * @param {() => void} action
 */
export function onClick(selector, action) {
  find(selector, HTMLElement).addEventListener('click', action);
}
