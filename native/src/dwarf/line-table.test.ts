import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ElfFile } from '../elf/file.ts';
import { lineAddresses, lineOffsets } from './line-table.ts';
import { buildElf } from '../elf/testing.ts';

/**
 * What gcc 12 made at -O0 of a file lt.c whose line 3 is the first of a function, 8 the head of a for loop, 9 its body:
 * .debug_line, and .debug_line_str for DWARF 5.
 */
const TABLES = {
  4: [
    'jAAAAAQANAAAAAEBAfsODQABAQEBAAAAAQAAAS91c3IvaW5jbHVkZQAAbHQuYwAAAABzdGRpby5oAAEAAAAFGQAJAjkRAAAAAAAAEwUHdQUKgwUBPQUhLwUH5QUMdQUDdAUMAAIEAy8FCQACBAOeBQUAAgQDPQUeAAIEAwiABRUAAgQBSgUKhgUBPQICAAEB',
    '',
  ],
  5: [
    'jQAAAAUACAAzAAAAAQEB+w4NAAEBAQEAAAABAAABAQEfAgUAAAAKAAAAAgEfAg8DAAAAAAAAAAAAABcAAAABBRkACQI5EQAAAAAAABMFB3UFCoMFAT0FIS8FB+UFDHUFA3QFDAACBAMvBQkAAgQDngUFAAIEAz0FHgACBAMIgAUVAAIEAUoFCoYFAT0CAgABAQ==',
    'bHQuYwAvdG1wAC91c3IvaW5jbHVkZQBzdGRpby5oAA==',
  ],
} as const;

const elf = (lines: Uint8Array, strings: Uint8Array): ElfFile =>
  ElfFile.parse(
    buildElf({
      segments: [],
      symbols: [],
      sections: { '.debug_line': { type: 1, bytes: lines }, '.debug_line_str': { type: 1, bytes: strings } },
    }),
  );
it('gives one offset for each function', () => {
  const [lines, strings] = TABLES[5];
  const file = ElfFile.parse(
    buildElf({
      segments: [{ offset: 0x100, address: 0x1000, size: 0x1000, executable: true }],
      symbols: [
        { name: 'twice', address: 0x1139, size: 0x14 },
        { name: 'main', address: 0x114d, size: 0x56 },
      ],
      sections: {
        '.debug_line': { type: 1, bytes: Buffer.from(lines, 'base64') },
        '.debug_line_str': { type: 1, bytes: Buffer.from(strings, 'base64') },
      },
    }),
  );
  const at = (line: number): number[] => lineOffsets(file, { source: 'lt.c', line, path: '/x' });
  expect([at(3), at(8), at(99)]).toEqual([[0x240], [0x263], []]);
});

const table = (version: 4 | 5, repeat = 1): ElfFile => {
  const [lines, strings] = TABLES[version];
  const unit = Buffer.from(lines, 'base64');
  return elf(Buffer.concat(Array.from({ length: repeat }, () => unit)), Buffer.from(strings, 'base64'));
};

describe.each([4, 5] as const)('line tables of DWARF %i', (version) => {
  it.each([
    [3, [0x1140]],
    [8, [0x1163, 0x1192]],
    [9, [0x116c]],
    [12, [0x119e]],
    [1, []],
    [99, []],
  ])('knows where line %i begins', (line, addresses) => {
    expect(lineAddresses(table(version), 'lt.c', line)).toEqual(addresses);
  });

  it('reads every unit', () => expect(lineAddresses(table(version, 3), 'lt.c', 3)).toEqual([0x1140]));
  it('knows no other file', () => expect(lineAddresses(table(version), 't.c', 3)).toEqual([]));

  it('survives any damage', () => {
    const [lines, strings] = TABLES[version];
    const bytes = Buffer.from(lines, 'base64');
    const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(damage, fc.nat(bytes.length), (changes, cut) => {
        const damaged = Buffer.from(bytes);
        for (const [at, value] of changes) damaged[at] = value;
        return Array.isArray(lineAddresses(elf(damaged.subarray(0, cut), Buffer.from(strings, 'base64')), 'lt.c', 3));
      }),
      { numRuns: 1000 },
    );
  });
});

it('matches the end of a path', () => {
  expect(lineAddresses(table(5), '/tmp/lt.c', 3)).toEqual([0x1140]);
  expect(lineAddresses(table(5), 'tmp/lt.c', 3)).toEqual([0x1140]);
  expect(lineAddresses(table(5), 'x/lt.c', 3)).toEqual([]);
});
