// @ts-check
/** A real Prometheus that scrapes all machines, with the rules of k8s/, whose times are made shorter. */

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Child, until } from '../../e2e/server.js';
import { fileOf } from '../../k8s/kubectl.js';
import { MANAGEMENT_PORT } from './machine.js';

/** @typedef {import('./machine.js').Machine} Machine */
/** @typedef {{ labels: Record<string, string>, state: 'pending' | 'firing', annotations: Record<string, string> }} Alert */
/** @typedef {{ labels: Record<string, string>, points: [at: number, value: number][] }} Series at milliseconds */

const ADDRESS = '127.0.0.1:9099';
const RULES = fileOf('k8s/components/prometheus-rules/heliograph.rules.yaml');
const SECONDS = { s: 1, m: 60, h: 3600 };

export class Prometheus {
  /**
   * @param {Machine[]} machines
   * @param {string} folder
   * @param {number} speed by how much every time in the rules is divided
   */
  static async start(machines, folder, speed) {
    const storage = join(folder, 'prometheus');
    await rm(storage, { recursive: true, force: true });
    await mkdir(storage, { recursive: true });
    const rules = await readFile(RULES, 'utf8');
    await writeFile(join(folder, 'rules.yaml'), faster(rules, speed));
    const targets = machines.map(machine => `'${machine.host.address('ops')}:${MANAGEMENT_PORT}'`);
    await writeFile(join(folder, 'prometheus.yaml'), `
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [rules.yaml]
scrape_configs:
  - job_name: heliograph
    static_configs: [{ targets: [${targets}] }]
`);
    const arguments_ = [`--config.file=${join(folder, 'prometheus.yaml')}`, `--storage.tsdb.path=${storage}`,
      `--web.listen-address=${ADDRESS}`, '--log.level=warn'];
    const child = new Child('prometheus', arguments_);
    child.exited.then(([code]) => console.error(`prometheus: exit code ${code}:\n${child.log.join('\n')}`), () => {});
    const prometheus = new Prometheus();
    await until('prometheus', () => prometheus.alerts().catch(() => undefined), answer => answer);
    return prometheus;
  }

  /** @returns {Promise<Alert[]>} those that are pending or firing */
  async alerts() {
    return (await ask('alerts')).alerts;
  }

  /**
   * @param {string} query
   * @param {number} from milliseconds
   * @param {number} to milliseconds
   * @param {number} step milliseconds
   * @returns {Promise<Series[]>} what is a number
   */
  async range(query, from, to, step) {
    const { result } = await ask('query_range', { query, start: from / 1000, end: to / 1000, step: step / 1000 });
    return result.map((/** @type {any} */ { metric, values }) => ({
      labels: metric,
      points: values.map((/** @type {[number, string]} */ [at, value]) => [at * 1000, Number(value)])
        .filter((/** @type {[number, number]} */ [, value]) => Number.isFinite(value)),
    }));
  }
}

/**
 * @param {string} path
 * @param {Record<string, string | number>} [parameters]
 */
async function ask(path, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
  const answer = await fetch(`http://${ADDRESS}/api/v1/${path}?${query}`);
  const { status, data, error } = await answer.json();
  if (status !== 'success') throw new Error(`prometheus: ${path}: ${error}`);
  return data;
}

/** @param {string} rules @param {number} speed */
function faster(rules, speed) {
  return rules.replaceAll(/(for: |\[)(\d+)([smh])/g, (_, before, count, unit) =>
    `${before}${Math.max(3, Math.round(Number(count) * SECONDS[/** @type {'s' | 'm' | 'h'} */ (unit)] / speed))}s`);
}
