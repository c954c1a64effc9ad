/** Tracepoints as tracefs shows them. Minimum kernel 4.1 for tracefs at /sys/kernel/tracing. */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { pathExists } from '../sys/path.ts';
import { parseFormat, type Format } from './format.ts';

const ROOTS = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];

/** Where tracefs is mounted, null when it is not (or not for us). */
export function tracefsRoot(): string | null {
  return ROOTS.find((root) => pathExists(`${root}/events`)) ?? null;
}

/** Why tracefs cannot be read: `missing` (not mounted) or `denied`; null when it can. */
export function tracefsProblem(): 'missing' | 'denied' | null {
  let problem: 'missing' | 'denied' = 'missing';
  for (const root of ROOTS) {
    try {
      closeSync(openSync(`${root}/available_events`, 'r'));
      return null;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EACCES') problem = 'denied';
    }
  }
  return problem;
}

/** Every `category:event`, in the kernel's order; empty without tracefs. */
export function listEvents(): string[] {
  const root = tracefsRoot();
  if (root === null) return [];
  return readFileSync(`${root}/available_events`, 'latin1')
    .split('\n')
    .filter((line) => line.includes(':'));
}

/** null when there is no such tracepoint, or it may not be read. */
export function readFormat(category: string, event: string): Format | null {
  const root = tracefsRoot();
  if (root === null || /[/\0]/.test(category + event)) return null;
  try {
    return parseFormat(readFileSync(`${root}/events/${category}/${event}/format`, 'latin1'));
  } catch {
    return null;
  }
}
