import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ElfFile } from '../elf/file.ts';
import { ElfSymbols } from '../elf/symbols.ts';
import { readMemoryMap } from '../procfs/memory-map.ts';
import { AnswerRoom } from './answers.ts';
import { demangle } from './demangle.ts';
import { LruCache } from './lru.ts';
import { PerfMap, PerfMapFile } from './perf-map.ts';
import { UserSymbols } from './user-symbols.ts';

/** Where `name` of this process's own binary is in memory. */
const addressOf = (name: string, ranges = readMemoryMap(process.pid) ?? []): number => {
  const file = ElfFile.open(process.execPath);
  try {
    const symbol = new ElfSymbols(file).find(name)[0];
    const offset = file.offsetOf(symbol?.address ?? 0) ?? 0;
    const range = ranges.find(
      (each) =>
        each.path === process.execPath &&
        each.executable &&
        offset >= each.offset &&
        offset < each.offset + each.end - each.start,
    );
    return (range?.start ?? 0) + offset - (range?.offset ?? 0);
  } finally {
    file.close();
  }
};

describe('user symbols', () => {
  const symbols = new UserSymbols();

  it('names functions of a running process', () => {
    const address = addressOf('uv_run');
    expect(symbols.lookup(process.pid, BigInt(address) + 3n)).toMatchObject({
      name: 'uv_run',
      offset: 3,
      module: process.execPath,
      reason: null,
    });
  });

  it('names the vDSO', () => {
    const range = readMemoryMap(process.pid)?.find(({ path }) => path === '[vdso]');
    const names = new Set<string | null>();
    for (let at = range?.start ?? 0; at < (range?.end ?? 0); at += 16) names.add(symbols.lookup(process.pid, at).name);
    expect([...names].some((name) => name?.includes('clock_gettime'))).toBe(true);
  });

  it('says why an address has no name', () => {
    const heap = readMemoryMap(process.pid)?.find(({ path }) => path === '[heap]');
    expect(symbols.lookup(process.pid, heap?.start ?? 0)).toMatchObject({ name: null, reason: 'jit' });
    expect(symbols.lookup(process.pid, 16)).toMatchObject({ name: null, reason: 'unmapped' });
    expect(symbols.lookup(2 ** 22 + 5, 0x400000)).toMatchObject({ name: null, reason: 'exited' });
  });

  it('still names a process that ended', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume(); console.log("up")'], { stdio: 'pipe' });
    await once(child.stdout, 'data');
    const pid = child.pid ?? 0;
    expect(symbols.capture(pid)).toBe(true);
    const address = addressOf('uv_run', readMemoryMap(pid) ?? []);
    child.kill();
    await once(child, 'exit');
    expect(symbols.lookup(pid, address)).toMatchObject({ name: 'uv_run', offset: 0 });
  });

  it('forgets nothing that it needs and holds no more than it may', () => {
    const small = new UserSymbols({ cacheBytes: 1 });
    const address = addressOf('uv_run');
    expect(small.lookup(process.pid, address).name).toBe('uv_run');
    expect(
      small.lookup(process.pid, readMemoryMap(process.pid)?.find(({ path }) => path.includes('libc.so'))?.start ?? 0),
    );
    expect(small.lookup(process.pid, address).name).toBe('uv_run');
  });
});

describe('perf maps', () => {
  it('gives the latest entry of an address', () => {
    const entry = fc.record({ start: fc.nat(100), size: fc.integer({ min: 1, max: 30 }) });
    fc.assert(
      fc.property(fc.array(entry), fc.nat(130), fc.nat(50), (entries, address, settleAt) => {
        const map = new PerfMap();
        entries.forEach(({ start, size }, index) => {
          if (index === settleAt) map.lookup(0);
          map.append(`${start.toString(16)} ${size.toString(16)} f${index}\n`);
        });
        const index = entries.findLastIndex(({ start, size }) => address >= start && address < start + size);
        const expected = index < 0 ? null : { name: `f${index}`, offset: address - (entries[index]?.start ?? 0) };
        expect(map.lookup(address)).toEqual(expected);
      }),
    );
  });

  it('goes on where it stopped, in the middle of a line too', () => {
    const folder = mkdtempSync(join(tmpdir(), 'perf-map-'));
    try {
      const path = join(folder, 'perf-1.map');
      const file = new PerfMapFile();
      expect(file.read(path)).toBe(false);
      writeFileSync(path, '10 10 a\n20 1');
      expect(file.read(path)).toBe(true);
      expect(file.map.lookup(0x20)).toBeNull();
      writeFileSync(path, '10 10 a\n20 10 LazyCompile:~b /x.js:1\n');
      file.read(path);
      expect(file.map.lookup(0x25)).toEqual({ name: 'LazyCompile:~b /x.js:1', offset: 5 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const map = new PerfMap();
        map.append(text);
        map.lookup(0);
        return map.count <= text.length;
      }),
    );
  });
});

it('keeps no more answers than there is room for, whoever asked', () => {
  const room = new AnswerRoom(100);
  const binaries = Array.from({ length: 50 }, () => new Map<number, number>());
  for (let i = 0; i < 5000; i++) {
    const one = binaries[i % 50] ?? new Map<number, number>();
    room.keep(one, i, i);
    expect(one.get(i)).toBe(i);
    expect(binaries.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(100);
  }
});

it('drops what was not used for longest', () => {
  const cache = new LruCache<string, number>(10, (weight) => weight);
  cache.set('a', 4);
  cache.set('b', 4);
  cache.get('a');
  cache.set('c', 4);
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([4, undefined, 4]);
  cache.set('big', 50);
  expect([cache.size, cache.weight]).toEqual([1, 50]);
});

it.each([
  ['_ZN3foo3barEi', 'foo::bar(int)'],
  ['_ZNKSt6vectorIiSaIiEE4sizeEv', 'std::vector<int, std::allocator<int> >::size() const'],
  ['_RNvCs1234_7mycrate3foo', 'mycrate::foo'],
  ['_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE', 'core::fmt::Write::write_fmt'],
  ['main', 'main'],
  ['_Z', '_Z'],
])('demangles %s', (mangled, readable) => expect(demangle(mangled)).toBe(readable));

it('demangles any text', () => {
  fc.assert(fc.property(fc.string(), (text) => demangle(`_Z${text}`) !== ''));
});
