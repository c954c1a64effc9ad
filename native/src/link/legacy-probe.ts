/** Probes as tracefs events, for kernels whose perf has no kprobe and uprobe PMU (before Linux 4.17). */
import { appendFileSync, readFileSync } from 'node:fs';
import { Scope } from '../sys/handle.ts';
import { PERF_SAMPLE_RAW, PerfType } from '../uapi/perf.ts';
import { PerfEvent } from '../perf/event.ts';
import type { EventPlace } from '../perf/event.ts';
import { attachToEvent } from './perf-link.ts';
import { Link } from './link.ts';
import type { AttachableProgram, AttachOptions } from './link.ts';
import { pathExists } from '../sys/path.ts';
import { kprobeName } from './kprobe.ts';
import type { KprobeSite } from './kprobe.ts';
import { uprobeName } from './uprobe.ts';
import type { UprobeSite } from './uprobe.ts';

const ROOTS = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];
const GROUP = 'bpfscope';

let serial = 0;

const tracefs = (): string => {
  const root = ROOTS.find((path) => pathExists(`${path}/kprobe_events`) || pathExists(`${path}/uprobe_events`));
  if (root === undefined) throw new Error('tracefs is not mounted: mount -t tracefs tracefs /sys/kernel/tracing');
  return root;
};

/** Makes the event, attaches, and removes the event after the perf event is closed. */
const attach = (
  program: AttachableProgram,
  file: 'kprobe_events' | 'uprobe_events',
  definition: (name: string) => string,
  place: EventPlace,
  what: string,
  options: AttachOptions,
): Link =>
  Scope.build((scope) => {
    const root = tracefs();
    const name = `p_${process.pid}_${serial++}`;
    appendFileSync(`${root}/${file}`, `${definition(`${GROUP}/${name}`)}\n`);
    scope.defer(() => appendFileSync(`${root}/${file}`, `-:${GROUP}/${name}\n`));
    const id = Number(readFileSync(`${root}/events/${GROUP}/${name}/id`, 'utf8'));
    const attr = {
      type: PerfType.PERF_TYPE_TRACEPOINT,
      config: id,
      sample_type: PERF_SAMPLE_RAW,
      sample_period: 1,
      wakeup_events: 1,
    };
    const event = scope.add(PerfEvent.open(attr, place, what));
    attachToEvent(scope, program, event, options);
    return new Link(what, 'legacy', scope);
  });

export const attachLegacyKprobe = (program: AttachableProgram, site: KprobeSite, options: AttachOptions): Link => {
  const target = typeof site.address === 'bigint' ? `0x${site.address.toString(16)}` : `${site.symbol}+${site.offset}`;
  const letter = site.return ? 'r' : 'p';
  return attach(
    program,
    'kprobe_events',
    (name) => `${letter}:${name} ${site.return && site.symbol !== '' ? site.symbol : target}`,
    { pid: -1, cpu: 0 },
    kprobeName(site),
    options,
  );
};

export const attachLegacyUprobe = (program: AttachableProgram, site: UprobeSite, options: AttachOptions): Link => {
  const semaphore = site.semaphoreOffset ? `(0x${site.semaphoreOffset.toString(16)})` : '';
  return attach(
    program,
    'uprobe_events',
    (name) => `${site.return ? 'r' : 'p'}:${name} ${site.path}:0x${site.offset.toString(16)}${semaphore}`,
    site.pid === null ? { pid: -1, cpu: 0 } : { pid: site.pid, cpu: -1 },
    uprobeName(site),
    options,
  );
};
