import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { clockNs, clockOffsetNs } from './clock.ts';
import { parseCpuList } from './cpus.ts';
import { findRange, parseMemoryMap, readMemoryMap } from './memory-map.ts';
import { commOf, innerPidOf, startTicksOf } from './process.ts';
import { parseStat } from './stat.ts';
import { parsePasswd } from './user.ts';

describe('cpu lists', () => {
  it.each([
    ['0-3,8\n', [0, 1, 2, 3, 8]],
    ['0', [0]],
    ['', []],
    ['2,4-5', [2, 4, 5]],
  ])('%j', (text, cpus) => expect(parseCpuList(text)).toEqual(cpus));
});

describe('memory maps', () => {
  const text = [
    '55d0c8c00000-55d0c8c2c000 r--p 00000000 fd:01 1234                       /usr/bin/my prog',
    '55d0c8c2c000-55d0c8d00000 r-xp 0002c000 fd:01 1234                       /usr/bin/my prog',
    '7f0000000000-7f0000001000 r-xp 00000000 fd:01 99                         /tmp/gone.so (deleted)',
    '7fff00000000-7fff00002000 r-xp 00000000 00:00 0                          [vdso]',
    'ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]',
  ].join('\n');

  it('finds the range of an address', () => {
    const ranges = parseMemoryMap(text);
    expect(findRange(ranges, 0x55d0c8c2c010)).toMatchObject({
      offset: 0x2c000,
      path: '/usr/bin/my prog',
      executable: true,
    });
    expect(findRange(ranges, 0x7f0000000fff)).toMatchObject({ path: '/tmp/gone.so', deleted: true });
    expect(findRange(ranges, 0x7f0000001000)).toBeNull();
    expect(findRange(ranges, 0)).toBeNull();
  });

  it('reads those of this process', () => {
    const ranges = readMemoryMap(process.pid) ?? [];
    expect(ranges.some(({ path, executable }) => executable && path === process.execPath)).toBe(true);
    expect(readMemoryMap(2 ** 22 + 1)).toBeNull();
  });

  it('takes any text', () => {
    fc.assert(fc.property(fc.string(), (any) => Array.isArray(parseMemoryMap(any))));
  });
});

it('reads host counters', () => {
  const stat = parseStat(
    'cpu  1 2 3\ncpu0 1 2 3\nintr 5 0 0\nctxt 77\nbtime 1700000000\nprocesses 9\nprocs_running 2\nprocs_blocked 1\n',
  );
  expect(stat).toMatchObject({ contextSwitches: 77, forks: 9, running: 2, blocked: 1, bootTime: 1_700_000_000 });
  expect(stat.cpus.get('cpu0')).toEqual([1, 2, 3]);
});

it('turns monotonic into wall time', () => {
  const wall = Number((clockNs('monotonic') + clockOffsetNs('monotonic', 'realtime')) / 1_000_000n);
  expect(Math.abs(wall - Date.now())).toBeLessThan(50);
});

it('reads facts of this process', () => {
  expect(commOf(process.pid)).not.toBe('');
  expect(startTicksOf(process.pid)).toBeGreaterThan(0);
  expect(innerPidOf(process.pid)).toBeGreaterThan(0);
});

it('reads users', () => {
  expect(parsePasswd('root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\n\nbad\n').get(0)).toBe('root');
});
