// @vitest-environment jsdom
import { createTheme } from '@grafana/data';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { colourTable, groundColour, intensity } from './colours.ts';

const theme = createTheme({ colors: { mode: 'dark' } });

test('no events have the ground colour, one event never has', () => {
  const colour = colourTable(1_000_000, theme);
  expect(colour(0)).toBe(groundColour(theme));
  expect(colour(1)).not.toBe(groundColour(theme));
});

test('more events are never paler', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 1e9 }), (a, b) => {
      const max = Math.max(a, b);
      expect(Math.sign(intensity(a, max) - intensity(b, max)) * Math.sign(a - b)).toBeGreaterThanOrEqual(0);
      expect(intensity(max, max)).toBeCloseTo(1);
    }),
  );
});
