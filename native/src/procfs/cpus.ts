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

let possible: readonly number[] | null = null;

/** CPUs that there can ever be, fixed at boot. Their numbers may have gaps. */
const possibleList = (): readonly number[] => (possible ??= read('possible'));

/** One more than the largest number that bpf_get_smp_processor_id can return. */
export const possibleCpus = (): number => Math.max(...possibleList()) + 1;

/** How many values an element of a per-CPU map has: gaps between CPU numbers have none (num_possible_cpus). */
export const possibleCpuCount = (): number => possibleList().length;
