import { describe, expect, it } from 'vitest';
import type { UserSymbol } from '@bpfscope/native/symbols';
import { brokenStack } from './broken-stack.ts';

const symbol = (name: string | null, module: string | null, reason: UserSymbol['reason']): UserSymbol => ({
  name,
  module,
  reason,
  offset: 0,
  address: 0,
});

const PLACES: Readonly<Record<string, UserSymbol>> = {
  1: symbol('work', '/bin/x', null),
  2: symbol(null, '/bin/y', 'stripped'),
  3: symbol(null, '[jit]', 'jit'),
  4: symbol('_start', '/bin/x', null),
  5: symbol(null, null, 'unmapped'),
  6: symbol(null, null, 'exited'),
  7: symbol('main', '/bin/x', null),
};

describe('broken stacks', () => {
  it.each([
    [[1], 127, { cause: 'no-frame-pointers', module: '/bin/x' }],
    [[2], 127, { cause: 'stripped', module: '/bin/y' }],
    [[3], 127, { cause: 'jit', module: null }],
    // What was in the register is no place in the program.
    [[1, 5], 127, { cause: 'no-frame-pointers', module: '/bin/x' }],
    [[1, 7], 127, null],
    [[1, 7, 4], 127, null],
    [[4], 127, null],
    [[6], 127, null],
    [[], 127, null],
    // One frame was asked for.
    [[1], 1, null],
  ])('%j of %i', (addresses, depth, expected) => {
    const lookup = (address: bigint): UserSymbol => PLACES[String(address)] ?? symbol(null, null, 'unmapped');
    expect(brokenStack(addresses.map(BigInt), depth, lookup)).toEqual(expected);
  });
});
