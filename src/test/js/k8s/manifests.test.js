// @ts-check
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { test } from 'node:test';
import { parse as parseYaml } from 'yaml';
import { fileOf, parse, render } from './kubectl.js';
import { problems } from './schema.js';

/** @typedef {import('./kubectl.js').Manifest} Manifest */

const BASE = 'k8s/base';
/** Ours; beside them there may be those of whoever installs it. */
const OVERLAYS = ['k8s/overlays/minimal', 'k8s/overlays/production'];
const COMPONENTS = readdirSync(fileOf('k8s/components')).map(name => `k8s/components/${name}`);
/** Each component on the base, and all that can be rendered by themselves. */
const RENDERED = new Map([
  ...[BASE, ...OVERLAYS].map(folder => /** @type {const} */ ([folder, render(folder)])),
  ...COMPONENTS.map(folder => /** @type {const} */ ([folder, renderOnBase(folder)])),
]);
/** conf/heliograph.yaml; a Java test holds that it has every key of the server, with its default. */
const CONF = parseYaml(readFileSync(fileOf('conf/heliograph.yaml'), 'utf8'));

/** @param {string} component */
function renderOnBase(component) {
  return renderText(`resources: [../base]\ncomponents: [../${relative('k8s', component)}]\n`, 'k8s');
}

/**
 * @param {string} kustomization
 * @param {string} parent where a folder for it is made
 */
function renderText(kustomization, parent) {
  const folder = mkdtempSync(fileOf(`${parent}/.test-`));
  try {
    writeFileSync(`${folder}/kustomization.yaml`, kustomization);
    return render(relative(fileOf('.'), folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {Manifest[]} manifests
 * @param {string} kind
 * @param {string} [name]
 * @returns {Manifest}
 */
function only(manifests, kind, name = 'heliograph') {
  const found = manifests.filter(manifest => manifest.kind === kind && manifest.metadata.name === name);
  assert.equal(found.length, 1, `${kind} ${name}`);
  return found[0];
}

/** @param {Manifest[]} manifests */
const podOf = manifests => only(manifests, 'Deployment').spec.template;

/** @param {Manifest[]} manifests */
const containerOf = manifests => podOf(manifests).spec.containers[0];

/** @param {string} file @param {string} name */
function constantOf(file, name) {
  const found = new RegExp(`\\b${name} = (\\d+);`).exec(readFileSync(fileOf(`src/main/java/io/heliograph/${file}`), 'utf8'));
  assert.ok(found, `${name} in ${file}`);
  return Number(found[1]);
}

/**
 * @param {any} section
 * @param {string} path
 * @returns {[string, any][]} each key by the name of its variable
 */
function variables(section, path = 'HELIOGRAPH') {
  return Object.entries(section).flatMap(([key, value]) => {
    const name = `${path}_${key.toUpperCase()}`;
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? variables(value, name) : [[name, value]];
  });
}

/** @param {Record<string, string>} selector @param {Record<string, string>} labels */
const matches = (selector, labels) => Object.entries(selector).every(([key, value]) => labels[key] === value);

for (const [folder, manifests] of RENDERED) {
  test(`${folder} is as the API's schema says, and has no field that it does not know`, async () => {
    assert.ok(manifests.length > 0);
    assert.deepEqual((await Promise.all(manifests.map(problems))).flat(), []);
  });

  test(`${folder} leaves the namespace to whoever applies it`, () => {
    for (const { metadata } of manifests) assert.equal(/** @type {any} */ (metadata).namespace, undefined);
  });

  test(`what ${folder} selects by label is there`, () => {
    const pods = manifests.filter(({ kind }) => kind === 'Deployment').map(({ spec }) => spec.template);
    for (const { kind, metadata, spec } of manifests) {
      /** @type {Record<string, Record<string, string>>} */
      const selectors = {
        Deployment: spec?.selector?.matchLabels,
        Service: spec?.selector,
        PodDisruptionBudget: spec?.selector?.matchLabels,
        NetworkPolicy: spec?.podSelector?.matchLabels,
      };
      const selector = selectors[kind];
      if (!selector) continue;
      assert.ok(Object.keys(selector).length > 0, `${kind} ${metadata.name} selects everything`);
      assert.equal(pods.filter(({ metadata: { labels } }) => matches(selector, labels)).length, 1, `${kind} ${metadata.name}`);
    }
    for (const { metadata: { labels }, spec } of pods) {
      for (const { labelSelector } of spec.topologySpreadConstraints ?? []) {
        assert.ok(matches(labelSelector.matchLabels, labels));
      }
    }
  });

  test(`every port that ${folder} names is one of the container's, or of a Service`, () => {
    const ports = containerOf(manifests).ports;
    const names = ports.map((/** @type {any} */ port) => port.name);
    for (const { kind, spec } of manifests) {
      if (kind === 'Service') for (const { targetPort } of spec.ports) assert.ok(names.includes(targetPort), targetPort);
      if (kind === 'NetworkPolicy') {
        for (const { ports: opened } of spec.ingress) for (const { port } of opened) assert.ok(names.includes(port), port);
      }
      if (kind === 'Ingress') {
        for (const { http } of spec.rules) {
          for (const { backend: { service } } of http.paths) {
            assert.ok(only(manifests, 'Service', service.name).spec.ports
              .some((/** @type {any} */ port) => port.name === service.port.name));
          }
        }
      }
      if (kind === 'HTTPRoute') {
        for (const { backendRefs } of spec.rules) {
          for (const { name, port } of backendRefs) {
            assert.ok(only(manifests, 'Service', name).spec.ports.some((/** @type {any} */ one) => one.port === port));
          }
        }
      }
      if (kind === 'ServiceMonitor') {
        for (const { port } of spec.endpoints) {
          const services = manifests.filter(other => other.kind === 'Service'
            && matches(spec.selector.matchLabels, /** @type {any} */ (other.metadata).labels)
            && other.spec.ports.some((/** @type {any} */ one) => one.name === port));
          assert.equal(services.length, 1, port);
        }
      }
    }
  });

  test(`${folder} gives the server the configuration that people read, and variables that it knows`, () => {
    const { volumes } = podOf(manifests).spec;
    const { configMap } = volumes.find((/** @type {any} */ volume) => volume.configMap);
    const { data } = only(manifests, 'ConfigMap', configMap.name);
    assert.deepEqual(Object.keys(data), ['heliograph.yaml']);
    assert.deepEqual(parse(data['heliograph.yaml']), [CONF]);
    const known = new Set(variables(CONF).map(([name]) => name));
    for (const { name } of containerOf(manifests).env) assert.ok(known.has(name), name);
  });
}

test('the container listens where the server does', () => {
  const { http, management, cluster } = CONF;
  const { env, ports } = containerOf(render(BASE));
  assert.deepEqual(
    Object.fromEntries(ports.map((/** @type {any} */ port) => [port.name, port.containerPort])),
    { http: http.port, management: management.port, cluster: cluster.port, bus: cluster.bus.port });
  for (const { name } of env) assert.doesNotMatch(name, /_PORT$/);
});

test('the members are found by the name of the Service that has all of them', () => {
  const manifests = render(BASE);
  const { value } = containerOf(manifests).env.find((/** @type {any} */ one) => one.name === 'HELIOGRAPH_CLUSTER_DNS');
  const { spec } = only(manifests, 'Service', value);
  assert.deepEqual([spec.clusterIP, spec.publishNotReadyAddresses], ['None', true]);
});

test('who is on a pod by SockJS while it is left can be answered there', () => {
  assert.equal(only(render(BASE), 'Service', 'heliograph-sockjs').spec.publishNotReadyAddresses, true);
});

test('members only reach the ports of the cluster', () => {
  const manifests = render(BASE);
  const { spec } = only(manifests, 'NetworkPolicy');
  const { labels } = podOf(manifests).metadata;
  const inner = spec.ingress.filter((/** @type {any} */ rule) =>
    rule.ports.some((/** @type {any} */ { port }) => port === 'cluster' || port === 'bus'));
  assert.deepEqual(inner.map((/** @type {any} */ { from }) => from), [[{ podSelector: { matchLabels: labels } }]]);
  for (const manifestsOfFolder of RENDERED.values()) {
    for (const { kind, metadata, spec: { ingress } } of manifestsOfFolder.filter(({ spec: any }) => any)) {
      if (kind !== 'NetworkPolicy' || metadata.name === 'heliograph') continue;
      for (const { ports } of ingress) for (const { port } of ports) assert.equal(port, 'management');
    }
  }
});

test('it is killed only after all the time that it may need to stop', () => {
  const { spec } = podOf(render(BASE));
  const { delay, within } = CONF.drain;
  assert.ok(spec.terminationGracePeriodSeconds > delay + within + constantOf('Main.java', 'LEAVE_SECONDS_MAX'));
  for (const { lifecycle } of spec.containers) assert.equal(lifecycle, undefined);
});

test('a start that is slow, or alone, is not taken for one that failed', () => {
  const { startupProbe: { periodSeconds, failureThreshold } } = containerOf(render(BASE));
  const secondsMax = constantOf('Main.java', 'START_SECONDS_MAX') + constantOf('cluster/Discovery.java', 'PATIENCE_LOOKS');
  assert.ok(periodSeconds * failureThreshold > secondsMax);
});

test('a drain is noticed before clients are asked to move', () => {
  const { readinessProbe: { periodSeconds, failureThreshold } } = containerOf(render(BASE));
  assert.ok(periodSeconds * failureThreshold < CONF.drain.delay);
});

test('an update has the new pod ready before an old one goes', () => {
  const { spec } = only(render(BASE), 'Deployment');
  assert.deepEqual(spec.strategy.rollingUpdate, { maxSurge: 1, maxUnavailable: 0 });
});

test('the image has one name and version everywhere, the one of the build', () => {
  const version = /<version>(.*?)<\/version>/.exec(readFileSync(fileOf('pom.xml'), 'utf8'))?.[1];
  const dockerfile = readFileSync(fileOf('src/main/docker/Dockerfile'), 'utf8');
  assert.match(dockerfile, new RegExp(`-t heliograph:${version} `));
  assert.match(dockerfile, new RegExp(`image\\.version="${version}"`));
  for (const manifests of RENDERED.values()) assert.equal(containerOf(manifests).image, `heliograph:${version}`);
});

test('the pod runs as the image is made to', () => {
  const { securityContext, volumeMounts } = containerOf(render(BASE));
  const dockerfile = readFileSync(fileOf('src/main/docker/Dockerfile'), 'utf8');
  assert.equal(/^USER (.*)$/m.exec(dockerfile)?.[1], `${securityContext.runAsUser}:${securityContext.runAsGroup}`);
  assert.equal(volumeMounts.find((/** @type {any} */ one) => one.name === 'conf').mountPath,
    `${/^WORKDIR (.*)$/m.exec(dockerfile)?.[1]}/conf`);
  assert.deepEqual(
    [...dockerfile.matchAll(/^EXPOSE (.*)$/gm)].flatMap(([, ports]) => ports.split(' ').map(Number)),
    containerOf(render(BASE)).ports.map((/** @type {any} */ port) => port.containerPort));
});

test('the autoscaler looks at a series that the server has', () => {
  const { spec } = only(render('k8s/overlays/production'), 'HorizontalPodAutoscaler');
  const names = spec.metrics.filter((/** @type {any} */ one) => one.pods).map((/** @type {any} */ one) => one.pods.metric.name);
  const facts = readFileSync(fileOf('src/main/java/io/heliograph/metrics/MicrometerFacts.java'), 'utf8');
  for (const name of names) assert.ok(facts.includes(`"${name.replaceAll('_', '.')}"`), name);
  assert.equal(only(render('k8s/overlays/production'), 'Deployment').spec.replicas, undefined);
});

test('an overlay of one\'s own is as the documentation shows', async () => {
  const text = readFileSync(fileOf('src/docs/operations.md'), 'utf8');
  const [[, kustomization], [, rotation]] = text.matchAll(/```yaml\n([^]*?)```/g);
  const manifests = renderText(kustomization, 'k8s/overlays');
  assert.deepEqual((await Promise.all(manifests.map(problems))).flat(), []);
  assert.match(containerOf(manifests).image, /^registry\.example\.org\/heliograph:/);
  for (const { kind, spec } of manifests) {
    if (kind === 'Ingress') assert.deepEqual([spec.rules[0].host, ...spec.tls[0].hosts], Array(2).fill('signal.example.org'));
    if (kind === 'PrometheusRule') {
      const alerts = spec.groups.flatMap((/** @type {any} */ { rules }) => rules).filter((/** @type {any} */ { alert }) => alert);
      assert.ok(alerts.length > 0);
      for (const { alert, annotations } of alerts) {
        assert.equal(annotations.runbook_url, `https://wiki.example.org/heliograph#${alert.toLowerCase()}`);
      }
    }
  }
  const rotating = renderText(
    `${kustomization.replace('replacements:', `${rotation}replacements:`)}components: [../../components/coturn]\n`, 'k8s/overlays');
  assert.deepEqual((await Promise.all(rotating.map(problems))).flat(), []);
  const [{ args, env }] = only(rotating, 'Deployment', 'coturn').spec.template.spec.containers;
  assert.deepEqual(
    args.filter((/** @type {string} */ arg) => arg.startsWith('--static-auth-secret=')),
    ['--static-auth-secret=$(SECRET)', '--static-auth-secret=$(NEXT)']);
  assert.deepEqual(env.map((/** @type {any} */ { name }) => name), ['SECRET', 'NODE', 'NEXT']);
});

test('every file says why it is as it is', () => {
  const files = readdirSync(fileOf('k8s'), { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.yaml')
    && (!name.startsWith('overlays/') || OVERLAYS.some(overlay => `k8s/${name}`.startsWith(`${overlay}/`))));
  assert.ok(files.length > 0);
  for (const name of files) assert.match(readFileSync(fileOf(`k8s/${name}`), 'utf8'), /^# \S/, name);
});

/** @type {[string, string, string, (manifest: any) => void, RegExp][]} */
const PLANTED = [
  ['a misspelt field', 'Deployment', BASE, it => { it.spec.minReadySecond = 1; }, /minReadySecond: no such field/],
  ['a misplaced field', 'Deployment', BASE, it => { it.spec.template.spec.containers[0].hostNetwork = true; }, /no such field/],
  ['a text for a number', 'Deployment', BASE, it => { it.spec.replicas = '2'; }, /replicas must be integer/],
  ['a number for a text', 'Deployment', BASE, it => { it.spec.template.spec.containers[0].env[0].value = 1; }, /must be string/],
  ['a missing field', 'Deployment', BASE, it => { delete it.spec.selector; }, /required property selector/],
  ['a list for a map', 'Service', BASE, it => { it.spec.selector = ['heliograph']; }, /must be object/],
  ['a kind that is not there', 'Service', BASE, it => { it.kind = 'Servise'; }, /no such kind/],
  ['an unknown field', 'NetworkPolicy', BASE, it => { it.spec.ingress[0].port = []; }, /ingress\/0\/port: no such field/],
  ['a missing field', 'HorizontalPodAutoscaler', 'k8s/overlays/production', it => { delete it.spec.scaleTargetRef; }, /required/],
  ['an unknown field', 'Ingress', 'k8s/overlays/minimal', it => { it.spec.rules[0].hosts = []; }, /hosts: no such field/],
  ['an unknown field', 'ServiceMonitor', 'k8s/components/service-monitor', it => { it.spec.endpoints[0].pth = ''; }, /no such field/],
  ['a missing field', 'ServiceMonitor', 'k8s/components/service-monitor', it => { delete it.spec.selector; }, /required/],
  ['an unknown field', 'HTTPRoute', 'k8s/components/gateway-api', it => { it.spec.rules[0].timeout = {}; }, /no such field/],
  ['a wrong value', 'HTTPRoute', 'k8s/components/gateway-api', it => { it.spec.rules[1].timeouts.request = 'none'; }, /timeouts\/request/],
];

for (const [what, kind, folder, plant, expected] of PLANTED) {
  test(`the check finds ${what} in a ${kind}`, async () => {
    const manifest = structuredClone((RENDERED.get(folder) ?? []).find(one => one.kind === kind));
    assert.ok(manifest);
    plant(manifest);
    assert.match((await problems(manifest)).join('\n'), expected);
  });
}
