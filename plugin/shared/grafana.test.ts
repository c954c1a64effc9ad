// @vitest-environment jsdom
/** What Grafana's own library makes of the frames: names as people see them, without any panel setting. */
import { createRequire } from 'node:module';
import type * as GrafanaData from '@grafana/data';
import { expect, test } from 'vitest';
import type { Frame } from './frame.ts';
import { mapAnswer } from './mapping.ts';
import { DEFAULT_QUERY, type BpfQuery } from './query.ts';
import { answerOf, histogram, numbers } from './testing.ts';

// Its ES modules import names from CommonJS ones that Node does not see; what it gives to require() works.
const { createTheme, getDisplayProcessor, getFieldDisplayName, toDataFrame } = createRequire(import.meta.url)(
  '@grafana/data',
) as typeof GrafanaData;

const shown = (outputs: Parameters<typeof answerOf>[0], query: Partial<BpfQuery> = {}): Frame[] =>
  mapAnswer(answerOf(outputs), { ...DEFAULT_QUERY, ...query }, { refId: 'A' }).frames;

/** All value fields of all frames, as a panel names them. */
function names(frames: Frame[]): string[] {
  const data = frames.map((frame) => toDataFrame(frame));
  return data.flatMap((frame) =>
    frame.fields.filter(({ type }) => type !== 'time').map((field) => getFieldDisplayName(field, frame, data)),
  );
}

test('heatmap rows are named by their ranges, in ascending order', () => {
  expect(names(shown([histogram([{ counts: [[1], [2], [3], [4]] }])]))).toEqual(['0 µs', '1 µs', '2–4 µs', '4–8 µs']);
});

test('series are named by their labels, also when there is only one', () => {
  const two = numbers('counter', [
    { key: ['bash', '1'], values: [2] },
    { key: ['vim', '2'], values: [1] },
  ]);
  expect(names(shown([two]))).toEqual(['bash, 1', 'vim, 2']);
  expect(names(shown([numbers('counter', [{ key: ['bash'], values: [1] }])]))).toEqual(['bash']);
  expect(names(shown([numbers('gauge', [{ key: [], values: [1] }], { name: '@free' })]))).toEqual(['@free']);
});

test('values are formatted in the unit of the metric', () => {
  const text = (frames: Frame[], value: number): string => {
    const [frame] = frames.map((one) => toDataFrame(one));
    const field = frame?.fields.find(({ type }) => type === 'number');
    if (!field) throw new Error('no number field');
    const { text: digits, suffix = '' } = getDisplayProcessor({ field, theme: createTheme() })(value);
    return digits + suffix;
  };
  const counter = (unit: string) => numbers('counter', [{ key: [], values: [1] }], { unit });
  expect(text(shown([counter('short')]), 1500)).toBe('1.50K c/s');
  expect(text(shown([counter('ns')]), 0.25)).toBe('25%');
  expect(text(shown([counter('decbytes')]), 2_000_000)).toBe('2 MB/s');
  expect(text(shown([counter('bytes')]), 2 ** 20)).toBe('1 MiB/s');
  expect(text(shown([counter('µs')], { counters: 'increase' }), 1500)).toBe('1.50 ms');
  expect(text(shown([counter('short')], { format: 'table' }), 89_512)).toBe('89,512');
  expect(text(shown([counter('apples')]), 3)).toContain('apples/s');
});
