import { KernelSymbols } from '@bpfscope/native/kallsyms';
import { expect, it } from 'vitest';
import { compile } from '../compiler/index.ts';
import type { AttachSite } from '../language/attach.ts';
import type { Target } from '../language/target.ts';
import { testTarget } from '../language/testing/target.ts';
import { KernelPlaces } from './kernel-places.ts';

const SYMBOLS = `ffffffff81000000 T _stext
ffffffff81000100 t load
ffffffff81000200 t load
ffffffff81000300 T vfs_read
ffffffffc0000000 t load\t[dummy]
ffffffffc0000100 t vfs_read\t[dummy]
`;
const functions = ['load', 'load', 'vfs_read', 'dummy:load', 'dummy:vfs_read'];
const target: Target = {
  ...testTarget,
  kernelFunctions: () => functions,
  bpfFunctions: () =>
    [7, 9].map((id) => ({
      program: { id, name: 'filter' },
      prototype: { name: 'inner', btfId: 3, module: '', params: [], returns: { kind: 'int', size: 4, signed: true } },
    })),
};

const sitesOf = (query: string): readonly AttachSite[] => {
  const { query: compiled, diagnostics } = compile(query, target, { unsafe: true });
  if (compiled === null) throw new Error(JSON.stringify(diagnostics));
  return compiled.programs.flatMap(({ probes }) => probes.map(({ site }) => site));
};

const addresses = (query: string, symbols = SYMBOLS): string[][] => {
  let reads = 0;
  const places = new KernelPlaces(() => {
    reads++;
    return new KernelSymbols(Buffer.from(symbols));
  });
  const found = sitesOf(query).map((site) =>
    site.kind === 'kprobe' ? places.addresses(site).map((address) => address.toString(16)) : [],
  );
  expect(reads).toBeLessThanOrEqual(1);
  return found;
};

it('takes a name for a function that has it alone', () => {
  expect(addresses('kprobe:vfs_read {}')).toEqual([[]]);
});

it('finds every function of a name, once', () => {
  expect(addresses('kprobe:load {}')).toEqual([['ffffffff81000100', 'ffffffff81000200']]);
  expect(addresses('kprobe:loa* {}')).toEqual([['ffffffff81000100', 'ffffffff81000200'], ['ffffffffc0000000']]);
  expect(addresses('kprobe:load+4 {}')).toEqual([['ffffffff81000104', 'ffffffff81000204']]);
});

it('finds the function of the module that is named', () => {
  expect(addresses('kprobe:dummy:vfs_read, kretprobe:dummy:load {}')).toEqual([
    ['ffffffffc0000100'],
    ['ffffffffc0000000'],
  ]);
});

it('goes by name where addresses are hidden', () => {
  expect(addresses('kprobe:load {}', SYMBOLS.replaceAll(/^[0-9a-f]{16}/gm, '0'.repeat(16)))).toEqual([[]]);
});

it('takes functions of BPF programs, each program by itself', () => {
  const ids = (query: string): unknown[] =>
    sitesOf(query).map((site) => (site.kind === 'fentry' ? [site.bpfProgram?.id, site.symbol, site.return] : null));
  expect(ids('fentry:bpf:inner {}')).toEqual([
    [7, 'inner', false],
    [9, 'inner', false],
  ]);
  expect(ids('fexit:bpf:9:inn* { print(retval); }')).toEqual([[9, 'inner', true]]);
  const { query: programs } = compile('fentry:bpf:inner {}', target);
  expect(programs?.programs).toHaveLength(2);
  expect(compile('fentry:bpf:12:inner {}', target).diagnostics[0]?.message).toBe(
    "No BPF program has a function '12:inner'.",
  );
});
