import { describe, expect, it } from 'vitest';
import { matcher } from './probe-search.ts';

describe('matcher', () => {
  it.each([
    ['sched', 'tracepoint:sched:sched_switch', true],
    ['SCHED_SW', 'tracepoint:sched:sched_switch', true],
    ['tracepoint:sched:*', 'tracepoint:sched:sched_switch', true],
    ['tracepoint:*switch', 'tracepoint:sched:sched_switch', true],
    ['sched:*', 'tracepoint:sched:sched_switch', false],
    ['sys_enter_?ead', 'sys_enter_read', true],
    ['a.b*', 'axb', false],
    ['(', 'x', false],
    ['', 'anything', true],
  ])('%s on %s: %s', (pattern, name, expected) => expect(matcher(pattern)(name)).toBe(expected));

  it('does not go through all ways in which many stars may match', () => {
    expect(matcher(`${'*a'.repeat(40)}b`)('a'.repeat(200))).toBe(false);
  });
});
