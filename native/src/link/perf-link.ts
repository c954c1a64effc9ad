/** A program on a perf event: by a link since Linux 5.15 (the only way to give a cookie), by ioctl before. */
import { bpfFd, tryBpf } from '../sys/bpf.ts';
import { SyscallError } from '../sys/error.ts';
import { FileDescriptor, Scope } from '../sys/handle.ts';
import { AttachType } from '../uapi/attach-type.ts';
import { PERF_EVENT_IOC_SET_BPF } from '../uapi/perf.ts';
import { PerfEvent } from '../perf/event.ts';
import type { EventAttr, EventPlace } from '../perf/event.ts';
import { LINK_PERF_EVENT } from './layouts.ts';
import { Link } from './link.ts';
import { explained } from './refusal.ts';
import type { AttachableProgram, AttachOptions } from './link.ts';

const EINVAL = -22;

/** Attaches to an event that is already open and starts it; `scope` owns what is made. Returns the means. */
export const attachToEvent = (
  scope: Scope,
  program: AttachableProgram,
  event: PerfEvent,
  { cookie }: AttachOptions,
): string => {
  const attr = LINK_PERF_EVENT.encode({
    prog_fd: program.fd.number,
    target_fd: event.fd.number,
    attach_type: AttachType.BPF_PERF_EVENT,
    bpf_cookie: cookie,
  });
  const what = `attach ${program.name} to ${event.fd.what}`;
  const result = tryBpf('BPF_LINK_CREATE', attr);
  if (result >= 0) {
    scope.add(new FileDescriptor(result, `link of ${event.fd.what}`));
  } else if (result === EINVAL && cookie === undefined) {
    event.control(PERF_EVENT_IOC_SET_BPF, program.fd.number, `attach ${program.name} to`);
  } else {
    throw new SyscallError('bpf(BPF_LINK_CREATE)', what, -result);
  }
  event.enable();
  return result >= 0 ? 'perf_link' : 'perf_event';
};

/** Closes what was made when the making fails, and says what the kernel's refusal means. */
const build = (what: string, make: (scope: Scope) => Link): Link => explained(what, () => Scope.build(make));

/** Opens one event at each place and attaches the program to all. */
export const attachToEvents = (
  program: AttachableProgram,
  what: string,
  attr: EventAttr,
  places: readonly EventPlace[],
  options: AttachOptions = {},
): Link =>
  build(what, (scope) => {
    let means = 'perf_event';
    for (const place of places) {
      const event = scope.add(PerfEvent.open(attr, place, what));
      means = attachToEvent(scope, program, event, options);
    }
    return new Link(what, means, scope);
  });

/** For links made by one bpf(2) command. */
export const linkByCommand = (
  command: 'BPF_LINK_CREATE' | 'BPF_RAW_TRACEPOINT_OPEN',
  attr: Uint8Array,
  program: AttachableProgram,
  what: string,
  means: string,
): Link =>
  build(what, (scope) => {
    scope.add(bpfFd(command, attr, `attach ${program.name} to ${what}`, `link of ${what}`));
    return new Link(what, means, scope);
  });
