import { readFileSync } from 'node:fs';

/** `0-3,8` as [0, 1, 2, 3, 8]. */
export const parseCpuList = (text: string): number[] => {
  const cpus: number[] = [];
  for (const range of text.trim().split(',')) {
    const [first, last] = range.split('-').map(Number);
    if (range === '' || first === undefined || Number.isNaN(first)) continue;
    for (let cpu = first; cpu <= (last ?? first); cpu++) cpus.push(cpu);
  }
  return cpus;
};

const read = (name: string): number[] => parseCpuList(readFileSync(`/sys/devices/system/cpu/${name}`, 'utf8'));

/** CPUs that run now; may change while we look. */
export const onlineCpus = (): number[] => read('online');

let possible: number | null = null;

/** How many values a per-CPU map element has: the kernel's number of possible CPUs, fixed at boot. */
export const possibleCpus = (): number => (possible ??= Math.max(...read('possible')) + 1);
