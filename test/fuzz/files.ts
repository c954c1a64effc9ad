/**
 * Damaged files against their readers: ELF with line tables and notes, DWARF, .eh_frame, xz, BTF, kallsyms, perf maps, the
 * linker's cache, memory maps. A reader may refuse with its own error; it may not crash, hang or take the memory of the host.
 */
import { readFileSync } from 'node:fs';
import { TypeConverter } from '@bpfscope/agent/host';
import { Btf, BTF_KIND_STRUCT, BtfFormatError } from '@bpfscope/native/btf';
import { DebugInfo, lineAddresses } from '@bpfscope/native/dwarf';
import type { DwarfType } from '@bpfscope/native/dwarf';
import { ElfError, ElfFile, ElfSymbols, parseLibraryCache, readUsdt } from '@bpfscope/native/elf';
import { KernelSymbols } from '@bpfscope/native/kallsyms';
import { parseMemoryMap } from '@bpfscope/native/procfs';
import { decompressXz, PerfMap } from '@bpfscope/native/symbols';
import { hasTool, SOURCE, Workshop } from '@bpfscope/native/testing';
import { UnwindTable } from '@bpfscope/native/unwind';
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

const BTF_HEADER = 24;

/** A BTF with a type of each kind. */
const smallBtf = (): Uint8Array => {
  const strings = Buffer.from('\0int\0point\0x\0y\0fn\0kind\0A\0td\0');
  const at = (name: string): number => strings.indexOf(`\0${name}\0`) + 1;
  const kind = (number: number, members = 0): number => (number << 24) | members;
  const types = Uint32Array.of(
    ...[at('int'), kind(1), 4, (1 << 24) | 32],
    ...[0, kind(2), 3],
    ...[at('point'), kind(4, 3), 16, at('x'), 1, 0, at('y'), 2, 64, at('A'), 8, 96],
    ...[0, kind(13, 1), 1, at('x'), 2],
    ...[at('fn'), kind(12), 4],
    ...[at('kind'), kind(6, 1), 4, at('A'), 7],
    ...[at('td'), kind(8), 9],
    ...[0, kind(3), 0, 7, 1, 5],
    ...[0, kind(10), 10],
    ...[0, kind(9), 1],
    ...[at('point'), kind(7), 0],
    ...[0, kind(11), 1],
    ...[at('x'), kind(14), 1, 0],
    ...[at('y'), kind(15, 1), 8, 13, 0, 4],
    ...[at('td'), kind(16), 8],
    ...[at('x'), kind(17), 3, 0],
    ...[at('x'), kind(18), 1],
    ...[at('kind'), kind(19, 1), 8, at('A'), 1, 2],
    ...[0, kind(5, 1) | (1 << 31), 8, at('x'), 1, (4 << 24) | 3],
  );
  const header = Buffer.alloc(24);
  header.writeUInt16LE(0xeb9f, 0);
  header.writeUInt8(1, 2);
  [24, 0, types.byteLength, types.byteLength, strings.length].forEach((value, i) =>
    header.writeUInt32LE(value, 4 + i * 4),
  );
  return new Uint8Array(Buffer.concat([header, Buffer.from(types.buffer), strings]));
};

/** Programs with debugging information of several kinds, as the compilers of this host make them. */
const programs = (): Uint8Array[] => {
  if (!hasTool('gcc')) return [];
  const shop = new Workshop();
  try {
    shop.write('a.c', SOURCE);
    const kinds = [
      ['-gdwarf-5'],
      ['-gdwarf-4', '-O2'],
      ['-g', '-fdebug-types-section'],
      ['-gdwarf-3'],
      ['-g', '-O2', '-flto'],
    ];
    return kinds.map((options, index) => {
      shop.run('gcc', ...options, '-nostdlib', '-Wl,-e,main', '-o', String(index), 'a.c');
      return new Uint8Array(readFileSync(shop.path(String(index))));
    });
  } finally {
    shop.close();
  }
};

/** Some texts in xz. */
const archives = (): Uint8Array[] => {
  if (!hasTool('xz')) return [];
  const shop = new Workshop();
  try {
    return ['', 'abc', 'abcdefgh'.repeat(20_000)].map((content, index) => {
      shop.write(String(index), content);
      shop.run('xz', '-k', String(index));
      return new Uint8Array(readFileSync(shop.path(`${String(index)}.xz`)));
    });
  } finally {
    shop.close();
  }
};

/** Asks for everything that a type leads to, so far. */
const walk = (type: DwarfType, depth = 0): void => {
  if (depth > 6) return;
  if (type.kind === 'pointer') walk(typeof type.to === 'function' ? type.to() : type.to, depth + 1);
  else if (type.kind === 'array') walk(type.of, depth + 1);
  else if (type.kind === 'struct')
    for (const member of type.members()?.slice(0, 20) ?? []) walk(member.type, depth + 1);
};

const debugQuestions = (bytes: Uint8Array): void => {
  const file = ElfFile.parse(bytes);
  const addresses = [...new ElfSymbols(file).all()].slice(0, 20).map(({ address }) => address);
  const info = new DebugInfo(file);
  for (const address of addresses.length === 0 ? [0x1000] : addresses) {
    info.framesAt(address + 5);
    for (const arch of ['x64', 'arm64'] as const) {
      const fn = info.functionAt(address, arch);
      for (const { type } of fn?.params ?? []) quietly(() => walk(type));
    }
  }
};

/** Types are read when they are asked for, and then they may turn out to be damaged: callers know. */
const quietly = (read: () => void): void => {
  try {
    read();
  } catch (error) {
    if (!(error instanceof RangeError) && !(error instanceof Error && error.name === 'DwarfError')) throw error;
  }
};

/** Every type, as the compiler asks for it. */
const typeQuestions = (bytes: Uint8Array, random: Random): void => {
  // Most that are damaged in the header are refused at once.
  if (bytes.length >= BTF_HEADER && random.below(4) > 0) bytes.set(smallBtf().subarray(0, BTF_HEADER));
  const btf = new Btf(bytes);
  const converter = new TypeConverter(btf, 'vmlinux');
  for (let id = 0; id < Math.min(btf.endId + 2, 200); id++) {
    btf.strip(id);
    converter.type(id);
    converter.fields(id);
    converter.prototype(id, 'fn', id);
  }
  btf.find(BTF_KIND_STRUCT, 'point');
  btf.enumerator('A');
};

const READERS: readonly Reader[] = [
  { name: 'DWARF', seeds: programs(), refusals: [ElfError], read: debugQuestions },
  { name: 'xz', seeds: archives(), refusals: [], read: (bytes) => void decompressXz(bytes) },
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
    read: typeQuestions,
  },
  {
    name: 'eh_frame',
    seeds: [...programs(), ...existing('/bin/true', '/lib64/ld-linux-x86-64.so.2')],
    refusals: [ElfError],
    read: (bytes, random) => {
      const frames = ElfFile.parse(bytes).section('.eh_frame');
      if (frames === null || frames.size === 0) return;
      for (let i = random.below(100); i > 0; i--) bytes[frames.offset + random.below(frames.size)] = random.below(256);
      UnwindTable.read(ElfFile.parse(bytes))?.lookup(random.below(1 << 20));
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

/** What a reading may take, in milliseconds of CPU: these files are small, and the machine may have others to run. */
const LONGEST = 1500;

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Runs for some seconds; true when nothing was found. */
export const fuzzFiles = (seconds: number, seed: number): Promise<boolean> => {
  const random = new Random(seed);
  const readers = READERS.filter(({ seeds }) => seeds.length > 0);
  const deadline = performance.now() + seconds * 1000;
  let count = 0;
  const counts = new Map(readers.map(({ name }) => [name, { files: 0, refused: 0 }]));
  for (; performance.now() < deadline; count++) {
    const reader = random.pick(readers);
    const of = counts.get(reader.name) ?? { files: 0, refused: 0 };
    of.files++;
    let bytes: Uint8Array = new Uint8Array(random.pick(reader.seeds));
    const changes: number = random.below(12) + 1;
    for (let i = 0; i < changes && bytes.length > 0; i++) bytes = mutate(bytes, random);
    const began = cpuMs();
    try {
      reader.read(bytes, random);
    } catch (error) {
      if (!reader.refusals.some((refusal) => error instanceof refusal)) {
        const words = error instanceof Error ? error.stack : String(error);
        console.error(`${reader.name} (seed ${seed}, file ${count}): ${words}`);
        return Promise.resolve(false);
      }
      of.refused++;
    }
    const took = cpuMs() - began;
    if (took > LONGEST) {
      console.error(`${reader.name} (seed ${seed}, file ${count}): ${took.toFixed(0)} ms for ${bytes.length} bytes`);
      return Promise.resolve(false);
    }
  }
  const each = [...counts].map(([name, { files, refused }]) => `${name} ${files} (${refused} refused)`);
  console.log(`files: ${count} files, nothing found (seed ${seed}): ${each.join(', ')}`);
  return Promise.resolve(true);
};
