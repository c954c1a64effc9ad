/**
 * Kernel modules that went away under a query: kprobes do not hold them, and a probe on a function that is gone says
 * nothing. What else attaches to a module keeps it loaded.
 */
import { statSync } from 'node:fs';
import type { ResolvedProbe } from '../language/attach.ts';

/** Which incarnation of a module is loaded: its folder in sysfs; null when it is not. */
function loaded(module: string): number | null {
  return statSync(`/sys/module/${module}`, { throwIfNoEntry: false })?.ino ?? null;
}

export interface UnloadedModule {
  readonly text: string;
  /** How many see nothing more. */
  readonly probes: number;
}

export class UnloadedModules {
  readonly #watched: readonly { readonly module: string; readonly ino: number; readonly probes: readonly string[] }[];

  /** To be made when all is attached. */
  constructor(probes: readonly ResolvedProbe[]) {
    const names = new Map<string, string[]>();
    for (const { name, site } of probes) {
      if (site.kind !== 'kprobe' || site.module === '' || site.module === 'vmlinux') continue;
      names.set(site.module, [...(names.get(site.module) ?? []), name]);
    }
    this.#watched = [...names].flatMap(([module, own]) => {
      const ino = loaded(module);
      return ino === null ? [] : [{ module, ino, probes: own }];
    });
  }

  /** Each module that is gone, or was loaded anew. */
  find(): readonly UnloadedModule[] {
    return this.#watched
      .filter(({ module, ino }) => loaded(module) !== ino)
      .map(({ module, probes }) => {
        const [first = '', ...others] = probes;
        const who = others.length === 0 ? `${first} sees` : `${first} and ${others.length} more probes see`;
        return { text: `the module ${module} was unloaded: ${who} nothing more`, probes: probes.length };
      });
  }
}
