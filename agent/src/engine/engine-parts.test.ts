import { describe, expect, it } from 'vitest';
import { History, NO_LOSS } from './history.ts';
import { argumentLabels, keyLabels } from './label.ts';
import { normalise, queryHash } from './normalise.ts';
import { answerStep, stepEnd, stepEnds } from './steps.ts';

describe('labels', () => {
  it.each([
    ['t:a:b { @[comm] = count(); }', '@', 1, ['comm']],
    ['{ @start[tid] = nsecs; @x[args.id, str(args->filename), $1] = 1 }', '@x', 3, ['id', 'filename', 'key2']],
    ['{ @[pid, pid] = count(); }', '@', 2, ['pid', 'pid1']],
    ['{ @[kstack(3), ","] = count(); }', '@', 2, ['key0', 'key1']],
    ['{ @a = count(); }', '@b', 1, ['key0']],
  ])('%s, %s', (source, name, count, labels) => expect(keyLabels(source, name, count)).toEqual(labels));

  it('reads the arguments of a call', () => {
    expect(argumentLabels('printf("%d, %s\\n", args.pid, str(args.comm))', 2)).toEqual(['pid', 'comm']);
    expect(argumentLabels('printf("%d", @a[1, 2] + 3)', 1)).toEqual(['a']);
  });
});

describe('identity of queries', () => {
  it('does not depend on blanks and comments', () => {
    expect(normalise('  i:s:1  {\n  @ = count(); // x\n} /* y */')).toBe(normalise('i:s:1 { @ = count(); }'));
  });
  it('depends on strings and parameters', () => {
    expect(normalise('{ printf("a  b") }')).not.toBe(normalise('{ printf("a b") }'));
    expect(queryHash({ query: 'x', params: ['1'] })).not.toBe(queryHash({ query: 'x', params: ['2'] }));
  });
});

describe('steps of an answer', () => {
  it('are multiples of the engine step, aligned', () => {
    expect(answerStep(undefined, 1000)).toBe(1000);
    expect(answerStep(1500, 1000)).toBe(2000);
    expect(stepEnds(1500, 6000, 2000)).toEqual([2000, 4000, 6000]);
    expect(stepEnds(2000, 4000, 2000)).toEqual([4000]);
    expect([2000, 2001, 4000].map((time) => stepEnd(time, 2000))).toEqual([2000, 4000, 4000]);
  });
});

describe('history', () => {
  const step = (time: number, keys: number) => ({
    time,
    maps: [
      new Map(Array.from({ length: keys }, (_, id) => [id, { kind: 'number' as const, value: 1, signed: false }])),
    ],
    lost: NO_LOSS,
  });

  it('is bounded in time', () => {
    const history = new History(5000, Infinity);
    for (let time = 1000; time <= 300_000; time += 1000) history.push(step(time, 1));
    expect([...history.range(0, Infinity)].map(({ time }) => time)).toEqual(
      [295, 296, 297, 298, 299, 300].map((s) => s * 1000),
    );
  });

  it('is bounded in memory', () => {
    const history = new History(Infinity, 100_000);
    for (let time = 1; time <= 1000; time++) history.push(step(time, 100));
    expect(history.bytes).toBeLessThan(120_000);
    expect(history.latest?.time).toBe(1000);
  });
});
