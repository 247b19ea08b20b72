// @ts-check
/** Manifests against the API's own schema, as strictly as an API server checks them. */

const CORE = 'kubernetes-models';
/** Definitions that a cluster has to be given, by the group of the API. */
const ADDED = new Map([
  ['gateway.networking.k8s.io', '@kubernetes-models/gateway-api'],
  ['monitoring.coreos.com', '@kubernetes-models/prometheus-operator'],
]);

/**
 * @param {import('./kubectl.js').Manifest} manifest
 * @returns {Promise<string[]>} what is wrong with it: a field that does not exist, one that is missing, a value of a wrong kind
 */
export async function problems(manifest) {
  const { apiVersion, kind, metadata } = manifest;
  const from = ADDED.get(apiVersion.split('/')[0]) ?? CORE;
  const name = `${kind} ${metadata?.name}`;
  const { [kind]: model } = await import(`${from}/${apiVersion}`);
  if (!model) return [`${name}: ${apiVersion} has no such kind`];
  /** @type {Set<string>} */
  const read = new Set();
  const found = [];
  try {
    model.prototype.validate.call(watched(manifest, '', read));
  } catch (error) {
    found.push(`${name}: ${/** @type {Error} */ (error).message}`);
  }
  for (const path of paths(manifest, '')) {
    if (!read.has(path)) found.push(`${name}: ${path}: no such field`);
  }
  return found;
}

/**
 * The schema's validators look at every field that the schema has, and at no other: a field that none has read is unknown.
 *
 * @template {object} T
 * @param {T} value
 * @param {string} path
 * @param {Set<string>} read
 * @returns {T}
 */
function watched(value, path, read) {
  return new Proxy(value, {
    get(target, key, receiver) {
      const field = Reflect.get(target, key, receiver);
      if (typeof key !== 'string') return field;
      const below = `${path}/${key}`;
      read.add(below);
      return typeof field === 'object' && field !== null ? watched(field, below, read) : field;
    },
  });
}

/**
 * @param {unknown} value
 * @param {string} path
 * @returns {string[]} of all fields in it
 */
function paths(value, path) {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, field]) => [`${path}/${key}`, ...paths(field, `${path}/${key}`)]);
}
