/**
 * Damaged files against their readers: ELF with line tables and notes, BTF, kallsyms, perf maps, the linker's cache,
 * memory maps. A reader may refuse with its own error; it may not crash, hang or take the memory of the host.
 */
import { readFileSync } from 'node:fs';
import { Btf, BtfFormatError } from '@bpfscope/native/btf';
import { lineAddresses } from '@bpfscope/native/dwarf';
import { ElfError, ElfFile, ElfSymbols, parseLibraryCache, readUsdt } from '@bpfscope/native/elf';
import { KernelSymbols } from '@bpfscope/native/kallsyms';
import { parseMemoryMap } from '@bpfscope/native/procfs';
import { PerfMap } from '@bpfscope/native/symbols';
import { Random } from './random.ts';

interface Reader {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  readonly read: (bytes: Uint8Array, random: Random) => void;
  /** Errors that are answers. */
  readonly refusals: readonly (new (...args: never[]) => Error)[];
}

const text = (lines: readonly string[]): Uint8Array => Buffer.from(`${lines.join('\n')}\n`);

const existing = (...paths: readonly string[]): Uint8Array[] =>
  paths.flatMap((path) => {
    try {
      return [new Uint8Array(readFileSync(path))];
    } catch {
      return [];
    }
  });

/** A BTF of a few types: int, pointer, struct, enum, function. */
const smallBtf = (): Uint8Array => {
  const strings = Buffer.from('\0int\0point\0x\0y\0fn\0kind\0A\0');
  const at = (name: string): number => strings.indexOf(`\0${name}\0`) + 1;
  const types = Uint32Array.of(
    ...[at('int'), 1 << 24, 4, (1 << 24) | 32],
    ...[0, 2 << 24, 1],
    ...[at('point'), (4 << 24) | 2, 8, at('x'), 1, 0, at('y'), 1, 32],
    ...[0, (13 << 24) | 1, 1, at('x'), 2],
    ...[at('fn'), 12 << 24, 4],
    ...[at('kind'), (6 << 24) | 1, 4, at('A'), 7],
  );
  const header = Buffer.alloc(24);
  header.writeUInt16LE(0xeb9f, 0);
  header.writeUInt8(1, 2);
  [24, 0, types.byteLength, types.byteLength, strings.length].forEach((value, i) =>
    header.writeUInt32LE(value, 4 + i * 4),
  );
  return new Uint8Array(Buffer.concat([header, Buffer.from(types.buffer), strings]));
};

const READERS: readonly Reader[] = [
  {
    name: 'ELF',
    seeds: existing('/bin/true', '/lib64/ld-linux-x86-64.so.2', '/proc/self/exe').filter((b) => b.length < 2 << 20),
    refusals: [ElfError],
    read: (bytes, random) => {
      const file = ElfFile.parse(bytes);
      const symbols = new ElfSymbols(file);
      symbols.lookup(random.below(1 << 30));
      symbols.find('main');
      readUsdt(file);
      lineAddresses(file, 'a.c', 5);
      void file.buildId;
      void file.debugLink;
      file.addressOf(file.offsetOf(0x1000) ?? 0);
    },
  },
  {
    name: 'BTF',
    seeds: [smallBtf()],
    refusals: [BtfFormatError],
    read: (bytes) => {
      void new Btf(bytes);
    },
  },
  {
    name: 'kallsyms',
    seeds: [
      text(['ffffffff81000000 T _stext', 'ffffffff81000010 t a.cold', 'ffffffffc0000000 t b\t[mod]', '0 A percpu']),
    ],
    refusals: [],
    read: (bytes, random) => {
      const symbols = new KernelSymbols(bytes);
      symbols.lookup(0xffffffff81000000n + BigInt(random.below(1 << 20)));
      symbols.address('_stext');
      void [symbols.count, symbols.modules, symbols.restricted];
    },
  },
  {
    name: 'perf map',
    seeds: [text(['7f0000000000 40 LazyCompile:~a /x.js:1:2', '7f0000000020 40 b', '10 10 c'])],
    refusals: [],
    read: (bytes, random) => {
      const map = new PerfMap();
      const half = random.below(bytes.length);
      map.append(Buffer.from(bytes.subarray(0, half)).toString());
      map.lookup(0x7f0000000021);
      map.append(Buffer.from(bytes.subarray(half)).toString());
      map.lookup(0x7f0000000021);
    },
  },
  { name: 'linker cache', seeds: existing('/etc/ld.so.cache'), refusals: [], read: (b) => void parseLibraryCache(b) },
  {
    name: 'memory map',
    seeds: existing('/proc/self/maps'),
    refusals: [],
    read: (bytes) => void parseMemoryMap(Buffer.from(bytes).toString('latin1')),
  },
];

const INTERESTING = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

const mutate = (bytes: Uint8Array, random: Random): Uint8Array => {
  const at = random.below(random.below(2) === 0 ? Math.min(bytes.length, 256) : bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (random.below(5)) {
    case 0:
      bytes[at] = random.below(256);
      return bytes;
    case 1:
      if (at + 4 <= bytes.length) view.setUint32(at, random.pick(INTERESTING), true);
      return bytes;
    case 2: {
      const from = random.below(bytes.length);
      bytes.copyWithin(at, from, from + random.below(64));
      return bytes;
    }
    case 3:
      if (at + 8 <= bytes.length)
        view.setBigUint64(at, BigInt(random.pick(INTERESTING)) << BigInt(random.below(33)), true);
      return bytes;
    default:
      return random.below(8) === 0 ? bytes.subarray(0, at) : bytes;
  }
};

/** What a reading may take, in milliseconds: these files are small. */
const LONGEST = 1500;

/** Runs for some seconds; true when nothing was found. */
export const fuzzFiles = (seconds: number, seed: number): Promise<boolean> => {
  const random = new Random(seed);
  const readers = READERS.filter(({ seeds }) => seeds.length > 0);
  const deadline = performance.now() + seconds * 1000;
  let count = 0;
  for (; performance.now() < deadline; count++) {
    const reader = random.pick(readers);
    let bytes: Uint8Array = new Uint8Array(random.pick(reader.seeds));
    const changes: number = random.below(12) + 1;
    for (let i = 0; i < changes && bytes.length > 0; i++) bytes = mutate(bytes, random);
    const began = performance.now();
    try {
      reader.read(bytes, random);
    } catch (error) {
      if (!reader.refusals.some((refusal) => error instanceof refusal)) {
        const words = error instanceof Error ? error.stack : String(error);
        console.error(`${reader.name} (seed ${seed}, file ${count}): ${words}`);
        return Promise.resolve(false);
      }
    }
    const took = performance.now() - began;
    if (took > LONGEST) {
      console.error(`${reader.name} (seed ${seed}, file ${count}): ${took.toFixed(0)} ms for ${bytes.length} bytes`);
      return Promise.resolve(false);
    }
  }
  console.log(`files: ${count} files, nothing found (seed ${seed})`);
  return Promise.resolve(true);
};
