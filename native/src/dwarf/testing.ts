/** Programs with debugging information for tests, made by the compilers of this machine. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const hasTool = (name: string): boolean => {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** A folder of its own for files of a test, removed by `close`. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'bpfscope-'));

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string | Uint8Array): string {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  /** Runs a tool in the folder. Throws with what it said. */
  run(tool: string, ...args: readonly string[]): void {
    execFileSync(tool, args, { cwd: this.folder, stdio: ['ignore', 'ignore', 'pipe'] });
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Known functions, types and lines; line numbers are in the tests. */
export const SOURCE = `struct inner { int x; char tag[8]; };
struct point { int x; unsigned char y; struct inner in; struct point *next; unsigned a : 3, b : 7; union { long u; double d; }; };
enum color { RED, GREEN = 5 };
typedef struct { double a, b; } pair;
typedef struct { long a, b, c; } big;
typedef struct { int a; float b; } mixed;
volatile int sink;
static inline __attribute__((always_inline)) int helper(int v) {
  sink += v;
  return sink;
}
static inline __attribute__((always_inline)) int outer_helper(int v) {
  return helper(v) + 1;
}
__attribute__((noinline)) long work(const char *name, struct point *p, int n, unsigned char flag, enum color c, double d, long g, long h) {
  return p->x + n + flag + c + (long)d + g + h + name[0];
}
__attribute__((noinline)) int byvalue(pair a, big b, mixed m, int n, _Bool ok) { return a.a + b.a + m.a + n + ok; }
__attribute__((noinline)) big returns(int n) { big b = { n, n, n }; return b; }
__attribute__((noinline)) int inlines(int n) {
  int r = n * 2;
  r += outer_helper(r);
  return r;
}
int main(int argc, char **argv) {
  struct point p = { 7, 8, { 1, "tag" }, 0, 3, 9 };
  pair a = { 1, 2 };
  big b = { 1, 2, 3 };
  mixed m = { 1, 2 };
  return work(argv[0], &p, argc, 200, GREEN, 2.5, 66, 77) + byvalue(a, b, m, 42, 1) + returns(9).a + inlines(argc) == 0;
}
`;
