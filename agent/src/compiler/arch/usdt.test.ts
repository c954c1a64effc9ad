import { describe, expect, it } from 'vitest';
import { parseUsdtArgument } from './usdt.ts';

const x64 = (text: string) => parseUsdtArgument('x64', text);
const arm64 = (text: string) => parseUsdtArgument('arm64', text);

describe('USDT argument specifications', () => {
  it('name a register at its width', () => {
    expect(x64('-4@%edi')).toEqual({ size: 4, signed: true, kind: 'register', register: 112 });
    expect(x64('8@%r12')).toEqual({ size: 8, signed: false, kind: 'register', register: 24 });
    expect(x64('1@%r9b')).toEqual({ size: 1, signed: false, kind: 'register', register: 64 });
  });

  it('give constants', () => {
    expect(x64('-4@$-5')).toEqual({ size: 4, signed: true, kind: 'constant', value: -5n });
    expect(x64('8@$0x10')).toMatchObject({ kind: 'constant', value: 16n });
  });

  it('point to memory, with and without an index', () => {
    expect(x64('8@-16(%rbp)')).toMatchObject({ kind: 'memory', register: 32, offset: -16, index: null });
    expect(x64('4@8(%rax,%rdx,4)')).toMatchObject({ kind: 'memory', register: 80, offset: 8, index: 96, scale: 4 });
  });

  it('have arm64 forms', () => {
    expect(arm64('-4@w3')).toMatchObject({ kind: 'register', register: 24, signed: true });
    expect(arm64('8@[sp, 24]')).toMatchObject({ kind: 'memory', register: 248, offset: 24 });
    expect(arm64('4@7')).toMatchObject({ kind: 'constant', value: 7n });
  });

  it.each(['', '3@%eax', '8@foo(%rip', '8@%nothing'])('is refused: %s', (text) => {
    expect(x64(text)).toBeNull();
  });
});
