import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ElfError, ElfFile } from './file.ts';
import { componentMatcher, globSync, TooManyFiles } from './glob.ts';
import { parseLibraryCache } from './library-cache.ts';
import { sortByKey } from './radix.ts';
import { resolveBinaries } from './resolve.ts';
import { ElfSymbols } from './symbols.ts';
import { buildElf, note } from './testing.ts';
import { readUsdt, splitArguments } from './usdt.ts';

describe('a made ELF file', () => {
  const elf = buildElf({
    segments: [
      { offset: 0, address: 0x400000, size: 0x2000, executable: true },
      { offset: 0x2000, address: 0x603000, size: 0x1000, executable: false },
    ],
    symbols: [
      { name: '__libc_main', address: 0x401000, size: 0x100 },
      { name: 'main', address: 0x401000, size: 0x100 },
      { name: 'alias', address: 0x401000, size: 0x100 },
      { name: 'tail', address: 0x401100, size: 0 },
      { name: 'outer', address: 0x401200, size: 0x100 },
      { name: 'inner', address: 0x401210, size: 0x10 },
    ],
    sections: {
      '.note.gnu.build-id': { type: 7, bytes: note('GNU', 3, Buffer.from('c0ffee00', 'hex')) },
      '.gnu_debuglink': { type: 1, bytes: Buffer.from('x.debug\0\0\0\0\0') },
      '.stapsdt.base': { type: 1, bytes: new Uint8Array(1), address: 0x401800 },
      '.note.stapsdt': {
        type: 7,
        bytes: Buffer.concat([
          note('stapsdt', 3, usdtNote(0x401050, 0x401800, 0x603010, 'app', 'start', '-4@%edi 8@-16(%rbp)')),
          note('stapsdt', 3, usdtNote(0x401040, 0x4017f0, 0, 'app', 'moved', '')),
        ]),
      },
    },
  });

  it('has its build id, debug link and symbols', () => {
    const file = ElfFile.parse(elf);
    expect(file.buildId).toBe('c0ffee00');
    expect(file.debugLink).toBe('x.debug');
    const symbols = new ElfSymbols(file);
    expect(symbols.lookup(0x4010ff)?.name).toBe('main');
    expect(symbols.lookup(0x401150)?.name).toBe('tail');
    expect(symbols.lookup(0x401218)?.name).toBe('inner');
    expect(symbols.lookup(0x401280)?.name).toBe('outer');
    expect(symbols.lookup(0x401300)).toBeNull();
    expect(symbols.lookup(0x400fff)).toBeNull();
    expect(symbols.find('alias')).toEqual([{ name: 'alias', address: 0x401000, size: 0x100 }]);
    expect([...symbols.all()].map(({ name }) => name)).toEqual([
      '__libc_main',
      'main',
      'alias',
      'tail',
      'outer',
      'inner',
    ]);
  });

  it('translates addresses and offsets', () => {
    const file = ElfFile.parse(elf);
    expect(file.offsetOf(0x401000)).toBe(0x1000);
    expect(file.offsetOf(0x603010)).toBe(0x2010);
    expect(file.offsetOf(0x700000)).toBeNull();
    expect(file.addressOf(0x2010)).toBe(0x603010);
  });

  it('has USDT probes, moved with their base', () => {
    expect(readUsdt(ElfFile.parse(elf))).toEqual([
      {
        provider: 'app',
        name: 'start',
        offset: 0x1050,
        address: 0x401050,
        semaphoreOffset: 0x2010,
        args: ['-4@%edi', '8@-16(%rbp)'],
      },
      { provider: 'app', name: 'moved', offset: 0x1050, address: 0x401050, semaphoreOffset: 0, args: [] },
    ]);
  });

  it('survives any damage', () => {
    const damage = fc.array(fc.tuple(fc.nat(elf.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(damage, fc.nat(elf.length), (changes, cut) => {
        const bytes = Uint8Array.from(elf);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          const file = ElfFile.parse(bytes.subarray(0, cut));
          new ElfSymbols(file).lookup(0x401000);
          readUsdt(file);
          expect(file.buildId === null || typeof file.buildId === 'string').toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(ElfError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

function usdtNote(pc: number, base: number, semaphore: number, ...texts: string[]): Buffer {
  const words = Buffer.from(BigUint64Array.of(BigInt(pc), BigInt(base), BigInt(semaphore)).buffer);
  return Buffer.concat([words, Buffer.from(texts.map((text) => `${text}\0`).join(''))]);
}

it('reads this process’s own binary', () => {
  const file = ElfFile.open(process.execPath);
  try {
    const symbols = new ElfSymbols(file);
    const run = symbols.find('uv_run')[0];
    expect(run).toBeDefined();
    const address = run?.address ?? 0;
    expect(symbols.lookup(address + 1)?.name).toBe('uv_run');
    expect(file.addressOf(file.offsetOf(address) ?? -1)).toBe(address);
  } finally {
    file.close();
  }
});

it.each([
  ['-4@%edi -8@%rsi', ['-4@%edi', '-8@%rsi']],
  ['4@[sp, 12] 8@x0', ['4@[sp, 12]', '8@x0']],
  [
    '8@-24(%rbp) 4@$5 1@8(%rax,%rdx,4) -2@global+4(%rip)',
    ['8@-24(%rbp)', '4@$5', '1@8(%rax,%rdx,4)', '-2@global+4(%rip)'],
  ],
  ['', []],
])('splits USDT arguments %j', (text, args) => expect(splitArguments(text)).toEqual(args));

it('sorts by radix as by comparison', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 2 ** 45 }), { maxLength: 50 }),
      fc.integer({ min: 1, max: 60 }),
      (some, repeat) => {
        const keys = Float64Array.from(Array.from({ length: repeat }, () => some).flat());
        const expected = Array.from(keys.keys()).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
        expect([...sortByKey(keys, keys.length)]).toEqual(expected);
      },
    ),
    { numRuns: 50 },
  );
});

it('finds binaries by name, path and pattern', () => {
  expect(resolveBinaries('/bin/ls')).toEqual(['/bin/ls']);
  expect(resolveBinaries('/bin/l?')).toContain('/bin/ls');
  expect(resolveBinaries('ls', { path: ['/nowhere', '/bin'] })).toEqual(['/bin/ls']);
  expect(resolveBinaries('no-such-binary')).toEqual([]);
  if (readdirSync('/etc').includes('ld.so.cache')) expect(resolveBinaries('libc')[0]).toMatch(/libc\.so/);
});

it('reads no library out of nonsense', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => parseLibraryCache(bytes).length === 0));
});

it.each([
  ['lib*.so', 'libc.so', true],
  ['lib[a-c].so', 'libc.so', true],
  ['lib[!c].so', 'libc.so', false],
  ['a.b', 'axb', false],
  ['a?c', 'abc', true],
  ['[a-c]x[]', 'bx[]', true],
  ['a*b*', 'a', false],
  ['**', '', true],
])('matches %s with %s: %s', (glob, name, matches) => expect(componentMatcher(glob)(name)).toBe(matches));

it('does not look for ever for names', () => {
  expect(componentMatcher(`${'*a'.repeat(50)}b`)('a'.repeat(255))).toBe(false);
  expect(() => globSync('/*'.repeat(40))).toThrow(TooManyFiles);
});
