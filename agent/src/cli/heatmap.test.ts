import { describe, expect, it } from 'vitest';
import type { HistogramOutput } from '../protocol/index.ts';
import { formatBound, Heatmap } from './heatmap.ts';

const step = (...counts: readonly number[]): HistogramOutput => ({
  name: '@latency',
  unit: 'µs',
  keys: [],
  times: [0],
  kind: 'histogram',
  buckets: counts.map((_, index) => ({ lower: index === 0 ? 0 : 2 ** (index - 1), upper: 2 ** index })),
  series: [{ key: [], counts: counts.map((count) => [count]) }],
});

const PLAIN = { color: false, columns: 40, rows: 12 };

describe('Heatmap', () => {
  it('draws time to the right and buckets up, darkest where the count is highest', () => {
    const map = new Heatmap('Run queue latency', 'µs');
    map.add(step(0, 5, 0, 1), 0);
    map.add(null, 1000);
    map.add(step(0, 100, 0, 0), 2000);
    const lines = map.render(PLAIN);
    expect(lines[0]).toContain('100 in the last');
    expect(lines.slice(1, 4)).toEqual(['   <8 µs │░· ', '   <4 µs │ · ', '   <2 µs │▒·█']);
  });

  it('keeps within the width and shows the newest', () => {
    const map = new Heatmap('x', 'µs');
    for (let second = 0; second < 100; second++)
      map.add(step(second === 99 ? 0 : 1, second === 99 ? 7 : 0), second * 1000);
    for (const line of map.render(PLAIN)) expect([...line].length).toBeLessThanOrEqual(40);
    expect(map.render(PLAIN)[1]?.endsWith('█')).toBe(true);
  });

  it('colours cells only where something was counted', () => {
    const map = new Heatmap('x', 'µs');
    map.add(step(0, 3), 0);
    map.add(step(0, 0), 1000);
    const row = map.render({ ...PLAIN, color: true })[1] ?? '';
    expect(row.match(/48;5;\d+m /g)).toHaveLength(1);
    expect(row.endsWith(' ')).toBe(true);
  });

  it('has something to show before the first sample', () => {
    expect(new Heatmap('x', 'µs').render(PLAIN).length).toBeGreaterThan(1);
  });
});

describe('formatBound', () => {
  it.each([
    [1, 'µs', '<1 µs'],
    [1024, 'µs', '<1.02 ms'],
    [2 ** 20, 'µs', '<1.05 s'],
    [512, 'ns', '<512 ns'],
    [65536, 'µs', '<65.5 ms'],
    [Infinity, 'µs', 'more'],
    [4096, 'decbytes', '<4096'],
  ])('%d %s is %s', (bound, unit, text) => expect(formatBound(bound, unit)).toBe(text));
});
