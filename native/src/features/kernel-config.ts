import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { gunzip } from '../sys/zlib.ts';

const read = (): string | null => {
  try {
    return Buffer.from(gunzip(readFileSync('/proc/config.gz'))).toString('latin1');
  } catch {
    // Not every kernel shows it there.
  }
  for (const path of [`/boot/config-${release()}`, `/lib/modules/${release()}/config`]) {
    try {
      return readFileSync(path, 'latin1');
    } catch {
      continue;
    }
  }
  return null;
};

/** `CONFIG_KPROBES` to `y`, `m`, a number or text; what is not set is not there. */
export const parseKernelConfig = (text: string): ReadonlyMap<string, string> =>
  new Map(Array.from(text.matchAll(/^(CONFIG_\w+)=(.*)$/gm), (match) => [match[1] ?? '', match[2] ?? '']));

let config: ReadonlyMap<string, string> | null | undefined;

/** How this kernel was built; null when nothing on the host says. */
export const kernelConfig = (): ReadonlyMap<string, string> | null => {
  if (config !== undefined) return config;
  const text = read();
  return (config = text === null ? null : parseKernelConfig(text));
};

/** The first of these options that the kernel was built without; null when all are there or nobody knows. */
export const missingOption = (options: readonly string[]): string | null => {
  const known = kernelConfig();
  return known === null ? null : (options.find((option) => !known.has(option)) ?? null);
};
