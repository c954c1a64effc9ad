import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { KernelSymbols } from './symbols.ts';

const parse = (...lines: string[]): KernelSymbols =>
  new KernelSymbols(Buffer.from(lines.map((l) => `${l}\n`).join('')));

const SMALL = parse(
  '0000000000000000 A fixed_percpu_data',
  'ffffffff81000000 T _stext',
  'ffffffff81000000 t helper.cold',
  'ffffffff81000100 t static_fn',
  'ffffffff81000200 T vfs_read',
  'ffffffff81000300 t static_fn',
  'ffffffffc0000200 t ext_read\t[ext4]',
  'ffffffffc0000000 t static_fn\t[ext4]',
  'ffffffffc0100000 t bpf_prog_6deef7357e7b4530_count\t[bpf]',
);

describe('kernel symbols', () => {
  it.each([
    [0xffffffff81000000n, '_stext', '', 0],
    [0xffffffff810001ffn, 'static_fn', '', 0xff],
    [0xffffffff81000210n, 'vfs_read', '', 0x10],
    [0xffffffffc0000001n, 'static_fn', 'ext4', 1],
    [0xffffffffc0000300n, 'ext_read', 'ext4', 0x100],
    [0xffffffffc0100004n, 'bpf_prog_6deef7357e7b4530_count', 'bpf', 4],
  ])('finds %s in %s', (address, name, module, offset) => {
    expect(SMALL.lookup(address)).toMatchObject({ name, module, offset });
  });

  it.each([0n, 0x7fff_0000_0000n, 0xffffffff80ffffffn, 0xffffffffb0000000n])(
    'knows that %s is in no symbol',
    (address) => {
      expect(SMALL.lookup(address)).toBeNull();
    },
  );

  it('finds addresses by name, the kernel first', () => {
    expect(SMALL.address('static_fn')).toBe(0xffffffff81000100n);
    expect(SMALL.address('static_fn', 'ext4')).toBe(0xffffffffc0000000n);
    expect(SMALL.symbols('static_fn').map(({ address }) => address)).toEqual([
      0xffffffff81000100n,
      0xffffffff81000300n,
      0xffffffffc0000000n,
    ]);
    expect(SMALL.address('nope')).toBeNull();
    expect(SMALL.modules).toEqual(['ext4', 'bpf']);
  });

  it('keeps all bits of per-CPU offsets', () => {
    const symbols = new KernelSymbols(Buffer.from('0000000000034f01 A runqueues\nffffffff81000000 T _stext\n'));
    expect(symbols.address('runqueues')).toBe(0x34f01n);
  });

  it('says when addresses are hidden', () => {
    expect(parse('0000000000000000 T a', '0000000000000000 T b').restricted).toBe(true);
    expect(SMALL.restricted).toBe(false);
  });

  it('takes a line that ends in its tab', () => {
    const symbols = new KernelSymbols(Buffer.from('ffffffff81000000 T a\t'));
    expect(symbols.lookup(0xffffffff81000000n)).toMatchObject({ name: 'a', module: '' });
  });

  it('takes any bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
        (bytes, address) => {
          const symbols = new KernelSymbols(bytes);
          symbols.lookup(address);
          return symbols.count <= bytes.length;
        },
      ),
    );
  });

  it('agrees with a plain search on any set of symbols', () => {
    const line = fc.record({ address: fc.nat(5000), name: fc.stringMatching(/^[a-z_]{1,8}$/), global: fc.boolean() });
    const lines = fc.array(line, { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(lines, lines, fc.nat(6000), fc.boolean(), (core, modules, at, inModule) => {
        const [base, moduleBase] = [0xffffffff81000000n, 0xffffffffc0000000n];
        const sorted = [...core].sort((a, b) => a.address - b.address);
        const symbols = parse(
          ...sorted.map((r) => text(base, r)),
          ...modules.map((r, i) => `${text(moduleBase, r)}\t[${i % 3 === 0 ? 'ext4' : 'xfs'}]`),
        );
        const rows = inModule ? modules : sorted;
        const nearest = Math.max(...rows.filter((r) => r.address <= at).map((r) => r.address));
        const there = rows.filter((r) => r.address === nearest);
        const best = there.find((r) => r.global) ?? there[0];
        const found = symbols.lookup((inModule ? moduleBase : base) + BigInt(at));
        expect(found?.name ?? null).toBe(best?.name ?? null);
        expect(found?.offset ?? null).toBe(best === undefined ? null : at - best.address);
        // Twice: names are scanned for at first, then they have an index.
        for (const { name } of [...rows, ...rows, ...rows]) {
          const wanted = [
            ...sorted.filter((r) => r.name === name).map((r) => base + BigInt(r.address)),
            ...modules.filter((r) => r.name === name).map((r) => moduleBase + BigInt(r.address)),
          ];
          expect(symbols.symbols(name).map(({ address }) => address)).toEqual(wanted);
        }
      }),
    );
  });

  it('finds no name that is part of another, or of a module', () => {
    for (let i = 0; i < 10; i++) {
      expect([SMALL.address('vfs'), SMALL.address('read'), SMALL.address('ext4'), SMALL.address('t')]).toEqual(
        Array(4).fill(null),
      );
    }
  });
});

const text = (base: bigint, row: { address: number; name: string; global: boolean }): string =>
  `${(base + BigInt(row.address)).toString(16)} ${row.global ? 'T' : 't'} ${row.name}`;
