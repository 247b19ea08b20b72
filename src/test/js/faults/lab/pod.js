// @ts-check
/** A host with one server, with the environment, the files and the probes that the manifests give a pod. */

import { pause } from '../rounds.js';
import { HTTP_PORT, Machine } from './machine.js';

/** @typedef {import('../../k8s/pod-template.js').PodTemplate} PodTemplate */
/** @typedef {import('../../k8s/pod-template.js').Probe} Probe */

/** What Kubernetes has where a probe says nothing. */
const PROBE_SECONDS = 1;

export class Pod {
  ready = false;
  /** Asked to end, or ended. */
  terminating = false;
  /** @type {string[]} what Kubernetes would have restarted it for */
  failures = [];
  #machine;
  #template;
  #changed;
  #readySince = Infinity;

  /**
   * @param {Machine} machine
   * @param {PodTemplate} template
   * @param {(pod: Pod) => void} changed called when it is ready, and when it no longer is
   */
  constructor(machine, template, changed) {
    this.#machine = machine;
    this.#template = template;
    this.#changed = changed;
  }

  get name() {
    return this.#machine.name;
  }

  /** Its own, without port. */
  get ip() {
    return this.#machine.host.address('front');
  }

  /** Where clients reach it. */
  get address() {
    return `${this.ip}:${HTTP_PORT}`;
  }

  get machine() {
    return this.#machine;
  }

  /** @returns {boolean} whether it has been ready for as long as an update waits for */
  get available() {
    return performance.now() - this.#readySince >= (this.#template.deployment.minReadySeconds ?? 0) * 1000;
  }

  /** @param {string} [jar] @returns {Promise<void>} when its process says that it is ready, which its probes may say later */
  async start(jar) {
    const started = this.#machine.start(jar);
    void this.#watch();
    await started;
  }

  /** As Kubernetes ends it. @returns {Promise<number>} milliseconds that took; longer than its grace period is an error */
  async end() {
    const { preStop, terminationGracePeriodSeconds } = this.#template.ending;
    if (preStop) throw new Error(`preStop: ${JSON.stringify(preStop)} (expected: none)`);
    this.terminating = true;
    const begun = performance.now();
    await this.#machine.stop(terminationGracePeriodSeconds * 1000);
    return performance.now() - begun;
  }

  async #watch() {
    const { startupProbe, readinessProbe, livenessProbe } = this.#template.probes;
    await this.#ask(startupProbe, healthy => healthy ? 'done' : this.failures.push('startup'));
    await Promise.all([
      this.#ask(readinessProbe, healthy => this.#become(healthy)),
      this.#ask(livenessProbe, healthy => healthy || this.failures.push('liveness')),
    ]);
  }

  /**
   * @param {Probe} probe
   * @param {(healthy: boolean) => unknown} tell called when it is found healthy and was not, or no longer healthy so often on end
   *     as it takes; says `done` when there is nothing more to ask
   */
  async #ask({ httpGet, periodSeconds, timeoutSeconds = PROBE_SECONDS, failureThreshold }, tell) {
    let healthy = false;
    for (let failed = 0; !this.terminating; await pause(periodSeconds * 1000)) {
      const answered = await this.#machine.probe(httpGet.path, timeoutSeconds * 1000);
      failed = answered ? 0 : failed + 1;
      if (this.terminating || (answered ? healthy : failed !== failureThreshold)) continue;
      healthy = answered;
      if (tell(healthy) === 'done') return;
    }
  }

  /** @param {boolean} ready */
  #become(ready) {
    this.ready = ready;
    this.#readySince = ready ? performance.now() : Infinity;
    this.#changed(this);
  }
}
