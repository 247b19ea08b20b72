// @ts-check
/**
 * Hosts as network namespaces on three networks. `front` is where clients and the balancer reach servers, `back` where servers
 * reach each other, and `ops`, which no fault touches, where this process reaches servers.
 */

import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** @typedef {'front' | 'back' | 'ops'} Net */
/** @typedef {() => Promise<void>} Undo */

/** @type {Record<Net, string>} the first three bytes of each network's addresses */
const PREFIX = { front: '10.66.0', back: '10.67.0', ops: '10.68.0' };
const OWN_NUMBER = 1;

/**
 * Runs a command to its end.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {string} [input]
 * @returns {Promise<string>} what it wrote on standard output
 */
export function run(command, args, input = '') {
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${command} ${args.join(' ')}: ${stderr || error.message}`));
      else resolve(stdout);
    });
    child.stdin?.on('error', () => {}); // it ended without reading; its exit code says why
    child.stdin?.end(input);
  });
}

export class Network {
  /** @type {Set<string>} names of network interfaces must not be longer than 15 characters */
  #names = new Set();

  static async build() {
    for (const net of /** @type {Net[]} */ (Object.keys(PREFIX))) {
      await run('ip', ['link', 'add', bridge(net), 'type', 'bridge']);
      await run('ip', ['link', 'set', bridge(net), 'up']);
    }
    await run('ip', ['address', 'add', `${PREFIX.ops}.${OWN_NUMBER}/24`, 'dev', bridge('ops')]);
    return new Network();
  }

  /**
   * @param {string} name
   * @param {number} number the last byte of its addresses
   * @param {Net[]} nets
   */
  async host(name, number, nets) {
    if (this.#names.has(name)) throw new Error(`host: ${name} is there already`);
    this.#names.add(name);
    await run('ip', ['netns', 'add', name]);
    await run('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
    for (const net of nets) {
      const port = portOf(name, net);
      await run('ip', ['link', 'add', net, 'netns', name, 'type', 'veth', 'peer', 'name', port]);
      await run('ip', ['-n', name, 'address', 'add', `${PREFIX[net]}.${number}/24`, 'dev', net]);
      await run('ip', ['-n', name, 'link', 'set', net, 'up']);
      await run('ip', ['link', 'set', port, 'master', bridge(net), 'up']);
    }
    return new Host(name, number);
  }
}

export class Host {
  name;
  #number;
  /** @type {Set<{net: Net, from?: string, port?: number}>} what is dropped, both ways */
  #dropped = new Set();

  /** @param {string} name @param {number} number */
  constructor(name, number) {
    this.name = name;
    this.#number = number;
  }

  /** @param {Net} net */
  address(net) {
    return `${PREFIX[net]}.${this.#number}`;
  }

  /**
   * @param {string} command
   * @param {string[]} args
   * @returns {[command: string, args: string[]]} how to run this on the host
   */
  on(command, args) {
    return ['ip', ['netns', 'exec', this.name, command, ...args]];
  }

  /**
   * Packets vanish without a word, both ways.
   *
   * @param {Net[]} nets
   * @param {Host} [other] only those from and to it
   * @param {number} [port] only those to this TCP port
   * @returns {Promise<Undo>}
   */
  async drop(nets, other, port) {
    const added = nets.map(net => ({ net, from: other?.address(net), port }));
    for (const each of added) this.#dropped.add(each);
    await this.#filter();
    return async () => {
      for (const each of added) this.#dropped.delete(each);
      await this.#filter();
    };
  }

  /**
   * Ends every connection to this port, with a TCP reset to the other side.
   *
   * @param {number} port
   */
  async reset(port) {
    await run(...this.on('ss', ['--kill', '--no-header', '--tcp', 'state', 'established', 'sport', '=', `:${port}`]));
  }

  /**
   * Holds up everything to and from one of its networks.
   *
   * @param {Net} net
   * @param {number} milliseconds each way
   * @param {number} jitter milliseconds more or less; order is kept
   * @returns {Promise<Undo>}
   */
  async delay(net, milliseconds, jitter) {
    const port = portOf(this.name, net);
    const script = join(import.meta.dirname, 'delay.py');
    const child = spawn('python3', [script, bridge(net), port, String(milliseconds), String(jitter)], { stdio: ['pipe', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), exited]);
    if (line !== 'ready') throw new Error(`delay of ${this.name}: ${line}`);
    return async () => {
      await run('ip', ['link', 'set', port, 'master', bridge(net)]);
      child.stdin.end();
      await exited;
    };
  }

  async #filter() {
    const dropped = [...this.#dropped];
    const to = (/** @type {number | undefined} */ port) => port ? `tcp dport ${port} ` : '';
    const incoming = dropped.map(({ net, from, port }) => `iifname "${net}" ${from ? `ip saddr ${from} ` : ''}${to(port)}drop`);
    const outgoing = dropped.map(({ net, from, port }) => `oifname "${net}" ${from ? `ip daddr ${from} ` : ''}${to(port)}drop`);
    const rules = `flush ruleset
table ip faults {
  chain incoming {
    type filter hook input priority 0
    ${incoming.join('\n    ')}
  }
  chain outgoing {
    type filter hook output priority 0
    ${outgoing.join('\n    ')}
  }
}
`;
    await run(...this.on('nft', ['-f', '-']), rules);
  }
}

/** @param {Net} net */
function bridge(net) {
  return `br-${net}`;
}

/**
 * The bridge's end of a host's cable.
 *
 * @param {string} name
 * @param {Net} net
 */
function portOf(name, net) {
  return `${name}-${net}`;
}
