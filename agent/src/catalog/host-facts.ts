/** This host's answers to what metrics require. */
import { readFileSync } from 'node:fs';
import { featureLack } from '@bpfscope/native/features';
import type { Target } from '../language/target.ts';
import type { HostFacts } from './host-catalog.ts';

/** What the choice of variants asks, from the live host. */
export function hostFacts(target: Target): HostFacts {
  const files = new Map<string, boolean>();
  // Names only: reading the formats of all would bring in the kernel's types.
  const tracepoints = new Set(target.tracepoints());
  return {
    hasTracepoint: (category, event) => tracepoints.has(`${category}:${event}`),
    hasField: (category, event, field) => new RegExp(`\\b${field}(\\[[^\\]]*\\])?;`).test(formatOf(category, event)),
    hasMember: (struct, member) => {
      const type = target.btf?.struct(struct, 'struct') ?? null;
      return type !== null && (target.btf?.fields(type.id)?.some(({ name }) => name === member) ?? false);
    },
    hasFeature: (name) => (name === 'btf' ? target.btf !== null : target.has(name)),
    featureWords: (name) => featureLack(name)?.words ?? name,
    hasFile: (path) => {
      let known = files.get(path);
      if (known === undefined) files.set(path, (known = readable(path)));
      return known;
    },
  };
}

/** Pressure files are there but fail to be read where the kernel has them turned off. */
function readable(path: string): boolean {
  try {
    return readFileSync(path).length > 0;
  } catch {
    return false;
  }
}

/** The text, not the parsed record: that would bring in the kernel's types. */
function formatOf(category: string, event: string): string {
  try {
    return readFileSync(`/sys/kernel/tracing/events/${category}/${event}/format`, 'utf8');
  } catch {
    return '';
  }
}
