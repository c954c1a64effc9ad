import { describe, expect, it } from 'vitest';
import { parseUsdtArgument } from './usdt.ts';

const x64 = (text: string) => parseUsdtArgument('x64', text);
const arm64 = (text: string) => parseUsdtArgument('arm64', text);

describe('USDT argument specifications', () => {
  it('name a register at its width', () => {
    expect(x64('-4@%edi')).toEqual({ size: 4, signed: true, kind: 'register', register: 112, shift: 0 });
    expect(x64('8@%r12')).toMatchObject({ size: 8, signed: false, kind: 'register', register: 24 });
    expect(x64('1@%r9b')).toMatchObject({ size: 1, signed: false, kind: 'register', register: 64 });
    expect(x64('1@%bh')).toMatchObject({ size: 1, kind: 'register', register: 40, shift: 8 });
  });

  it('give constants as numbers of their size', () => {
    expect(x64('4@$-5')).toMatchObject({ kind: 'constant', value: 0xfffffffbn });
    expect(x64('-1@$200')).toMatchObject({ kind: 'constant', value: -56n });
    expect(x64('-4@$-5')).toEqual({ size: 4, signed: true, kind: 'constant', value: -5n });
    expect(x64('8@$0x10')).toMatchObject({ kind: 'constant', value: 16n });
  });

  it('point to memory, with and without an index', () => {
    expect(x64('8@-16(%rbp)')).toMatchObject({ kind: 'memory', register: 32, offset: -16, index: null });
    expect(x64('4@8(%rax,%rdx,4)')).toMatchObject({ kind: 'memory', register: 80, offset: 8, index: 96, scale: 4 });
    expect(x64('4@(,%rdx,4)')).toMatchObject({ kind: 'memory', register: null, offset: 0, index: 96, scale: 4 });
    expect(x64('4@-20(%rip)')).toMatchObject({ kind: 'memory', register: 128, offset: -20 });
    expect(x64('4@0x601040')).toMatchObject({ kind: 'memory', register: null, offset: 0x601040, index: null });
  });

  it('have arm64 forms', () => {
    expect(arm64('-4@w3')).toMatchObject({ kind: 'register', register: 24, signed: true });
    expect(arm64('8@[sp, 24]')).toMatchObject({ kind: 'memory', register: 248, offset: 24 });
    expect(arm64('8@[sp]')).toMatchObject({ kind: 'memory', register: 248, offset: 0 });
    expect(arm64('4@[x19, #-8]')).toMatchObject({ kind: 'memory', register: 152, offset: -8 });
    expect(arm64('4@7')).toMatchObject({ kind: 'constant', value: 7n });
    expect(arm64('4@wzr')).toMatchObject({ kind: 'constant', value: 0n });
  });

  it.each([
    ['x64', '', 'has an unknown form'],
    ['x64', '3@%eax', 'has an unknown form'],
    ['x64', '8@%nothing', 'has an unknown form'],
    ['x64', '8@()', 'has an unknown form'],
    ['x64', '8@foo(%rip', 'is at foo, of which the symbols of the binary do not say where it is'],
    ['x64', '8@foo+8(%rip)', 'is at foo, of which the symbols of the binary do not say where it is'],
    ['x64', '8@%fs:foo@tpoff', 'has an unknown form'],
    ['x64', '8f@%xmm0', 'is a floating-point number'],
    ['x64', '4f@-8(%rbp)', 'is a floating-point number'],
    ['arm64', '8@d0', 'is a floating-point number'],
    ['arm64', '8@[x0, x1]', 'has an unknown form'],
    ['arm64', '4@[x6, #:lo12:.LANCHOR0]', 'is at .LANCHOR0, of which the symbols of the binary do not say where it is'],
  ] as const)('are refused in words: %s %s', (arch, text, reason) => {
    expect(parseUsdtArgument(arch, text)).toEqual({ kind: 'unread', reason });
  });
});
