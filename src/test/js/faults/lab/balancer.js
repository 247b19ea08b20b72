// @ts-check
/** HAProxy in front of the servers. */

import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { Child } from '../../e2e/server.js';

/** @typedef {import('./network.js').Host} Host */

const PORT = 80;
/** Not in the folder for logs, whose path may be longer than a socket's can be. */
const CONTROL = '/run/haproxy.sock';

export class Balancer {
  /** Where clients reach it. */
  address;

  /** @param {string} address */
  constructor(address) {
    this.address = address;
  }

  /**
   * @param {Host} host
   * @param {string[]} servers lines of its configuration, without `server`
   * @param {string} folder for its configuration
   */
  static async start(host, servers, folder) {
    const balancer = new Balancer(`${host.address('front')}:${PORT}`);
    const file = join(folder, 'haproxy.cfg');
    await writeFile(file, `
global
  maxconn 8000
  stats socket ${CONTROL} level admin
defaults
  mode http
  timeout connect 1s
  timeout check 500ms
  timeout client 30s
  timeout server 30s
  timeout tunnel 1h
  option redispatch
  option httpchk GET /readyz
frontend public
  bind ${balancer.address}
  default_backend signaling
backend signaling
  balance leastconn
${servers.map(server => `  server ${server}`).join('\n')}
`);
    const haproxy = new Child(...host.on('haproxy', ['-db', '-f', file]));
    haproxy.exited.then(([code]) => console.error(`haproxy: exit code ${code}:\n${haproxy.log.join('\n')}`), () => {});
    return balancer;
  }

  /** From now on new connections go to this server, too. @param {string} name @param {string} address */
  async add(name, address) {
    const [host, port] = address.split(':');
    await control(`set server signaling/${name} addr ${host} port ${port}; set server signaling/${name} state ready`);
  }

  /** From now on no new connection goes to it; those there are stay. @param {string} name */
  async remove(name) {
    await control(`set server signaling/${name} state maint`);
  }
}

/** @param {string} commands to HAProxy while it runs */
async function control(commands) {
  const socket = createConnection(CONTROL);
  socket.end(`${commands}\n`);
  let answer = '';
  socket.on('data', data => void (answer += data));
  await once(socket, 'close');
  if (/unknown|invalid|no such/i.test(answer)) throw new Error(`haproxy: ${commands}: ${answer.trim()}`);
}
