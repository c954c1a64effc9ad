import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ElfFile } from '../elf/file.ts';
import { Cfa, Saved, UnwindTable } from './index.ts';
import type { UnwindRule } from './index.ts';

const X64 = { sp: 7, fp: 6 };
/** This process's C library: the largest hand-written and compiled mix there is on every host. */
const LIBC = process.report.getReport() as unknown as { readonly sharedObjects: readonly string[] };
const libc = LIBC.sharedObjects.find((path) => /\/libc\.so\.6$/.test(path));

const u32 = (value: number): number[] => [...new Uint8Array(Uint32Array.of(value).buffer)];
const entry = (...body: number[]): number[] => {
  while (body.length % 4 !== 0) body.push(0);
  return [...u32(body.length), ...body];
};
/** Version 1, "zR", code 1, data -8, return address 16, absolute 4-byte addresses; CFA rsp+8, return address at CFA-8. */
const COMMON = entry(...u32(0), 1, 0x7a, 0x52, 0, 1, 0x78, 16, 1, 0x03, 0x0c, 7, 8, 0x90, 1);
const CFA_8 = { cfa: Cfa.SP, offset: 8, fp: Saved.SAME, ra: -8 };

/** One function at 0x1000 with this program. */
const made = (size: number, ...program: number[]): UnwindTable => {
  const body = entry(...u32(COMMON.length + 4), ...u32(0x1000), ...u32(size), 0, ...program);
  return UnwindTable.parse(Uint8Array.from([...COMMON, ...body, ...u32(0)]), 0, X64);
};

describe('unwind tables', () => {
  it('follow a prologue with a frame pointer and its end', () => {
    // push rbp (1 byte), mov rbp, rsp (3), ..., leave and ret at 0x20.
    const table = made(0x40, 0x41, 0x0e, 16, 0x86, 2, 0x43, 0x0d, 6, 0x5c, 0x0a, 0x0c, 7, 8, 0xc6, 0x41, 0x0b);
    expect(table.lookup(0xfff).cfa).toBe(Cfa.NONE);
    expect(table.lookup(0x1000)).toEqual(CFA_8);
    expect(table.lookup(0x1003)).toEqual({ cfa: Cfa.SP, offset: 16, fp: -16, ra: -8 });
    expect(table.lookup(0x1004)).toEqual({ cfa: Cfa.FP, offset: 16, fp: -16, ra: -8 });
    expect(table.lookup(0x1020)).toEqual(CFA_8);
    expect(table.lookup(0x103f)).toEqual({ cfa: Cfa.FP, offset: 16, fp: -16, ra: -8 });
    expect(table.lookup(0x1040).cfa).toBe(Cfa.NONE);
  });

  it.each<[string, number[], Partial<UnwindRule>]>([
    ['the outermost frame', [0x07, 16], { ra: Saved.END }],
    ['a frame pointer in another register', [0x09, 6, 3], { fp: Saved.UNKNOWN }],
    ['a CFA from another register', [0x0c, 10, 0], { cfa: Cfa.UNKNOWN }],
    [
      'a stub of .plt',
      [0x0f, 11, 0x77, 8, 0x80, 0, 0x3f, 0x1a, 0x3a, 0x2a, 0x33, 0x24, 0x22],
      { cfa: Cfa.PLT, offset: 10 },
    ],
    ['another expression', [0x0f, 2, 0x77, 8], { cfa: Cfa.UNKNOWN }],
    ['an instruction that we do not know', [0x3f], { cfa: Cfa.UNKNOWN }],
    ['a frame of gigabytes', [0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f], { cfa: Cfa.UNKNOWN }],
    ['a restore without a remember', [0x0e, 16, 0x0b], CFA_8],
  ])('know %s', (_what, program, expected) => {
    expect(made(0x10, ...program).lookup(0x1000)).toMatchObject(expected);
  });

  it('end at a function that is overlapped, and keep what is behind it', () => {
    const one = (address: number, size: number, at: number): number[] =>
      entry(...u32(at + 4), ...u32(address), ...u32(size), 0, 0x0e, size & 0x7f);
    const first = one(0x1000, 0x60, COMMON.length);
    const second = one(0x1020, 0x18, COMMON.length + first.length);
    const table = UnwindTable.parse(Uint8Array.from([...COMMON, ...first, ...second]), 0, X64);
    expect([0x1000, 0x101f, 0x1020, 0x1037].map((at) => table.lookup(at).offset)).toEqual([0x60, 0x60, 0x18, 0x18]);
    expect(table.lookup(0x1038).cfa).toBe(Cfa.NONE);
  });

  it.skipIf(libc === undefined)('take any damage', () => {
    const file = ElfFile.open(libc ?? '');
    const section = file.section('.eh_frame');
    const bytes = section === null ? new Uint8Array(0) : file.bytes(section).slice(0, 8000);
    file.close();
    const change = fc.record({ at: fc.nat(bytes.length - 1), value: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 50 }), fc.nat(bytes.length), (changes, length) => {
        const damaged = bytes.slice(0, length);
        for (const { at, value } of changes) if (at < length) damaged[at] = value;
        const table = UnwindTable.parse(damaged, section?.address ?? 0, X64);
        expect(table.count).toBeLessThanOrEqual(length);
        expect(table.places.every((place, row) => row === 0 || place >= table.places[row - 1]!)).toBe(true);
      }),
    );
  });

  it('take any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(0x2000), (bytes, address) => {
        const table = UnwindTable.parse(Uint8Array.from([...COMMON, ...bytes]), 0, X64);
        return table.lookup(address).offset < 2 ** 23;
      }),
    );
  });
});

const readelf =
  libc === undefined
    ? null
    : spawnSync('readelf', ['--debug-dump=frames-interp', libc], {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      });
const absent =
  readelf === null ? 'no libc.so.6 here' : readelf.error === undefined ? null : 'readelf (binutils) is not installed';

describe('unwind tables beside readelf', () => {
  it.skipIf(absent !== null)(
    `say the same of every row of the C library${absent === null ? '' : ` (${absent})`}`,
    () => {
      const file = ElfFile.open(libc ?? '');
      const table = UnwindTable.read(file);
      file.close();
      const wrong: string[] = [];
      let rows = 0;
      for (const row of interpreted(readelf?.stdout ?? '')) {
        rows++;
        const rule = table?.lookup(row.address);
        if (rule === undefined || !agrees(rule, row)) wrong.push(`${JSON.stringify(row)} ${JSON.stringify(rule)}`);
      }
      expect(wrong.slice(0, 10)).toEqual([]);
      expect(rows).toBeGreaterThan(10_000);
    },
  );
});

interface Row {
  readonly address: number;
  readonly cfa: string;
  readonly rbp: string;
  readonly ra: string;
}

/** Rows of functions in readelf's words; of those whose program says nothing, its common entry's row at their start. */
function* interpreted(text: string): Generator<Row> {
  const commons = new Map<string, Row>();
  for (const block of text.split('\n\n')) {
    const [head = '', names = '', ...lines] = block.trim().split('\n');
    const words = head.split(/\s+/);
    const columns = names.trim().split(/\s+/);
    const rows = lines.map((line): Row => {
      // `r10 (r10)` is one cell: the register that holds the value, and its name.
      const cells = line
        .replaceAll(/ \(\w+\)/g, '')
        .trim()
        .split(/\s+/);
      const cell = (name: string): string => cells[columns.indexOf(name)] ?? 'u';
      return { address: parseInt(cells[0] ?? '', 16), cfa: cells[1] ?? '', rbp: cell('rbp'), ra: cell('ra') };
    });
    if (words[3] === 'CIE' && rows[0] !== undefined) commons.set(words[0] ?? '', rows[0]);
    if (words[3] !== 'FDE') continue;
    yield* rows;
    const common = commons.get((words[4] ?? '').replace('cie=', ''));
    const start = /pc=([0-9a-f]+)/.exec(head)?.[1];
    if (rows.length === 0 && common !== undefined) yield { ...common, address: parseInt(start ?? '', 16) };
  }
}

const agrees = (rule: UnwindRule, { cfa, rbp, ra }: Row): boolean => {
  const [, register, offset] = /^(\w+)([+-]\d+)$/.exec(cfa) ?? [];
  const kind = register === 'rsp' ? Cfa.SP : register === 'rbp' ? Cfa.FP : null;
  const sameCfa =
    kind === null
      ? rule.cfa === Cfa.UNKNOWN || (cfa === 'exp' && (rule.cfa === Cfa.PLT || rule.cfa === Cfa.SIGNAL))
      : rule.cfa === kind && rule.offset === Number(offset);
  return sameCfa && sameSaved(rule, rule.fp, rbp, Saved.SAME) && sameSaved(rule, rule.ra, ra, Saved.END);
};

/** `undefined`: what a register that is not mentioned, or undefined, means. */
const sameSaved = (rule: UnwindRule, ours: number, theirs: string, unmentioned: number): boolean => {
  if (theirs === 'u') return ours === unmentioned;
  if (theirs.startsWith('c')) return ours === Number(theirs.slice(1));
  if (theirs === 's') return ours === Saved.SAME;
  return ours === (rule.cfa === Cfa.SIGNAL ? Saved.SAME : Saved.UNKNOWN);
};
