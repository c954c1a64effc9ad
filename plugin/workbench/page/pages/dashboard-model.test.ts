import { expect, test } from 'vitest';
import { rangeSeconds } from './dashboard-model.ts';

test.each([
  [{ from: 'now-15m', to: 'now' }, 900],
  [{ from: 'now-1h', to: 'now' }, 3600],
  [{ from: 'now-90s', to: 'now' }, 90],
  [{ from: 'now-1d', to: 'now-1h' }, 7],
  [{ from: '2026-01-01', to: 'now' }, 7],
  [undefined, 7],
])('%o', (time, expected) => {
  expect(rangeSeconds(time, 7)).toBe(expected);
});
