import { describe, expect, it } from 'vitest';
import { SyscallError } from '../sys/error.ts';
import { CpuMembers } from './cpu-members.ts';
import { cpuGenerations, readCpuGenerations } from './cpu-generations.ts';
import { onlineCpus } from './cpus.ts';

const ENODEV = 19;

/** Members are texts; `said` is what was opened and left. */
function members(first: readonly (readonly [number, number])[], most?: number, offline: readonly number[] = []) {
  let now = new Map(first);
  const said: string[] = [];
  const all = new CpuMembers({
    online: () => now,
    open: (cpu) => {
      if (offline.includes(cpu)) throw new SyscallError('perf_event_open', 'open', ENODEV);
      said.push(`open ${cpu}`);
      return `on ${cpu}`;
    },
    leave: (member, cpu) => void said.push(`leave ${cpu} ${member}`),
    ...(most === undefined ? {} : { most }),
  });
  all.openAll();
  const follow = (next: readonly (readonly [number, number])[]): readonly number[] => {
    said.length = 0;
    now = new Map(next);
    return all.follow();
  };
  return { all, said, follow };
}

describe('what is kept on every CPU', () => {
  it('comes and goes with them', () => {
    const { all, said, follow } = members([
      [0, 7],
      [1, 8],
    ]);
    expect(said).toEqual(['open 0', 'open 1']);
    expect(follow([[0, 7]])).toEqual([]);
    expect(said).toEqual(['leave 1 on 1']);
    expect([...all.values()]).toEqual(['on 0']);
    expect(
      follow([
        [0, 7],
        [1, 9],
        [2, 10],
      ]),
    ).toEqual([1, 2]);
    expect(said).toEqual(['open 1', 'open 2']);
  });

  it('is made anew for a CPU that was away between two looks', () => {
    const { said, follow } = members([
      [0, 7],
      [1, 8],
    ]);
    expect(
      follow([
        [0, 7],
        [1, 9],
      ]),
    ).toEqual([1]);
    expect(said).toEqual(['leave 1 on 1', 'open 1']);
  });

  it('moves where one CPU is enough', () => {
    const online = [
      [0, 7],
      [1, 8],
    ] as const;
    const { said, follow } = members(online, 1);
    expect(said).toEqual(['open 0']);
    expect(follow([...online])).toEqual([]);
    expect(follow([[1, 8]])).toEqual([1]);
    expect(said).toEqual(['leave 0 on 0', 'open 1']);
  });

  it('leaves out a CPU that goes away just then, and tries again', () => {
    const offline = [1];
    const both = [
      [0, 7],
      [1, 8],
    ] as const;
    const { said, follow } = members(both, undefined, offline);
    expect(said).toEqual(['open 0']);
    offline.pop();
    expect(follow(both)).toEqual([1]);
  });
});

it('knows the CPUs of this host', () => {
  const now = readCpuGenerations();
  expect([...now.keys()]).toEqual(onlineCpus());
  expect(cpuGenerations()).toBe(now);
});
