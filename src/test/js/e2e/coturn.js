// @ts-check
/** A TURN server that knows one secret and no user. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './server.js';

const HOST = '127.0.0.1';
const RELAY_PORTS = 1_000;

export class Coturn extends Child {
  #folder;
  /** An address for clients. */
  url;

  /** @param {number} port @param {string} secret @param {string} folder for what it keeps */
  constructor(port, secret, folder) {
    super('turnserver', [
      '-n', '--verbose', '--log-file=stdout', '--simple-log', '--no-cli', '--no-tls', '--no-dtls', '--no-multicast-peers',
      '--fingerprint', '--realm=example.test', '--use-auth-secret', `--static-auth-secret=${secret}`,
      `--listening-ip=${HOST}`, `--relay-ip=${HOST}`, '--allow-loopback-peers', `--listening-port=${port}`,
      `--min-port=${port + 1}`, `--max-port=${port + RELAY_PORTS}`,
      `--userdb=${join(folder, 'db')}`, `--pidfile=${join(folder, 'pid')}`,
    ]);
    this.#folder = folder;
    this.url = `turn:${HOST}:${port}?transport=udp`;
  }

  /**
   * @param {number} port the thousand above it are for relays
   * @param {string} secret
   * @returns {Promise<Coturn>} when it listens
   */
  static async start(port, secret) {
    const coturn = new Coturn(port, secret, await mkdtemp(join(tmpdir(), 'heliograph-coturn-')));
    try {
      await coturn.line(/UDP listener opened/);
      return coturn;
    } catch (error) {
      await coturn.stop();
      throw error;
    }
  }

  /** @returns {string[]} the user names it has given a relay to, oldest first */
  get served() {
    return this.log.flatMap(line => /user <(.+)>: incoming packet ALLOCATE processed, success/.exec(line)?.[1] ?? []);
  }

  async stop() {
    await super.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
