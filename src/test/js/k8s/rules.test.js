// @ts-check
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse as parseYaml } from 'yaml';
import { fileOf } from './kubectl.js';
import { promtool } from './promtool.js';

const RULES = 'k8s/components/prometheus-rules/heliograph.rules.yaml';
const MANIFEST = 'k8s/components/prometheus-rules/prometheus-rule.yaml';
const TESTS = 'src/test/js/k8s/rules.test.yaml';
/** To be replaced by whoever installs it: this project has no address of its own. */
const RUNBOOK = 'https://runbooks.example.org/heliograph/operations.md';

/** @param {string} path */
const read = path => readFileSync(fileOf(path), 'utf8');
/** @type {any[]} */
const alerts = parseYaml(read(RULES)).groups.flatMap((/** @type {any} */ group) => group.rules)
  .filter((/** @type {any} */ rule) => rule.alert);
/** @type {any[]} */
const tried = parseYaml(read(TESTS)).tests.flatMap((/** @type {any} */ one) => one.alert_rule_test);

test('the rules are rules, and each does as its tests say', () => {
  for (const args of [['check', 'rules', RULES], ['test', 'rules', TESTS]]) {
    const { failed, said } = promtool(...args);
    assert.ok(!failed, said);
  }
});

test('the operator\'s Prometheus gets the same rules as any other', () => {
  assert.deepEqual(parseYaml(read(MANIFEST)).spec, parseYaml(read(RULES)));
});

for (const { alert, annotations, labels } of alerts) {
  test(`${alert} is tried where it fires and where it does not, and has a paragraph that says what to do`, () => {
    const those = tried.filter(({ alertname }) => alertname === alert);
    assert.ok(those.some(({ exp_alerts: expected }) => expected?.length > 0), 'no test in which it fires');
    assert.match(labels.severity, /^(critical|warning)$/);
    const [page, anchor] = annotations.runbook_url.split('#');
    assert.equal(page, RUNBOOK);
    assert.ok(read('src/docs/operations.md').includes(`\`${RUNBOOK}\``), 'where it says what to put there');
    assert.ok(read('src/docs/operations.md').split('\n').some(line => line.toLowerCase() === `### ${anchor}`), anchor);
  });
}

test('every series that a rule looks at is documented', () => {
  const documented = new Set([...read('src/docs/operations.md').matchAll(/^\| `(heliograph_\w+)/gm)].map(([, name]) => name));
  const looked = read(RULES).replaceAll(/\w+:heliograph_\w+:\w+/g, '').matchAll(/\bheliograph_[a-z_]+/g);
  const unknown = [...looked].map(([name]) => name.replace(/_(bucket|count|sum)$/, '')).filter(name => !documented.has(name));
  assert.deepEqual(unknown, []);
});

/** @type {[string, string, string][]} each another rule than the one that is meant */
const PLANTED = [
  ['HeliographDown', 'up{job=~"heliograph.*"} == 0', 'up == 0'],
  ['HeliographClusterSplit', '< count by (namespace, job)', '< 2 * count by (namespace, job)'],
  ['HeliographGhosts', '+ 50', '+ 500'],
  ['HeliographDrops', '> 0.001', '> 0.0001'],
  ['HeliographRelaysSlow', '> 14.4 * 0.01', '> 4 * 0.01'],
  ['HeliographWebhookFails', 'result=~"failed|open"}', 'result=~"failed|denied"}'],
  ['HeliographFull', 'reason=~"full|pace"', 'reason=~"full|origin"'],
];

for (const [alert, from, to] of PLANTED) {
  test(`another limit of ${alert} would be noticed`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'rules-'));
    try {
      const rules = read(RULES);
      assert.ok(rules.includes(from), from);
      writeFileSync(`${folder}/rules.yaml`, rules.replaceAll(from, to));
      writeFileSync(`${folder}/test.yaml`, read(TESTS).replace(/^ {2}- .*heliograph\.rules\.yaml$/m, `  - ${folder}/rules.yaml`));
      const { failed, said } = promtool('test', 'rules', `${folder}/test.yaml`);
      assert.ok(failed && said.includes(alert), said);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
