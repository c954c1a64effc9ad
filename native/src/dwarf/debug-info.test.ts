import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ElfFile } from '../elf/file.ts';
import { ElfSymbols } from '../elf/symbols.ts';
import { DebugInfo } from './debug-info.ts';
import type { FunctionInfo } from './function.ts';
import { hasTool, SOURCE, Workshop } from './testing.ts';
import type { DwarfType } from './type.ts';

const gcc = hasTool('gcc');
const clang = hasTool('clang');

const shown = (type: DwarfType): string => {
  switch (type.kind) {
    case 'pointer':
      return `${shown(typeof type.to === 'function' ? type.to() : type.to)}*`;
    case 'struct':
      return `${type.union ? 'union' : 'struct'} ${type.name}`;
    case 'int':
      return type.char ? 'char' : `${type.signed ? 'i' : 'u'}${type.size * 8}`;
    case 'array':
      return `${shown(type.of)}[${type.count}]`;
    case 'enum':
      return `enum ${type.name}`;
    case 'float':
      return `f${type.size * 8}`;
    default:
      return type.kind;
  }
};

const params = (fn: FunctionInfo | null): string[] =>
  (fn?.params ?? []).map(({ name, type, place }) => {
    const where = place.kind === 'register' ? `r${place.index}` : place.kind === 'stack' ? `s${place.offset}` : '-';
    return `${shown(type)} ${name} ${where}`;
  });

const WORK = [
  'char* name r0',
  'struct point* p r1',
  'i32 n r2',
  'u8 flag r3',
  'enum color c r4',
  'f64 d -',
  'i64 g r5',
  'i64 h s8',
];
/** The same on arm64, which has eight registers. */
const WORK_ARM64 = [...WORK.slice(0, 7), 'i64 h r6'];
const MEMBERS = [
  'x@0 i32',
  'y@4 u8',
  'in@8 struct inner',
  'next@24 struct point*',
  'a:256+3 u32',
  'b:259+7 u32',
  '@40 union ',
];

/** Where in the file they are; compilers put them next to one another. */
const debugSections = (path: string): { offset: number; size: number } => {
  const file = ElfFile.open(path);
  const sections = file.sections.filter(({ name }) => name.startsWith('.debug_'));
  file.close();
  const offset = Math.min(...sections.map((section) => section.offset));
  return { offset, size: Math.max(...sections.map((section) => section.offset + section.size)) - offset };
};

/** Compilers and what they are told; each builds `program` in a folder of its own. */
const BUILDS: readonly (readonly [name: string, tool: string, args: readonly string[]])[] = [
  ['gcc, DWARF 5', 'gcc', ['-gdwarf-5']],
  ['gcc, optimised', 'gcc', ['-gdwarf-5', '-O2']],
  ['gcc, DWARF 4', 'gcc', ['-gdwarf-4']],
  ['gcc, DWARF 3', 'gcc', ['-gdwarf-3', '-gstrict-dwarf']],
  ['gcc, compressed', 'gcc', ['-g', '-gz=zlib']],
  ['gcc, compressed as of old', 'gcc', ['-g', '-Wl,--compress-debug-sections=zlib-gnu']],
  ['gcc, type units', 'gcc', ['-g', '-fdebug-types-section']],
  ['gcc, DWARF 4 type units', 'gcc', ['-gdwarf-4', '-fdebug-types-section']],
  ['gcc, split', 'gcc', ['-g', '-gsplit-dwarf']],
  ['gcc, DWARF 4 split', 'gcc', ['-gdwarf-4', '-gsplit-dwarf']],
  ['gcc, 64-bit DWARF', 'gcc', ['-g', '-gdwarf64']],
  ['clang, DWARF 5', 'clang', ['-gdwarf-5']],
  ['clang, optimised', 'clang', ['-gdwarf-5', '-O2']],
  ['clang, DWARF 4', 'clang', ['-gdwarf-4']],
  ['clang, split', 'clang', ['-g', '-gsplit-dwarf']],
  ['clang, DWARF 4 split', 'clang', ['-gdwarf-4', '-gsplit-dwarf']],
];

describe.skipIf(!gcc)('debugging information', () => {
  const shop = new Workshop();
  beforeAll(() => void shop.write('a.c', SOURCE));
  afterAll(() => shop.close());

  /** Addresses of functions come from the symbols. */
  const addressesOf = (path: string): ((name: string) => { address: number; size: number }) => {
    const file = ElfFile.open(path);
    const symbols = new ElfSymbols(file);
    file.close();
    return (name) => symbols.find(name)[0] ?? { address: 0, size: 0 };
  };

  const build = (name: string, tool: string, args: readonly string[]): string => {
    const path = shop.path(name.replaceAll(/[^a-z0-9]+/gi, '-'));
    shop.run(tool, ...args, '-o', path, 'a.c');
    return path;
  };

  describe.each(BUILDS.filter(([, tool]) => tool === 'gcc' || clang))('%s', (name, tool, args) => {
    let info: DebugInfo;
    let at: ReturnType<typeof addressesOf>;
    beforeAll(() => {
      const path = build(name, tool, args);
      const opened = DebugInfo.open(path);
      if (opened === null) throw new Error('no debugging information');
      info = opened;
      at = addressesOf(path);
    });
    afterAll(() => info.close());

    it('knows parameters and where they are', () => {
      const fn = info.functionAt(at('work').address, 'x64');
      expect(params(fn)).toEqual(WORK);
      expect(fn).toMatchObject({ name: 'work', returns: { kind: 'int', size: 8, signed: true } });
      expect(params(info.functionAt(at('work').address, 'arm64'))).toEqual(WORK_ARM64);
    });

    it('counts the registers that values and results take', () => {
      const byValue = info.functionAt(at('byvalue').address, 'x64');
      expect(params(byValue)).toEqual(['struct  a -', 'struct  b -', 'struct  m -', 'i32 n r1', 'bool ok r2']);
      const onArm = info.functionAt(at('byvalue').address, 'arm64');
      expect(params(onArm).slice(3)).toEqual(['i32 n r2', 'bool ok r3']);
      expect(params(info.functionAt(at('returns').address, 'x64'))).toEqual(['i32 n r1']);
      expect(params(info.functionAt(at('returns').address, 'arm64'))).toEqual(['i32 n r0']);
    });

    it('knows members of structs', () => {
      const pointer = info.functionAt(at('work').address, 'x64')?.params[1]?.type;
      const struct = pointer?.kind === 'pointer' && typeof pointer.to === 'function' ? pointer.to() : null;
      if (struct?.kind !== 'struct') throw new Error('no struct');
      expect([struct.size, struct.align]).toEqual([48, 8]);
      const members = (struct.members() ?? []).map(({ name: member, type, offset, bits }) =>
        bits === undefined
          ? `${member}@${offset} ${shown(type)}`
          : `${member}:${bits.offset}+${bits.width} ${shown(type)}`,
      );
      expect(members).toEqual(MEMBERS);
      const last = struct.members()?.at(-1)?.type;
      expect(last?.kind === 'struct' && last.members()?.map((one) => `${one.name}@${one.offset}`)).toEqual([
        'u@0',
        'd@0',
      ]);
    });

    it('knows the line of an address', () => {
      const frames = info.framesAt(at('work').address);
      expect(frames).toHaveLength(1);
      expect(frames[0]?.source?.file.endsWith('a.c')).toBe(true);
      // Optimisers begin with the body's first line.
      expect([15, 16]).toContain(frames[0]?.source?.line);
    });

    it('knows which functions were put into which', () => {
      const { address, size } = at('inlines');
      const found = new Set<string>();
      for (let pc = address; pc < address + size; pc++) {
        found.add(
          info
            .framesAt(pc)
            .map(({ inlined, source }) => `${inlined ?? ''}:${source?.line ?? 0}`)
            .join(' '),
        );
      }
      // sink += v in helper, called in outer_helper, called in inlines.
      expect([...found]).toContain('helper:9 outer_helper:13 :22');
    });

    it('says nothing of addresses that it does not know', () => {
      const { address } = at('work');
      expect(info.functionAt(address + 1, 'x64')).toBeNull();
      expect(info.functionAt(8, 'x64')).toBeNull();
      expect(info.framesAt(8)).toEqual([{ inlined: null, source: null }]);
    });
  });

  it.skipIf(!hasTool('objcopy') || !hasTool('strip'))('follows a debug link', () => {
    const path = build('linked', 'gcc', ['-g']);
    const at = addressesOf(path);
    shop.run('objcopy', '--only-keep-debug', path, 'linked.debug');
    shop.run('strip', path);
    expect(DebugInfo.open(path)).toBeNull();
    shop.run('objcopy', '--add-gnu-debuglink=linked.debug', path);
    const info = DebugInfo.open(path);
    expect(params(info?.functionAt(at('work').address, 'x64') ?? null)).toEqual(WORK);
    info?.close();
  });

  it.skipIf(!hasTool('dwp'))('reads packages of split units', () => {
    const path = build('packed', 'gcc', ['-gdwarf-4', '-gsplit-dwarf']);
    try {
      shop.run('dwp', '-e', path, '-o', `${path}.dwp`);
    } catch {
      // Some versions of dwp crash here.
      return;
    }
    shop.run('sh', '-c', 'rm -f packed*.dwo');
    const info = DebugInfo.open(path);
    expect(params(info?.functionAt(addressesOf(path)('work').address, 'x64') ?? null)).toEqual(WORK);
    info?.close();
  });

  it.skipIf(!clang)('knows which parameters every caller gives one value', () => {
    shop.write(
      'c.c',
      `volatile long sink;
__attribute__((noinline)) static long get(long p, int k) { sink += p + k; return sink; }
int main(int argc, char **argv) { return get(argc, 3) + get(argc + 1, 3) > 0; }
`,
    );
    shop.run('clang', '-g', '-O2', '-o', 'constant', 'c.c');
    const path = shop.path('constant');
    const info = DebugInfo.open(path);
    const get = info?.functionAt(addressesOf(path)('get').address, 'x64');
    expect(params(get ?? null)).toEqual(['i64 p r0', 'i32 k -']);
    expect(get?.params[1]?.place).toMatchObject({ reason: expect.stringContaining('every caller') as string });
    info?.close();
  });

  it('does not take a function with line numbers alone for one without parameters', () => {
    const path = build('lines', 'gcc', ['-g1']);
    const info = DebugInfo.open(path);
    expect(info?.functionAt(addressesOf(path)('work').address, 'x64')).toBeNull();
    info?.close();
  });

  it.each(['-gdwarf-5', '-gdwarf-4', '-fdebug-types-section'])('survives any damage (%s)', (option) => {
    const path = build(`damaged${option}`, 'gcc', ['-g', option, '-O1']);
    const good = readFileSync(path);
    const at = addressesOf(path);
    const addresses = ['work', 'byvalue', 'inlines', 'main'].map(
      (name) => at(name).address + (name === 'inlines' ? 12 : 0),
    );
    const { offset, size } = debugSections(path);
    const change = fc.tuple(fc.nat(size - 1), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0x3d));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const bytes = Buffer.from(good);
        for (const [place, value] of changes) bytes[offset + place] = value;
        const info = new DebugInfo(ElfFile.parse(bytes));
        for (const address of addresses) {
          info.framesAt(address);
          info.functionAt(address, 'x64');
        }
      }),
      { numRuns: 150 },
    );
  });

  it.skipIf(!hasTool('g++'))('passes classes with a destructor by address', () => {
    shop.write(
      'b.cc',
      `struct owner { owner(int); ~owner(); int v; };
owner::owner(int n) : v(n) {}
owner::~owner() { v = 0; }
struct base { int id; };
struct order : base { long total; long add(owner o, int n); };
long order::add(owner o, int n) { return total += o.v + n + id; }
owner make(int n) { return owner(n); }
int main(int argc, char **) { order o{}; return o.add(owner(1), argc) + make(argc).v; }
`,
    );
    shop.run('g++', '-g', '-o', 'classes', 'b.cc');
    const info = DebugInfo.open(shop.path('classes'));
    const at = addressesOf(shop.path('classes'));
    const add = info?.functionAt(at('_ZN5order3addE5owneri').address, 'x64') ?? null;
    expect(params(add)).toEqual(['struct order* this r0', 'struct owner o -', 'i32 n r2']);
    expect(params(info?.functionAt(at('_Z4makei').address, 'x64') ?? null)).toEqual(['i32 n r1']);
    const self = add?.params[0]?.type;
    const order = self?.kind === 'pointer' && typeof self.to === 'function' ? self.to() : null;
    // The base class is a member without a name.
    expect(order?.kind === 'struct' && order.members()?.map(({ name, offset }) => `${name}@${offset}`)).toEqual([
      '@0',
      'total@8',
    ]);
    info?.close();
  });
});
