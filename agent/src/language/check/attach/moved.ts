/** Where a kernel function went: names that compilers and kernel releases give to what older scripts call otherwise. */
import { nearest } from '../suggest.ts';

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

/** A hint for a function that the kernel does not have; `functions` as the target lists them. */
export function whereItWent(name: string, functions: readonly string[], has: ReadonlySet<string>): string | undefined {
  const base = name.replace(/\.(isra|constprop|part|cold)\..*$/, '');
  if (base !== name && has.has(base)) return `This kernel has it as ${base}.`;
  const copy = functions.find((one) => one.startsWith(`${base}.`) && one !== name);
  if (copy !== undefined) return `The compiler made ${copy} of it.`;
  const renamed = RENAMED.map((rename) => rename(name)).find((candidate) => candidate !== name && has.has(candidate));
  return renamed === undefined ? nearest(name, functions) : `Did you mean ${renamed}?`;
}
