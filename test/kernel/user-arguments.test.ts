/** Arguments of functions in programs by their names, from debugging information that compilers of this host make. */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTool, Workshop } from '@bpfscope/native/testing';
import { runCli } from './cli.ts';

const SOURCE = `
struct inner { int x; char tag[8]; };
struct point { int x; unsigned char y; struct inner in; struct point *next; unsigned a : 3, b : 7; union { long u; double d; }; };
enum color { RED, GREEN = 5 };
typedef struct { double a, b; } pair;
typedef struct { long a, b, c; } big;
struct page { short number; };
struct page front;
volatile long sink;
__attribute__((noinline)) long work(const char *name, struct point *p, int n, signed char flag, enum color c, double d, long g, long h) {
  sink = p->x + n + flag + c + (long)d + g + h + name[0];
  return sink;
}
__attribute__((noinline)) int byvalue(pair a, big b, int n, _Bool ok) { sink = a.a + b.a + n + ok; return sink; }
__attribute__((noinline)) big returns(int n) { sink = n; big b = { n, n, n }; return b; }
struct point q = { -3, 0, { 2, "q" } };
struct point p = { 7, 8, { 1, "tag" }, &q, 3, 9, { 77 } };
int main(void) {
  pair a = { 1, 2 };
  big b = { 1, 2, 3 };
  work("hello", &p, -5, -2, GREEN, 2.5, 66, 77);
  byvalue(a, b, 42, 1);
  return returns(9).a == 0;
}
`;

const root = process.getuid?.() === 0;

describe.skipIf(!root || !hasTool('gcc'))('arguments of user functions (needs root and gcc)', () => {
  const shop = new Workshop();
  const program = shop.path('program');
  beforeAll(() => {
    shop.write('program.c', SOURCE);
    shop.run('gcc', '-g', '-O1', '-o', program, 'program.c');
  });
  afterAll(() => shop.close());

  const run = async (query: string): Promise<string> => {
    const { stdout, stderr } = await runCli(['run', '-q', '-c', program, '-e', query.replaceAll('BIN', program)]);
    return (stdout + stderr).trimEnd();
  };

  /** Where the instructions of a function begin, by the disassembler. */
  const starts = (name: string): number[] => {
    const text = execFileSync('objdump', [`--disassemble=${name}`, program], { encoding: 'utf8' });
    const addresses = [...text.matchAll(/^\s+([0-9a-f]+):\t/gm)].map(([, address = '']) =>
      Number.parseInt(address, 16),
    );
    return addresses.map((address) => address - (addresses[0] ?? 0));
  };

  it('reads registers, the stack, members of structs', async () => {
    const query = `uprobe:BIN:work {
      printf("%s %d %d %s %d %d\\n", str(args.name), args.n, args.flag, args.c, args.g, args.h);
      printf("%d %d %s %d %d %d\\n", args.p.x, args.p->y, args.p.in.tag, args.p.a, args.p.b, args.p.u);
      printf("%d %s\\n", args.p.next.x, args.p.next.in.tag);
    }`;
    expect(await run(query)).toBe('hello -5 -2 GREEN 66 77\n7 8 tag 3 9 77\n-3 q');
  });

  it('counts the registers that values and results take', async () => {
    const query = 'uprobe:BIN:byvalue { printf("%d %d\\n", args.n, args.ok); } uprobe:BIN:returns { print(args.n); }';
    expect(await run(query)).toBe('42 1\n9');
  });

  it('prints structs and all arguments that it can read', async () => {
    expect(await run('uprobe:BIN:work { print(*args.p.next); }')).toContain(
      '{ .x = -3, .y = 0, .in = { .x = 2, .tag = q }',
    );
    const all = await run('uprobe:BIN:work { print(args); }');
    expect(all).toMatch(
      /\{ \.name = 0x[0-9a-f]+, \.p = 0x[0-9a-f]+, \.n = -5, \.flag = -2, \.c = GREEN, \.g = 66, \.h = 77 \}/,
    );
    expect(all).toContain('args.d is left out: it is a floating-point number');
  });

  it('casts to types of the program, which come before those of the kernel', async () => {
    const members = '$p->x, $p.in.tag, ((struct point *)$p.next).x, ((struct inner *)&$p.in).x';
    expect(await run(`uprobe:BIN:work { $p = (struct point *)arg1; printf("%d %s %d %d\\n", ${members}); }`)).toBe(
      '7 tag -3 1',
    );
    // `struct inner` without a tag, a typedef, an enumeration, sizes; the kernel has another `struct page`.
    const sizes = 'sizeof(struct point), sizeof(inner), sizeof(pair), sizeof(struct page), offsetof(struct point, in)';
    expect(await run(`uprobe:BIN:work { printf("%d %d %d %d %d\\n", ${sizes}); print((enum color)arg4); }`)).toBe(
      '48 12 16 2 8\nGREEN',
    );
    expect(await run('struct point { int a; int b; } uprobe:BIN:work { print(sizeof(struct point)); }')).toBe('8');
    expect(await run('uprobe:BIN:work { print(((struct nowhere *)arg1).x); }')).toContain('struct nowhere');
  });

  it('counts by argument', async () => {
    expect(await run('uprobe:BIN:work,uprobe:BIN:returns { @[probe] = sum(args.n); }')).toContain(
      `@[uprobe:${program}:work]: -5`,
    );
  });

  it('refuses what it cannot read', async () => {
    expect(await run('uprobe:BIN:work { print(args.d); }')).toContain(
      'args.d cannot be read: it is a floating-point number',
    );
    expect(await run('uprobe:BIN:byvalue { print(args.a); }')).toContain(
      'args.a cannot be read: it is a struct passed by value',
    );
    const inside = starts('work').at(1) ?? 0;
    expect(await run(`uprobe:BIN:work+${inside} { print(args.n); }`)).toContain('The arguments of');
  });

  it.skipIf(!hasTool('objdump'))('sets probes where instructions begin, and nowhere else', async () => {
    const places = starts('work');
    const offsets = Array.from({ length: 16 }, (_, at) => at);
    const list = offsets.map((at) => `uprobe:BIN:work+${at} { @[probe] = count(); }`).join('\n');
    const said = await run(list);
    const refused = [...said.matchAll(/ERROR: work\+(\d+) is inside of an instruction/g)].map(([, at]) => Number(at));
    expect(refused).toEqual(offsets.filter((at) => !places.includes(at)));
    const taken = places.filter((at) => at < 16).map((at) => `uprobe:BIN:work+${at} { @[${at}] = count(); }`);
    // The program runs to its end and passes all of them.
    expect((await run(taken.join('\n'))).match(/^@\[\d+\]: 1$/gm)).toHaveLength(taken.length);
  });

  it('lists parameters', async () => {
    const { stdout } = await runCli(['run', '-lv', `uprobe:${program}:work`]);
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      `uprobe:${program}:work`,
      '    const char* name',
      '    struct point* p',
      '    int n',
    ]);
  });
});
