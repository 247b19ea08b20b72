// @ts-check
/**
 * What Kubernetes does with the Deployment and the Services of k8s/, as far as hosts without a cluster can: pods come and go in
 * the order that the update strategy prescribes, probes decide who is behind the balancer, and a DNS server knows them all.
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../../e2e/server.js';
import { PodTemplate } from '../../k8s/pod-template.js';
import { pause } from '../rounds.js';
import { Balancer } from './balancer.js';
import { HTTP_PORT, Machine } from './machine.js';
import { Names } from './names.js';
import { Network } from './network.js';
import { Pod } from './pod.js';

/** What it takes here until balancer and DNS server know of a change. On real clusters it is rather less than more. */
const KNOWN_AFTER = 1_000;
const AVAILABLE_WITHIN = 180_000;
/** The last byte of the first pod's address. */
const FIRST = 101;
const PODS_MAX = 100;

export class Deployment {
  /** @type {Pod[]} in the order in which they came, those that end included */
  pods = [];
  /** @type {import('./network.js').Host} where clients run */
  clients;
  names;
  /** What the DNS server answers where these pods are. */
  named = (/** @type {string[]} */ ips) => ips;
  #template;
  #network;
  #balancer;
  #folder;
  #created = 0;

  /**
   * @param {PodTemplate} template
   * @param {Network} network
   * @param {import('./network.js').Host} clients
   * @param {Balancer} balancer
   * @param {Names} names
   * @param {string} folder
   */
  constructor(template, network, clients, balancer, names, folder) {
    this.#template = template;
    this.#network = network;
    this.clients = clients;
    this.#balancer = balancer;
    this.names = names;
    this.#folder = folder;
  }

  /**
   * @param {string} folder for logs
   * @returns {Promise<Deployment>} without pods
   */
  static async create(folder) {
    const template = new PodTemplate('minimal');
    const conf = join(folder, 'conf');
    await mkdir(conf, { recursive: true });
    await writeFile(join(conf, 'heliograph.yaml'), template.configuration);
    const network = await Network.build();
    const slots = Array.from({ length: PODS_MAX }, (_, index) => `${nameOf(index)} 0.0.0.0:${HTTP_PORT} disabled`);
    const balancer = await Balancer.start(await network.host('lb', 20, ['front']), slots, folder);
    const names = await Names.start(await network.host('dns', 21, ['front']), template.members, folder);
    return new Deployment(template, network, await network.host('clients', 30, ['front']), balancer, names, folder);
  }

  /** Where clients reach the balancer. */
  get address() {
    return this.#balancer.address;
  }

  /** @returns {Pod[]} those that are not to end */
  get lasting() {
    return this.pods.filter(({ terminating }) => !terminating);
  }

  /**
   * Where some go it is the oldest: Kubernetes rather takes the youngest, but those have hardly any clients yet.
   *
   * @param {number} replicas
   * @returns {Promise<number[]>} milliseconds that each that went took to end
   */
  async scale(replicas) {
    const missing = replicas - this.lasting.length;
    const surplus = this.lasting.slice(0, Math.max(0, -missing));
    const [took] = await Promise.all([
      Promise.all(surplus.map(pod => this.#end(pod))),
      Promise.all(Array.from({ length: Math.max(0, missing) }, () => this.create())),
    ]);
    await this.#available(this.lasting);
    return took;
  }

  /**
   * Replaces all pods, one more at a time than are wanted.
   *
   * @param {string} [jar] what the new ones run
   * @returns {Promise<number[]>} milliseconds that each old one took to end
   */
  async update(jar) {
    const { maxSurge, maxUnavailable } = this.#template.deployment.strategy.rollingUpdate;
    if (maxSurge !== 1 || maxUnavailable !== 0) throw new Error(`strategy: ${maxSurge}, ${maxUnavailable} (expected: 1, 0)`);
    const endings = [];
    for (const old of this.lasting) {
      await this.#available([await this.create(jar)]);
      // The next one is created while this one ends: pods that end do not count.
      endings.push(this.#end(old));
    }
    return Promise.all(endings);
  }

  /** @param {string} [jar] @returns {Promise<Pod>} one more, when its process says that it is ready, which its probes may say later */
  async create(jar) {
    const index = this.#created++;
    const host = await this.#network.host(nameOf(index), FIRST + index, ['front', 'ops']);
    const machine = new Machine(host, this.#template.settings(host.address('front')), this.#folder, { directory: this.#folder, resolver: this.names.resolver });
    const pod = new Pod(machine, this.#template, changed => void this.#route(changed));
    this.pods.push(pod);
    void this.publish();
    await pod.start(jar);
    return pod;
  }

  /** @param {Pod} pod */
  async #end(pod) {
    const ended = pod.end();
    void this.#route(pod);
    const took = await ended;
    this.pods.splice(this.pods.indexOf(pod), 1);
    void this.publish();
    return took;
  }

  /** @param {Pod} pod */
  async #route(pod) {
    await pause(KNOWN_AFTER);
    if (pod.ready && !pod.terminating) await this.#balancer.add(pod.name, pod.address);
    else await this.#balancer.remove(pod.name);
  }

  /** Has the DNS server know who is there. */
  async publish() {
    await pause(KNOWN_AFTER);
    await this.names.answer(this.named(this.pods.map(({ ip }) => ip)));
  }

  /** @param {Pod[]} pods */
  async #available(pods) {
    await until('available', async () => pods.filter(pod => !pod.available).map(({ name }) => name), names => names.length === 0, AVAILABLE_WITHIN);
  }
}

/** @param {number} index of a pod, from 0 */
const nameOf = index => `pod${index + 1}`;
