// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { promtoolOf } from '../k8s/promtool.js';
import { Server } from './server.js';

test('the series are as Prometheus wants them', { timeout: 90_000 }, async t => {
  const server = await Server.start({ HTTP_PORT: 0, MANAGEMENT_PORT: 0 });
  t.after(() => server.stop());
  assert.equal((await fetch(`http://127.0.0.1:${server.http}/`)).status, 200);
  const answer = await fetch(`http://127.0.0.1:${server.management}/metrics`);
  const { failed, said } = promtoolOf(await answer.text(), 'check', 'metrics');
  assert.equal(said, '');
  assert.equal(failed, false);
});
