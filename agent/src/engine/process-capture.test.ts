import { expect, it } from 'vitest';
import type { Type } from '../language/types.ts';
import { pidOffsets } from './process-capture.ts';

it('finds process ids wherever they lie in a key', () => {
  const stack: Type = { kind: 'ustack', mode: 'bpftrace', depth: 3 };
  const int: Type = { kind: 'int', size: 4, signed: true };
  expect(pidOffsets(null)).toEqual([]);
  expect(pidOffsets(int)).toEqual([]);
  expect(pidOffsets(stack)).toEqual([8]);
  expect(
    pidOffsets({ kind: 'tuple', elements: [int, stack, { kind: 'tuple', elements: [int, { kind: 'usym' }] }] }),
  ).toEqual([16, 40]);
});
