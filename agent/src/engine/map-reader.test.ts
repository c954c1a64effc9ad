import { afterEach, expect, it, vi } from 'vitest';
import type { BpfMap } from '@bpfscope/native/map';
import type { UserMap } from '../compiler/program.ts';
import { mapReader } from './map-reader.ts';

afterEach(() => vi.restoreAllMocks());

/** One CPU's {value, mark} of `@ = max(...)`, and what the compiled program does to it in three steps that others see. */
function maximum() {
  const words = new BigUint64Array(2);
  const kernel = { memory: () => words.buffer } as unknown as BpfMap;
  const map = {
    name: '@',
    key: null,
    value: { kind: 'aggregate', of: { kind: 'max', signed: false } },
    storage: { kind: 'memory', map: 0, offset: 0, stride: 16, copies: 1, size: 16 },
  } as unknown as UserMap;
  const reader = mapReader(map, [kernel]);
  const steps = (value: bigint): (() => void)[] => {
    let takes = false;
    return [
      () => (takes = words[1] === 0n || value > words[0]!),
      () => takes && (words[0] = value),
      () => takes && (words[1] = 1n),
    ];
  };
  const add = (value: bigint): void => steps(value).forEach((step) => step());
  const take = (): number | null => {
    const cell = reader.clear(false)[0]?.cell;
    return cell?.kind === 'extreme' && cell.value !== null ? Number(cell.value) : null;
  };
  return { steps, add, take };
}

/** Runs `steps[n]` right before the reader's access number `at[n]`, or after the last. */
function interleave(steps: readonly (() => void)[], at: readonly number[], read: () => number | null): number | null {
  let access = 0;
  let next = 0;
  const before = (): void => {
    while (next < steps.length && at[next]! <= access) steps[next++]!();
    access++;
  };
  for (const name of ['load', 'store', 'exchange'] as const) {
    const original = Atomics[name] as (...words: unknown[]) => unknown;
    vi.spyOn(Atomics, name).mockImplementation(((...words: unknown[]) => {
      before();
      return original.apply(Atomics, words);
    }) as never);
  }
  const value = read();
  vi.restoreAllMocks();
  while (next < steps.length) steps[next++]!();
  return value;
}

const ACCESSES = [0, 1, 2, 3, 4, 5, 6];
const places = ACCESSES.flatMap((a) =>
  ACCESSES.filter((b) => b >= a).flatMap((b) => ACCESSES.filter((c) => c >= b).map((c) => [a, b, c])),
);

it.each([
  ['the first of all', () => {}, null],
  ['after a smaller one', ({ add }: ReturnType<typeof maximum>) => add(3n), 3],
  [
    'after a larger one of the last step',
    ({ add, take }: ReturnType<typeof maximum>) => {
      add(9n);
      take();
    },
    null,
  ],
  [
    'after a larger one of the last step and a smaller one of this',
    ({ add, take }: ReturnType<typeof maximum>) => {
      add(9n);
      take();
      add(3n);
    },
    3,
  ],
])('keeps an extreme that comes while it is read: %s', (_, prepare, earlier) => {
  for (const at of places) {
    const slot = maximum();
    prepare(slot);
    const first = interleave(slot.steps(7n), at, slot.take);
    const second = slot.take();
    const seen = [first, second];
    expect(seen, `at ${at.join()}`).toContain(7);
    expect([earlier, 7], `at ${at.join()}`).toContain(first);
    expect([null, 7], `at ${at.join()}`).toContain(second);
  }
});
