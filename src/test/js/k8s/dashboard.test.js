// @ts-check
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { fileOf } from './kubectl.js';
import { promtool } from './promtool.js';

/**
 * @typedef {{ x: number, y: number, w: number, h: number }} Place
 * @typedef {{ id: number, type: string, title: string, description: string, gridPos: Place, datasource: object,
 *   targets: { refId: string, expr: string, datasource: object }[], fieldConfig: { defaults: { unit: string } } }} Panel
 */

/** @type {{ panels: Panel[], templating: { list: { name: string }[] } }} */
const dashboard = JSON.parse(readFileSync(fileOf('k8s/components/grafana-dashboard/heliograph.json'), 'utf8'));
const graphs = dashboard.panels.filter(({ type }) => type !== 'row');

test('every query is one', () => {
  const rules = graphs.flatMap(({ id, targets }) => targets.map(({ refId, expr }) => (
    { record: `panel:${id}:${refId}`, expr: expr.replaceAll('$namespace', '.*').replaceAll('$job', '.*')
      .replaceAll('$__rate_interval', '1m') })));
  assert.ok(rules.every(({ expr }) => !expr.includes('$')), 'a variable that is not there');
  const folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
  try {
    writeFileSync(`${folder}/queries.yaml`, stringify({ groups: [{ name: 'dashboard', rules }] }));
    const { failed, said } = promtool('check', 'rules', `${folder}/queries.yaml`);
    assert.ok(!failed, said);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('every query is of the chosen Prometheus, namespace and job', () => {
  assert.deepEqual(dashboard.templating.list.map(({ name }) => name), ['datasource', 'namespace', 'job']);
  for (const { title, datasource, targets } of graphs) {
    for (const one of [datasource, ...targets.map(target => target.datasource)]) {
      assert.deepEqual(one, { type: 'prometheus', uid: '${datasource}' }, title);
    }
    for (const { expr } of targets) {
      const series = expr.match(/[a-z_]+\{/g) ?? [];
      assert.ok(series.length > 0 && series.length === expr.split('{namespace=~"$namespace", job=~"$job"').length - 1, expr);
    }
  }
});

test('every panel says what it shows, in which unit, and covers no other', () => {
  assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
  for (const { title, description, fieldConfig, targets } of graphs) {
    assert.ok(title && description && fieldConfig.defaults.unit, title);
    assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length, title);
  }
  const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) => {
    assert.ok(x >= 0 && x + w <= 24);
    return Array.from({ length: w * h }, (_, cell) => `${x + cell % w},${y + Math.floor(cell / w)}`);
  });
  assert.equal(new Set(cells).size, cells.length);
});
