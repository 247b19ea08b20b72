// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoff } from '../../../../webroot/heliograph/backoff.js';
import { seeded } from './fakes.js';

test('clients cut off together come back spread over five seconds, fewer than a quarter in the first', () => {
  const random = seeded(2026);
  const delays = Array.from({ length: 2000 }, () => backoff(0, random));
  assert.ok(delays.every(delay => delay >= 0 && delay < 5_000));
  for (let second = 0; second < 5; second++) {
    const share = delays.filter(delay => Math.floor(delay / 1000) === second).length / delays.length;
    assert.ok(share > 0.15 && share < 0.25, `second ${second}: ${share}`);
  }
});

test('the bound doubles from the fourth try in vain on, up to half a minute', () => {
  const bounds = [0, 1, 2, 3, 4, 5, 500].map(attempt => backoff(attempt, () => 1));
  assert.deepEqual(bounds, [5_000, 5_000, 5_000, 10_000, 20_000, 30_000, 30_000]);
});
