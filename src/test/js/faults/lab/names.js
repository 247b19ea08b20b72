// @ts-check
/** A real DNS server that answers one name, with what it is told. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Child, until } from '../../e2e/server.js';

export class Names {
  /** A resolv.conf that leads here. */
  resolver;
  host;
  #name;
  #hosts;
  #server;

  /** @param {import('./network.js').Host} host @param {string} name @param {string} resolver @param {string} hosts file @param {Child} server */
  constructor(host, name, resolver, hosts, server) {
    this.host = host;
    this.#name = name;
    this.resolver = resolver;
    this.#hosts = hosts;
    this.#server = server;
  }

  /**
   * @param {import('./network.js').Host} host
   * @param {string} name it answers
   * @param {string} folder for its files
   */
  static async start(host, name, folder) {
    const resolver = join(folder, 'resolv.conf');
    const hosts = join(folder, 'hosts');
    await writeFile(resolver, `nameserver ${host.address('front')}\n`);
    await writeFile(hosts, '');
    const server = new Child(...host.on('dnsmasq', ['--keep-in-foreground', '--log-facility=-', '--user=root', '--no-resolv', '--no-hosts', '--pid-file=',
      `--local=/${name}/`, `--addn-hosts=${hosts}`, '--bind-interfaces', `--listen-address=${host.address('front')}`]));
    server.exited.then(([code]) => console.error(`dnsmasq: exit code ${code}:\n${server.log.join('\n')}`), () => {});
    await until('dnsmasq', async () => server.log.some(line => line.includes('started')), started => started);
    return new Names(host, name, resolver, hosts, server);
  }

  /** @param {string[]} addresses from now on */
  async answer(addresses) {
    await writeFile(this.#hosts, addresses.map(address => `${address} ${this.#name}\n`).join(''));
    this.#server.signal('SIGHUP');
  }
}
