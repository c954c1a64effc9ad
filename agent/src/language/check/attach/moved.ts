/** Where a kernel function went: names that compilers and kernel releases give to what older scripts call otherwise. */
import { nearest } from '../suggest.ts';
import type { FunctionList } from './function-list.ts';

/** How names changed: candidates for an older (or newer) name. */
const RENAMED: readonly ((name: string) => string)[] = [
  // Linux 6.10: allocations are profiled by their callers.
  (name) => `${name}_noprof`,
  // Linux 5.16 and later: pages became folios.
  (name) => name.replace('page', 'folio'),
  (name) => name.replace('folio', 'page'),
  // What was a function is a wrapper in a header, or no longer one.
  (name) => `__${name}`,
  (name) => name.replace(/^__/, ''),
  (name) => name.replace(/_noprof$/, ''),
];

/** A hint for a function that the kernel does not have. */
export function whereItWent(name: string, functions: FunctionList): string | undefined {
  const { names, variants } = functions;
  const base = name.replace(/\.(isra|constprop|part|cold)\..*$/, '');
  if (base !== name && functions.has(base)) return `This kernel has it as ${base}.`;
  const variant = variants.get(base);
  if (variant !== undefined && variant !== name) return `The compiler made ${variant} of it.`;
  const renamed = RENAMED.map((rename) => rename(name)).find(
    (candidate) => candidate !== name && functions.has(candidate),
  );
  return renamed === undefined ? nearest(name, names) : `Did you mean ${renamed}?`;
}
