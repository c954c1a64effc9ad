/** Probes that every host has: begin, end, timers, perf events, watchpoints, signals, tests. */
import type { AttachSite, ResolvedProbe } from '../../attach.ts';
import { HARDWARE_EVENTS, SOFTWARE_EVENTS } from '../../tables/probes/perf-events.ts';
import type { PerfEventRow } from '../../tables/probes/perf-events.ts';
import { signalNumber } from '../../tables/signals.ts';
import { nearest } from '../suggest.ts';
import { found, malformed } from './context.ts';
import type { AttachContext, Resolver } from './context.ts';
import { parseDuration, parseNumber, unitNs } from './numbers.ts';

const single =
  (kind: 'begin' | 'end'): Resolver =>
  (cx) =>
    cx.parts.length === 0 || (cx.parts.length === 1 && cx.parts[0] === '*') ? [found(kind, { kind })] : malformed(cx);

const MIN_PERIOD_NS = 1000n;
const MAX_HZ = 1_000_000n;

const timer =
  (kind: 'profile' | 'interval'): Resolver =>
  (cx) => {
    const [unit = '', count] = cx.parts;
    const name = `${kind}:${cx.parts.join(':')}`;
    if (cx.parts.length === 1) return period(cx, kind, name, parseDuration(unit));
    if (cx.parts.length !== 2 || count === undefined) return malformed(cx);
    const value = parseNumber(count);
    if (value === null || value === 0n) {
      cx.error('bad-attach-point', `${kind}: '${count}' is no number greater than 0.`);
      return [];
    }
    if (unit === 'hz') {
      if (value <= MAX_HZ) return [found(name, { kind, periodNs: null, hz: Number(value) })];
      cx.error('bad-attach-point', `${kind}: at most ${String(MAX_HZ)} Hz.`);
      return [];
    }
    const scale = unitNs(unit);
    if (scale !== null) return period(cx, kind, name, value * scale);
    cx.error('bad-attach-point', `Invalid unit of ${kind} probe: '${unit}'.`, 'The units are hz, s, ms and us.');
    return [];
  };

function period(
  cx: AttachContext,
  kind: 'profile' | 'interval',
  name: string,
  periodNs: bigint | null,
): readonly ResolvedProbe[] {
  if (periodNs === null) return malformed(cx);
  if (periodNs >= MIN_PERIOD_NS && periodNs < 1n << 63n) return [found(name, { kind, periodNs, hz: null })];
  cx.error('bad-attach-point', `${kind}: the period must be at least 1 us.`, 'A plain number counts nanoseconds.');
  return [];
}

const perfEvent =
  (kind: 'software' | 'hardware', events: readonly PerfEventRow[]): Resolver =>
  (cx) => {
    const [event = '', count] = cx.parts;
    if (cx.parts.length < 1 || cx.parts.length > 2) return malformed(cx);
    const row = events.find((one) => one.name === event || one.aliases.includes(event));
    if (row === undefined) {
      const names = events.flatMap((one) => [one.name, ...one.aliases]);
      cx.error(
        'unknown-probe',
        `Unknown ${kind} event '${event}'.`,
        nearest(event, names) ?? `The events are ${names.join(', ')}.`,
      );
      return [];
    }
    const value = count === undefined || count === '' ? row.defaultCount : parseNumber(count);
    if (value === null || value === 0n) {
      cx.error('bad-attach-point', `${kind}: '${count ?? ''}' is no count greater than 0.`);
      return [];
    }
    const name = `${kind}:${event}:${String(value)}`;
    return [found(name, { kind, event: row.name, config: row.config, count: value })];
  };

const LENGTHS: Readonly<Record<string, 1 | 2 | 4 | 8>> = { 1: 1, 2: 2, 4: 4, 8: 8 };

const watchpoint: Resolver = (cx) => {
  const [address = '', length = '', mode = ''] = cx.parts;
  const at = parseNumber(address);
  const size = LENGTHS[length];
  if (cx.parts.length === 3 && /\+arg\d$/.test(address)) {
    const [fn = '', argument = ''] = address.split('+');
    const print = `uprobe:PROGRAM:${fn} { printf("%p\\n", ${argument}); }`;
    const message = 'watchpoint: what an argument points to cannot be watched any more, only an address.';
    cx.error('bad-attach-point', message, `Print the address (${print}) and watch that.`);
    return [];
  }
  if (cx.parts.length !== 3 || at === null) return malformed(cx);
  if (size === undefined) {
    cx.error('bad-attach-point', 'watchpoint: the length must be 1, 2, 4 or 8.');
    return [];
  }
  const letters = [...mode].sort().join('');
  if (!/^(r|w|x|rw)$/.test(letters)) {
    cx.error('bad-attach-point', `watchpoint: '${mode}' is no mode.`, 'The modes are r, w, rw and x.');
    return [];
  }
  return [found(`watchpoint:${cx.parts.join(':')}`, { kind: 'watchpoint', address: at, length: size, mode: letters })];
};

const signal: Resolver = (cx) => {
  const [word, name = ''] = cx.parts;
  if (word !== 'signal' || cx.parts.length !== 2) return malformed(cx);
  if (signalNumber(name) === null || name === 'SIGKILL' || name === 'SIGSTOP') {
    cx.error('unknown-probe', `'${name}' is no signal that can be caught.`, 'Use SIGUSR1 or SIGUSR2.');
    return [];
  }
  return [found(`self:signal:${name}`, { kind: 'signal', signal: name })];
};

const named =
  (kind: 'test' | 'bench'): Resolver =>
  (cx) => {
    const [name = ''] = cx.parts;
    if (cx.parts.length !== 1 || name === '') return malformed(cx);
    if (cx.options.testProbes?.includes(kind) !== true) {
      // As bpftrace: a script may hold its own tests.
      cx.warning('no-effect', `${kind} probes are left out without --${kind}.`);
      return [];
    }
    const site: AttachSite = { kind, name };
    return [found(`${kind}:${name}`, site)];
  };

export const FIXED_RESOLVERS = {
  begin: single('begin'),
  end: single('end'),
  profile: timer('profile'),
  interval: timer('interval'),
  software: perfEvent('software', SOFTWARE_EVENTS),
  hardware: perfEvent('hardware', HARDWARE_EVENTS),
  watchpoint,
  self: signal,
  test: named('test'),
  bench: named('bench'),
} satisfies Readonly<Record<string, Resolver>>;
