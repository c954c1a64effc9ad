import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Frame } from './frame.ts';
import { mapAnswer } from './mapping.ts';
import { DEFAULT_QUERY, type BpfQuery } from './query.ts';
import { answerOf, histogram, numbers } from './testing.ts';

const map = (outputs: Parameters<typeof answerOf>[0], query: Partial<BpfQuery> = {}, alert = false) =>
  mapAnswer(answerOf(outputs), { ...DEFAULT_QUERY, ...query }, { refId: 'A', alert });
const valuesOf = (frame: Frame | undefined, index: number) => frame?.fields[index]?.values;

const series = fc.array(
  fc.record({
    name: fc.string({ minLength: 1 }),
    values: fc.array(fc.option(fc.nat(1e6)), { minLength: 4, maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 30 },
);
const unique = (all: { name: string; values: (number | null)[] }[]) =>
  [...new Map(all.map((one) => [one.name, one])).values()].map(({ name, values }) => ({ key: [name], values }));

describe('numbers are conserved', () => {
  test('time series as increase hold every count, and nothing else', () => {
    fc.assert(
      fc.property(series, (all) => {
        const output = numbers('counter', unique(all));
        const { frames } = map([output], { counters: 'increase', limit: 1000 });
        const shown = frames.map((frame) => [frame.fields[1]?.labels?.['key0'], valuesOf(frame, 1)]);
        const given = output.series.map(({ key, values }) => [key[0], values]);
        const byName = (rows: unknown[][]) => new Map(rows.map(([name, values]) => [name, values]));
        expect(byName(shown)).toEqual(byName(given));
      }),
    );
  });

  test('a table holds the exact totals', () => {
    fc.assert(
      fc.property(series, (all) => {
        const output = numbers('counter', unique(all));
        const { frames } = map([output], { format: 'table', limit: 1000 });
        const total = (valuesOf(frames[0], 1) as (number | null)[]).reduce<number>(
          (sum, value) => sum + (value ?? 0),
          0,
        );
        const given = output.series.flatMap(({ values }) => values as (number | null)[]);
        expect(total).toBe(given.reduce<number>((sum, value) => sum + (value ?? 0), 0));
      }),
    );
  });

  test('a heatmap of all keys counts what the keys count', () => {
    const counts = fc.array(fc.array(fc.option(fc.nat(1000)), { minLength: 3, maxLength: 3 }), {
      minLength: 5,
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.array(counts, { minLength: 1, maxLength: 5 }), (all) => {
        const output = histogram(all.map((one, index) => ({ key: [`k${index}`], counts: one })));
        const { frames } = map([output]);
        const shown = frames[0]?.fields.slice(1).flatMap(({ values }) => values as (number | null)[]) ?? [];
        const add = (values: (number | null)[]) => values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
        expect(add(shown)).toBe(add(all.flat(2)));
      }),
    );
  });
});

describe('heatmap', () => {
  const counts = [
    [1, null],
    [2, null],
    [0, null],
  ];

  test('rows ascend, names are bounds, gaps stay gaps', () => {
    const [frame] = map([histogram([{ counts }])]).frames;
    expect(frame?.meta?.type).toBe('heatmap-rows');
    expect(frame?.fields.map(({ name }) => name)).toEqual(['Time', '1', '2', '4']);
    expect(frame?.fields.map(({ config }) => config?.displayNameFromDS)).toEqual([undefined, '0 µs', '1 µs', '2–4 µs']);
    expect(frame?.fields.slice(1).map(({ values }) => values)).toEqual(counts);
    expect(frame?.meta?.custom?.buckets).toEqual([
      { lower: 0, upper: 1 },
      { lower: 1, upper: 2 },
      { lower: 2, upper: 4 },
    ]);
  });

  test('of several keys says that they are added up', () => {
    const { frames } = map([
      histogram([
        { key: ['a'], counts },
        { key: ['b'], counts },
      ]),
    ]);
    expect(frames[0]?.meta?.notices?.[0]?.text).toContain('2 keys are added up');
  });

  test('before anything was counted has no fields', () => {
    expect(map([histogram([], { times: [1000] })]).frames[0]?.fields).toEqual([]);
  });
});

describe('time series', () => {
  const many = numbers(
    'counter',
    Array.from({ length: 50 }, (_, index) => ({ key: [`p${index}`], values: [index] })),
  );

  test('beyond the limit: the largest are shown, and the rest is named', () => {
    const { frames } = map([many], { limit: 3 });
    expect(frames.map(({ fields }) => fields[1]?.labels?.['key0'])).toEqual(['p49', 'p48', 'p47']);
    expect(frames[0]?.meta?.notices?.map(({ text }) => text)).toEqual([
      '3 of 50 series of @ shown: those with the largest totals. Raise the limit to see more.',
    ]);
  });

  test('an alert rule sees all of them', () => {
    expect(map([many], { limit: 3 }, true).frames).toHaveLength(50);
  });

  test('an average of a step without events is no point', () => {
    const output = numbers('average', [{ key: [], values: [10, 0, null], counts: [4, 0, null] }]);
    expect(valuesOf(map([output]).frames[0], 1)).toEqual([2.5, null, null]);
  });

  test('a histogram shows its quantiles', () => {
    const counts = [
      [0, 0],
      [4, 0],
      [0, 0],
    ];
    const { frames } = map([histogram([{ counts }])], { format: 'timeseries', quantiles: [0.5, 0.99] });
    expect(frames.map(({ fields }) => fields[1]?.labels)).toEqual([{ quantile: '0.5' }, { quantile: '0.99' }]);
    expect(valuesOf(frames[0], 1)).toEqual([1.5, null]);
  });

  test('CPU time per second is a share', () => {
    const output = numbers('counter', [{ key: [], values: [500_000_000] }], { unit: 'ns' });
    const [frame] = map([output]).frames;
    expect(frame?.fields[1]).toMatchObject({ config: { unit: 'percentunit' }, values: [0.5] });
  });

  test('legend', () => {
    const output = numbers('counter', [{ key: ['bash'], values: [1] }]);
    const name = (legend: string) => map([output], { legend }).frames[0]?.fields[1]?.config?.displayNameFromDS;
    expect(name('')).toBe('bash');
    expect(name('calls of {{key0}}')).toBe('calls of bash');
    expect(name('{{ nope }}')).toBe('{{ nope }}');
  });

  test('columns of one name stay apart', () => {
    const output = numbers('counter', [{ key: ['a', 'b'], values: [1] }], {
      keys: [
        { name: 'comm', type: 'string' },
        { name: 'comm', type: 'string' },
      ],
    });
    expect(map([output]).frames[0]?.fields[1]?.labels).toEqual({ comm: 'a', comm_2: 'b' });
  });
});

describe('table', () => {
  test('64-bit totals keep their digits', () => {
    const output = numbers('counter', [{ key: ['x'], values: ['9007199254740993', 2, null] }]);
    const [frame] = map([output], { format: 'table' }).frames;
    expect(frame?.fields[1]).toMatchObject({ type: 'string', values: ['9007199254740995'] });
  });

  test('maps with the same keys are columns of one table, largest share first', () => {
    const calls = numbers(
      'counter',
      [
        { key: ['a'], values: [1] },
        { key: ['b'], values: [9] },
      ],
      { name: '@calls' },
    );
    const bytes = numbers(
      'counter',
      [
        { key: ['b'], values: [100] },
        { key: ['c'], values: [900] },
      ],
      {
        name: '@bytes',
        unit: 'bytes',
      },
    );
    const other = numbers('gauge', [{ key: [], values: [7] }], { name: '@other' });
    const { frames } = map([calls, other, bytes], { format: 'table' });
    expect(frames.map(({ name }) => name)).toEqual(['@calls, @bytes', '@other']);
    expect(frames[0]?.fields.map(({ name, values, config }) => [name, config?.unit, ...values])).toEqual([
      ['key0', undefined, 'b', 'c', 'a'],
      ['@calls', 'locale', 9, null, 1],
      ['@bytes', 'bytes', 100, 900, null],
    ]);
  });

  test('a histogram lists its buckets that counted', () => {
    const [frame] = map([histogram([{ key: ['x'], counts: [[1], [0], [5]] }])], { format: 'table' }).frames;
    expect(frame?.fields.map(({ name, values }) => [name, ...values])).toEqual([
      ['key0', 'x', 'x'],
      ['from', 0, 2],
      ['to', 1, 4],
      ['count', 1, 5],
    ]);
  });
});

describe('flame graph', () => {
  test('depth first, values include children, other keys are frames', () => {
    const output = numbers('counter', [
      { key: ['bash', ['main', 'read']], values: [3, 1] },
      { key: ['bash', ['main']], values: [2] },
      { key: ['vim', ['main', 'draw']], values: [10] },
    ]);
    const [frame] = map([
      {
        ...output,
        keys: [
          { name: 'comm', type: 'string' },
          { name: 'ustack', type: 'stack' },
        ],
      },
    ]).frames;
    const rows = (valuesOf(frame, 0) ?? []).map((_, row) => frame?.fields.map(({ values }) => values[row]));
    expect(rows).toEqual([
      [0, 16, 0, 'all'],
      [1, 10, 0, 'vim'],
      [2, 10, 0, 'main'],
      [3, 10, 10, 'draw'],
      [1, 6, 0, 'bash'],
      [2, 6, 2, 'main'],
      [3, 4, 4, 'read'],
    ]);
    expect(frame?.meta?.preferredVisualisationType).toBe('flamegraph');
  });

  test('deep stacks are no recursion', () => {
    const deep = Array.from({ length: 20_000 }, (_, index) => `f${index}`);
    const output = numbers('counter', [{ key: [deep], values: [1] }]);
    expect(valuesOf(map([output]).frames[0], 0)).toHaveLength(20_001);
  });
});

describe('what does not fit', () => {
  test('is said when nothing fits, and noted when something does', () => {
    const counter = numbers('counter', [{ key: [], values: [1] }], { name: '@calls' });
    expect(map([counter], { format: 'heatmap' }).problem).toMatch(/@calls \(counter\); a heatmap needs/);
    const both = map([histogram([{ counts: [[1]] }]), counter], { format: 'heatmap' });
    expect(both.problem).toBeUndefined();
    expect(both.frames[0]?.meta?.notices?.[0]?.text).toMatch(/Not shown: @calls/);
  });

  test('no output at all is an empty frame that says so', () => {
    expect(map([]).frames).toMatchObject([{ fields: [], meta: { notices: [{ severity: 'info' }] } }]);
  });
});

test('a loss is said once, also when the agent says it too; its other notices stay', () => {
  const lost = { events: 0, mapUpdates: 77_786, missedRuns: 0, stacks: 0 };
  const notices = [
    { severity: 'warning' as const, code: 'map-full', text: '77786 updates were refused' },
    { severity: 'warning' as const, code: 'series-cut', text: '@ has 96 more series' },
  ];
  const answer = answerOf([numbers('counter', [{ key: [], values: [1] }])], { lost, notices });
  const { frames } = mapAnswer(answer, DEFAULT_QUERY, { refId: 'A' });
  expect(frames[0]?.meta?.notices?.map(({ text }) => text)).toEqual([
    '@ has 96 more series',
    '77,786 map updates were refused: the map was full. What is shown misses them.',
  ]);
});

test('the text of printf loses the newline that ends it, no other', () => {
  const { frames } = map([
    {
      kind: 'events',
      name: 'printf',
      unit: null,
      keys: [],
      times: [],
      columns: [],
      rows: [{ time: 1, values: [], text: 'a\nb\n' }],
    },
  ]);
  expect(valuesOf(frames[0], 1)).toEqual(['a\nb']);
});
