import { expect, test } from 'vitest';
import { formatBound, formatRange, rateOf } from './unit.ts';

test.each([
  [0, 1, 'ns', '0 ns'],
  [1, 2, 'ns', '1 ns'],
  [2, 4, 'ns', '2–4 ns'],
  [512, 1024, 'ns', '512 ns–1.02 µs'],
  [16384, 32768, 'ns', '16.4–32.8 µs'],
  [0, 500_000, 'ns', '0–500 µs'],
  [65536, 131072, 'µs', '65.5–131 ms'],
  [33_554_432, 67_108_864, 'µs', '33.6 s–1.12 min'],
  [1024, 2048, 'bytes', '1–2 KiB'],
  [1024, 2048, 'decbytes', '1.02–2.05 kB'],
  [1024, 2048, null, '1.02–2.05 K'],
  [1024, 2048, 'short', '1.02–2.05 K'],
  [-16, -8, null, '-16 to -8'],
  [null, 0, 'ns', '< 0 ns'],
  [1 << 20, null, 'bytes', '≥ 1 MiB'],
  [null, null, null, 'all'],
])('[%s, %s) in %s is %s', (lower, upper, unit, text) => {
  expect(formatRange(lower, upper, unit)).toBe(text);
});

test('names of neighbouring power-of-two rows differ', () => {
  for (const unit of ['ns', 'µs', 'ms', 's', 'bytes', 'decbytes', null]) {
    const names = Array.from({ length: 52 }, (_, power) => formatRange(2 ** power, 2 ** (power + 1), unit));
    expect(new Set(names).size).toBe(names.length);
  }
});

test('bounds', () => {
  expect(formatBound(50_000, 'µs')).toBe('50 ms');
  expect(formatBound(999, 'ns')).toBe('999 ns');
  expect(formatBound(0, 'bytes')).toBe('0 B');
});

test('an increase per second has a unit of its own; time per second is a share of a CPU', () => {
  expect(rateOf(null)).toEqual({ unit: 'cps', scale: 1 });
  expect(rateOf('bytes').unit).toBe('binBps');
  expect(rateOf('ns')).toEqual({ unit: 'percentunit', scale: 1e-9 });
  expect(rateOf('apples').unit).toBe('suffix: apples/s');
});
