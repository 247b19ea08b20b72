// @ts-check
/** The real promtool, as Debian has it; unpacked without being installed, since its package brings a service that would start. */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileOf } from './kubectl.js';

const PACKAGE = 'prometheus';

function command() {
  const found = (process.env.PATH ?? '').split(delimiter).map(folder => join(folder, 'promtool')).find(existsSync);
  if (found) return found;
  const file = fileOf('target/promtool');
  if (!existsSync(file)) {
    mkdirSync(fileOf('target'), { recursive: true });
    const folder = mkdtempSync(fileOf('target/promtool-'));
    const download = () => spawnSync('apt-get', ['download', PACKAGE], { cwd: folder, encoding: 'utf8' });
    if (download().status !== 0) {
      spawnSync('apt-get', ['update', '-q']);
      const { status, stderr, error } = download();
      if (status !== 0) throw new Error(`promtool: not in the PATH, and apt-get download ${PACKAGE} fails: ${error ?? stderr}`);
    }
    const [archive] = readdirSync(folder);
    execFileSync('dpkg-deb', ['-x', join(folder, archive), folder]);
    renameSync(join(folder, 'usr/bin/promtool'), file);
    rmSync(folder, { recursive: true });
  }
  return file;
}

/**
 * @param {string} input what it reads
 * @param {string[]} args
 * @returns {{ failed: boolean, said: string }}
 */
export function promtoolOf(input, ...args) {
  const { status, stdout, stderr } = spawnSync(command(), args, { cwd: fileOf('.'), encoding: 'utf8', input });
  return { failed: status !== 0, said: stdout + stderr };
}

/**
 * @param {string[]} args files below the top of the repository among them
 * @returns {{ failed: boolean, said: string }}
 */
export function promtool(...args) {
  return promtoolOf('', ...args);
}
