/** Functions of programs by every name that they have, each call counted. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTool, Workshop } from '@bpfscope/native/testing';
import { runCli } from './cli.ts';

const C = `
#include <string.h>
volatile long sink;
static __attribute__((noinline)) int twin(int n) { sink += n; return n; }
int other(int n);
__attribute__((noinline)) int work1(int n) {
  sink += n; /* line 7 */
  return n + 1;
}
__attribute__((noinline)) int work2(int n) { sink -= n; return n; }
__attribute__((noinline)) int factorial(int n) { return n <= 1 ? 1 : n * factorial(n - 1); }
int main(int argc, char **argv) {
  for (int i = 0; i < 10; i++) work1(i);
  for (int i = 0; i < 5; i++) work2(i);
  twin(1), twin(2), other(3);
  return factorial(6) != 720;
}
`;
const OTHER = `
extern volatile long sink;
static __attribute__((noinline)) int twin(long unused, int n) { sink += n; return n; }
int other(int n) { return twin(1000, n) + twin(1000, n + 1); }
`;
const CPP = `
#include <string>
namespace foo {
volatile long sink;
struct Widget {
  int id;
  __attribute__((noinline)) int turn(int by) { sink += by; return id + by; }
  __attribute__((noinline)) int turn(double by) { sink += by; return 1; }
};
template <typename T> __attribute__((noinline)) T bar(T x) { sink += (long)x; return x; }
__attribute__((noinline)) int operator+(Widget const &a, int b) { sink += b; return a.id + b; }
}
__attribute__((noinline)) int global(int n) { foo::sink += n; return n; }
namespace { __attribute__((noinline)) int hidden(int n) { foo::sink += n; return n; } }
int main() {
  foo::Widget w;
  w.id = 40;
  w.turn(2), w.turn(3), w.turn(1.5);
  foo::bar<int>(7), foo::bar<long>(8), foo::bar<long>(9);
  hidden(5), global(6);
  return (w + 1) != 41;
}
`;
const RUST = `
use std::hint::black_box;
mod inner {
  #[inline(never)] pub fn add(a: i32, b: i32) -> i32 { std::hint::black_box(a + b) }
  #[inline(never)] pub fn gen<T: Into<i64>>(t: T) -> i64 { std::hint::black_box(t.into()) }
}
fn main() {
  for i in 0..4 { black_box(inner::add(black_box(i), black_box(10 + i))); }
  black_box(inner::gen(1i32));
  black_box(inner::gen(2i64));
}
`;

const GO = `
package main

//go:noinline
func work(n int) int { return n + 1 }

func main() {
	for i := 0; i < 7; i++ {
		work(i)
	}
}
`;

const hasGo = (): boolean => {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const usable = process.getuid?.() === 0 && hasTool('gcc') && hasTool('g++') && hasTool('strip') && hasTool('objcopy');

describe.skipIf(!usable)('functions of programs (need root and compilers)', () => {
  const shop = new Workshop();
  beforeAll(() => {
    shop.write('a.c', C);
    shop.write('b.c', OTHER);
    const gcc = (output: string, ...options: string[]): void =>
      shop.run(
        'gcc',
        '-g',
        '-O1',
        '-fno-inline',
        '-fno-optimize-sibling-calls',
        ...options,
        '-o',
        output,
        'a.c',
        'b.c',
      );
    gcc('moved');
    gcc('fixed', '-no-pie');
    gcc('static', '-static');
    shop.write('c.cc', CPP);
    shop.run('g++', '-g', '-O1', '-o', 'cpp', 'c.cc');
    shop.run('objcopy', '--only-keep-debug', 'moved', 'moved.debug');
    copyFileSync(shop.path('moved'), shop.path('stripped'));
    shop.run('strip', 'stripped');
    copyFileSync(shop.path('stripped'), shop.path('linked'));
    shop.run('objcopy', '--add-gnu-debuglink=moved.debug', 'linked');
  }, 60_000);
  afterAll(() => shop.close());

  const run = async (program: string, query: string): Promise<{ lines: string[]; stderr: string }> => {
    const path = shop.path(program);
    const { stdout, stderr } = await runCli(['run', '-q', '-c', path, '-e', query.replaceAll('BIN', path)]);
    const lines = stdout.split('\n').filter((line) => line !== '');
    return { lines: lines.map((line) => line.replaceAll(path, 'BIN')).sort(), stderr };
  };

  it.each(['moved', 'fixed', 'static', 'linked'])('by name, address, line and wildcard: %s', async (program) => {
    const symbols = execFileSync('nm', [shop.path(program === 'linked' ? 'moved' : program)], { encoding: 'utf8' });
    const address = /^0*(\w+) T work1$/m.exec(symbols)?.[1] ?? '';
    const { lines, stderr } = await run(
      program,
      `uprobe:BIN:work1 { @name = sum(args.n); }
       uprobe:BIN:0x${address} { @address = count(); }
       uprobe:BIN@a.c:7 { @line = count(); }
       uprobe:BIN:work* { @wild[func] = count(); }
       uretprobe:BIN:work1 { @returned = sum(retval); }
       uprobe:BIN:factorial { @in[args.n] = count(); }
       uretprobe:BIN:factorial { @out[retval] = count(); }`,
    );
    expect(stderr).toBe('');
    const recursion = [1, 2, 6, 24, 120, 720].flatMap((value, at) => [`@in[${at + 1}]: 1`, `@out[${value}]: 1`]);
    expect(lines).toEqual(
      [
        ...['@address: 10', '@line: 10', '@name: 45', '@returned: 55', '@wild[work1]: 10', '@wild[work2]: 5'],
        ...recursion,
      ].sort(),
    );
  });

  it.each(['uprobe:BIN:twin', 'uprobe:BIN:twi*'])(
    'each of one name, each with its own arguments: %s',
    async (probe) => {
      expect((await run('moved', `${probe} { @[args.n] = count(); }`)).lines).toEqual([
        '@[1]: 1',
        '@[2]: 1',
        '@[3]: 1',
        '@[4]: 1',
      ]);
      expect((await run('moved', `${probe.replace('twi*', 'twin')}+1 { @ = count(); }`)).stderr).toMatch(
        /Several functions of .*moved are called twin\.[^]*Name the address, one of 0x\w+, 0x\w+/,
      );
    },
  );

  it('of C++ as people write them', async () => {
    const { lines, stderr } = await run(
      'cpp',
      `uprobe:BIN:cpp:"foo::Widget::turn(int)" { @one[args.this.id, args.by] = count(); }
       uprobe:BIN:cpp:"foo::Widget::turn" { @overloads = count(); }
       uprobe:BIN:cpp:foo::Widget::* { @wild[func] = count(); }
       uprobe:BIN:cpp:"foo::bar<long>" { @instance = sum(args.x); }
       uprobe:BIN:cpp:"long foo::bar<long>(long)" { @whole = count(); }
       uprobe:BIN:foo::bar* { @plain[probe] = count(); }
       uprobe:BIN:cpp:"foo::operator+" { @operator = count(); }
       uprobe:BIN:cpp:"(anonymous namespace)::hidden" { @hidden = sum(args.n); }`,
    );
    expect(stderr).toBe('');
    expect(lines).toEqual([
      ...['@hidden: 5', '@instance: 17', '@one[40, 2]: 1', '@one[40, 3]: 1', '@operator: 1', '@overloads: 3'],
      ...['@plain[uprobe:BIN:_ZN3foo3barIiEET_S1_]: 1', '@plain[uprobe:BIN:_ZN3foo3barIlEET_S1_]: 2', '@whole: 2'],
      ...['@wild[foo::Widget::turn(double)]: 1', '@wild[foo::Widget::turn(int)]: 2'],
    ]);
  });

  it('are listed as C++ names, to be written so', async () => {
    const { stdout } = await runCli(['run', '-l', `uprobe:${shop.path('cpp')}:cpp:foo::Widget::turn*`]);
    const listed = stdout.trim().split('\n').sort();
    expect(listed).toEqual(
      ['double', 'int'].map((type) => `uprobe:${shop.path('cpp')}:cpp:"foo::Widget::turn(${type})"`),
    );
  });

  it('warns of returns through which an exception may pass', async () => {
    const { lines, stderr } = await run('cpp', 'uretprobe:BIN:cpp:"foo::Widget::turn(int)" { @ = sum(retval); }');
    expect(lines).toEqual(['@: 85']);
    expect(stderr).toContain('An exception or panic that passes through this function ends the program');
  });

  it.skipIf(!hasGo())('does not crash Go programs by probes on returns', async () => {
    shop.write('main.go', GO);
    shop.run('env', 'GO111MODULE=off', 'go', 'build', '-o', 'go', 'main.go');
    expect((await run('go', 'uretprobe:BIN:main.work { @ = count(); }')).stderr).toContain(
      'is a Go program: a probe on a return crashes it',
    );
    expect((await run('go', 'uprobe:BIN:main.work { @ = count(); }')).lines).toEqual(['@: 7']);
  });

  it('says which C++ name may have been meant', async () => {
    const said = async (name: string) => (await run('cpp', `uprobe:BIN:cpp:"${name}" { @ = count(); }`)).stderr;
    expect(await said('foo::Widget::tur(int)')).toContain('Did you mean foo::Widget::turn(int)?');
    const plain = (await run('cpp', 'uprobe:BIN:main2 { @ = 1; } uprobe:BIN:global { @ = 2; }')).stderr;
    expect(plain).toContain('It is global(int): write cpp:"global".');
    expect(await said('foo::bar')).toContain('It is a template: foo::bar<* are its instances.');
  });

  it.skipIf(!hasTool('rustc')).each(['legacy', 'v0'])('of Rust, mangled in the way %s', async (way) => {
    shop.write('r.rs', RUST);
    const unstable = way === 'legacy' ? [] : ['-C', 'symbol-mangling-version=v0'];
    shop.run('rustc', '-g', '-C', 'opt-level=1', ...unstable, '-o', `rust-${way}`, 'r.rs');
    const { lines } = await run(
      `rust-${way}`,
      'uprobe:BIN:cpp:"r::inner::add" { @a = sum(arg0); @b = sum(arg1); } uprobe:BIN:r::inner::gen* { @g = count(); }',
    );
    expect(lines).toEqual(['@a: 6', '@b: 46', '@g: 2']);
  });

  it('says of stripped programs where the names would be', async () => {
    const notes = execFileSync('readelf', ['-n', shop.path('stripped')], { encoding: 'utf8' });
    const id = /Build ID: (\w+)/.exec(notes)?.[1] ?? '';
    const place = `/usr/lib/debug/.build-id/${id.slice(0, 2)}/${id.slice(2)}.debug`;
    for (const query of ['uprobe:BIN:work1 { @ = count(); }', 'uprobe:BIN@a.c:7 { @ = count(); }']) {
      const { stderr } = await run('stripped', query);
      expect(stderr).toContain('It is stripped');
      expect(stderr).toContain(place);
      expect(stderr).toContain(`debuginfod-find debuginfo ${id}`);
    }
  });

  it.each(['uprobe:BIN:main', 'uprobe:BIN:0x100', 'uprobe:BIN@a.c:7', 'usdt:BIN:main'])(
    'says of a file that is no program what it is: %s',
    async (probe) => {
      shop.write('script', '#!/bin/sh\n');
      shop.run('chmod', '+x', 'script');
      const { stderr } = await run('script', `${probe} { @ = 1; }`);
      expect(stderr).toMatch(/script cannot be traced: it is not an ELF file\./);
    },
  );

  it('finds what debuginfod fetched', async () => {
    const notes = execFileSync('readelf', ['-n', shop.path('stripped')], { encoding: 'utf8' });
    const id = /Build ID: (\w+)/.exec(notes)?.[1] ?? '';
    mkdirSync(shop.path(`cache/${id}`), { recursive: true });
    shop.write(`cache/${id}/debuginfo`, readFileSync(shop.path('moved.debug')));
    const path = shop.path('stripped');
    const words = ['run', '-q', '-c', path, '-e', `uprobe:${path}:work1 { @ = sum(args.n); }`];
    const { stdout } = await runCli(words, { env: { DEBUGINFOD_CACHE_PATH: shop.path('cache') } });
    expect(stdout.trim()).toBe('@: 45');
  });

  it('warns of names that are never called', async () => {
    const { stderr } = await run('moved', 'uprobe:libc:memcpy { @ = count(); }');
    expect(stderr).toContain('WARNING: memcpy is called by other names');
  });
});
