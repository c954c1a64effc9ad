import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTool, Workshop } from '../dwarf/testing.ts';
import { ElfFile } from '../elf/file.ts';
import { Binary } from './binary.ts';
import { readSymbolTables } from './tables.ts';
import { decompressXz } from './xz.ts';

const tools = ['gcc', 'objcopy', 'strip', 'nm', 'xz'].every(hasTool);

describe.skipIf(!tools)('names in stripped programs', () => {
  const shop = new Workshop();
  afterAll(() => shop.close());

  const names = (path: string): string[] => {
    const file = ElfFile.open(path);
    try {
      return readSymbolTables(file, '', path).tables.flatMap((table) => [...table.all()].map(({ name }) => name));
    } finally {
      file.close();
    }
  };

  beforeAll(() => {
    shop.write(
      'a.c',
      'static __attribute__((noinline)) int hidden(int n) { return n * 3; }\nint shown(int n) { return hidden(n); }\nint main(int c, char **v) { return shown(c); }\n',
    );
    shop.run('gcc', '-O1', '-o', 'whole', 'a.c');
    // As Fedora's packages are made: the symbols alone, compressed, in a section of their own.
    shop.run('objcopy', '--remove-section=.comment', '--strip-debug', 'whole', 'names');
    shop.run('sh', '-c', 'objcopy --only-keep-debug whole names && xz -k names');
    shop.run('objcopy', '--strip-all', 'whole', 'stripped');
    shop.run('objcopy', '--add-section', '.gnu_debugdata=names.xz', 'stripped', 'mini');
  });

  it('reads those that were left inside in xz', () => {
    expect(names(shop.path('stripped'))).not.toContain('hidden');
    expect(names(shop.path('mini'))).toEqual(expect.arrayContaining(['hidden', 'shown', 'main']));
    const binary = Binary.open(shop.path('mini'), '');
    const whole = ElfFile.open(shop.path('whole'));
    const hidden = readSymbolTables(whole, '', '').tables[0]?.find('hidden')[0];
    const offset = whole.offsetOf(hidden?.address ?? 0) ?? 0;
    whole.close();
    expect(binary?.lookup(offset + 1)?.symbol?.name).toBe('hidden');
  });

  it('gives back what xz made of any bytes', () => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('abc'),
      randomBytes(300_000),
      Buffer.alloc(5_000_000, 'abcdefg'),
    ]) {
      shop.write('data', bytes);
      shop.run('xz', '-kf', '--check=crc32', 'data');
      const found = decompressXz(readFileSync(shop.path('data.xz')));
      expect(found?.length).toBe(bytes.length);
      expect(Buffer.compare(found ?? Buffer.alloc(0), bytes)).toBe(0);
    }
  });

  it('survives any damage', () => {
    shop.write('data', Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * i) & 0xff)));
    shop.run('xz', '-kf', 'data');
    const good = readFileSync(shop.path('data.xz'));
    const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(damage, fc.nat(good.length), (changes, cut) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        const found = decompressXz(bytes.subarray(0, cut));
        return found === null || found.length <= 4000;
      }),
      { numRuns: 300 },
    );
    // And the decoder works as before.
    expect(decompressXz(good)?.length).toBe(4000);
  });
});
