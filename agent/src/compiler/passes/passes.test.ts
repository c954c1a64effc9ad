/** Optimisation passes on small functions: what goes away and what must stay. */
import { describe, expect, it } from 'vitest';
import { Builder } from '../ir/builder.ts';
import { printFn } from '../ir/print.ts';
import { optimise } from './index.ts';

/** The optimised function's lines, without labels. */
function optimised(make: (b: Builder) => void): string[] {
  const b = new Builder('f', 1);
  make(b);
  optimise(b.fn);
  return printFn(b.fn)
    .split('\n')
    .filter((line) => line.startsWith('  '))
    .map((line) => line.trim());
}

describe('optimisation', () => {
  it('folds constants through copies and branches', () => {
    const lines = optimised((b) => {
      const x = b.mov(5n);
      const y = b.alu('mul', b.mov(x), 3n);
      const yes = b.newBlock();
      const no = b.newBlock();
      b.branch('jgt', y, 10n, yes, no);
      b.place(yes);
      b.ret(1n);
      b.place(no);
      b.ret(2n);
    });
    expect(lines).toEqual(['return 1']);
  });

  it('removes calls without effect and keeps the others', () => {
    const lines = optimised((b) => {
      b.call('ktime_get_ns');
      b.call('map_delete_elem', 1n, 2n);
      b.ret(0n);
    });
    expect(lines).toEqual(['map_delete_elem(1, 2)', 'return 0']);
  });

  it('does not take a register that is assigned twice for a constant', () => {
    const lines = optimised((b) => {
      const r = b.mov(0n);
      const ctx = b.fn.params[0] ?? r;
      const set = b.newBlock();
      const end = b.newBlock();
      b.branch('jeq', ctx, 0n, set, end);
      b.place(set);
      b.assign(r, 7n);
      b.place(end);
      b.ret(r);
    });
    expect(lines.at(-1)).toMatch(/^return %/);
  });

  it('divides by powers of two with shifts', () => {
    const lines = optimised((b) => b.ret(b.alu('div', b.call('get_prandom_u32'), 1024n)));
    expect(lines[1]).toMatch(/>> 10$/);
  });

  it('puts constants that are too wide for an instruction into a register', () => {
    const lines = optimised((b) => b.ret(b.alu('add', b.call('get_prandom_u32'), 1n << 40n)));
    expect(lines.some((line) => line.endsWith('= 1099511627776'))).toBe(true);
  });

  it('stores what a number was made from when the store cuts it the same way', () => {
    const lines = optimised((b) => {
      const id = b.call('get_current_pid_tgid');
      b.store(4, b.slot(8), 0, b.alu('and', id, -1n, 32));
      b.store(2, b.slot(8), 0, b.alu('arsh', b.alu('lsh', id, 32n), 32n));
      b.ret(0n);
    });
    expect(lines).toHaveLength(4);
    expect(lines.filter((line) => line.includes('&') || line.includes('<<'))).toEqual([]);
  });

  it('keeps what a store does not cut, and what may be a pointer', () => {
    const lines = optimised((b) => {
      const id = b.call('get_current_pid_tgid');
      b.store(4, b.slot(8), 0, b.alu('and', id, 0xffffn));
      b.store(8, b.slot(8), 0, b.alu('and', id, -1n, 32));
      b.store(4, b.slot(8), 0, b.alu('and', b.call('get_current_task_btf'), -1n, 32));
      b.ret(0n);
    });
    expect(lines.filter((line) => line.includes('&'))).toHaveLength(3);
  });

  it('shifts by what is left of a constant modulo the width, as a register would', () => {
    const lines = optimised((b) => b.ret(b.alu('lsh', b.call('get_prandom_u32'), -5n)));
    expect(lines[1]).toMatch(/<< 59$/);
  });

  it('knows that no unsigned number is below 0', () => {
    const lines = optimised((b) => {
      const yes = b.newBlock();
      const no = b.newBlock();
      b.branch('jlt', b.call('get_prandom_u32'), 0n, yes, no);
      b.place(yes);
      b.ret(1n);
      b.place(no);
      b.ret(2n);
    });
    expect(lines).toEqual(['return 2']);
  });
});
