// @ts-check
/** What the Deployment of an overlay says of its pods, for whoever runs them without a cluster. */

import assert from 'node:assert/strict';
import { render } from './kubectl.js';

/** @typedef {{ httpGet: { path: string, port: string }, periodSeconds: number, timeoutSeconds?: number, failureThreshold: number }} Probe */

export class PodTemplate {
  #manifests;
  #deployment;
  #container;

  /** @param {string} overlay below k8s/overlays */
  constructor(overlay) {
    this.#manifests = render(`k8s/overlays/${overlay}`);
    this.#deployment = this.#only('Deployment').spec;
    [this.#container] = this.#deployment.template.spec.containers;
  }

  get deployment() {
    return this.#deployment;
  }

  /** @returns {Record<'startupProbe' | 'readinessProbe' | 'livenessProbe', Probe>} */
  get probes() {
    return this.#container;
  }

  /** @returns {{ preStop: unknown, terminationGracePeriodSeconds: number }} */
  get ending() {
    const { terminationGracePeriodSeconds } = this.#deployment.template.spec;
    return { preStop: this.#container.lifecycle?.preStop, terminationGracePeriodSeconds };
  }

  /** @returns {number[]} */
  get ports() {
    return this.#container.ports.map((/** @type {any} */ { containerPort }) => containerPort);
  }

  /** @returns {string} conf/heliograph.yaml as the pods have it mounted */
  get configuration() {
    return this.#only('ConfigMap').data['heliograph.yaml'];
  }

  /** @returns {string} the headless Service's name, whose addresses are all pods, ready or not */
  get members() {
    const name = this.settings('').CLUSTER_DNS;
    const service = this.#manifests.find(({ kind, metadata }) => kind === 'Service' && metadata.name === name);
    assert.ok(service?.spec.publishNotReadyAddresses, name);
    return name;
  }

  /** @param {string} address of the pod @returns {Record<string, string>} by the last part of the variable's name */
  settings(address) {
    return Object.fromEntries(this.#container.env.map((/** @type {any} */ { name, value, valueFrom }) => {
      if (valueFrom) assert.deepEqual(valueFrom, { fieldRef: { fieldPath: 'status.podIP' } });
      return [name.replace(/^HELIOGRAPH_/, ''), value ?? address];
    }));
  }

  /** @param {string} name @returns {number} */
  portOf(name) {
    return this.#container.ports.find((/** @type {any} */ port) => port.name === name).containerPort;
  }

  /** @param {string} wanted */
  #only(wanted) {
    const [found, ...others] = this.#manifests.filter(({ kind }) => kind === wanted);
    assert.ok(found && others.length === 0, wanted);
    return found;
  }
}
