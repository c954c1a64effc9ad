import { expect, test } from 'vitest';
import { configFromEnvironment } from './environment.ts';

test.each([
  [{ BPFTRACE_MAX_STRLEN: '64', OTHER: 'x' }, { max_strlen: 64 }, []],
  [
    { BPFTRACE_STACK_MODE: 'perf', BPFTRACE_PRINT_MAPS_ON_EXIT: '0' },
    { stack_mode: 'perf', print_maps_on_exit: false },
    [],
  ],
  [{ BPFTRACE_STR_TRUNC_TRAILER: '5' }, { str_trunc_trailer: '5' }, []],
  [{ BPFTRACE_CACHE_USER_SYMBOLS: '0' }, { cache_user_symbols: 'NONE' }, []],
  [{ BPFTRACE_CACHE_USER_SYMBOLS: '1' }, { cache_user_symbols: 'PER_PROGRAM' }, []],
  [{ BPFTRACE_STRLEN: '32' }, { max_strlen: 32 }, ['BPFTRACE_STRLEN is now called BPFTRACE_MAX_STRLEN']],
  [
    { BPFTRACE_STRLEN: '32', BPFTRACE_MAX_STRLEN: '16' },
    { max_strlen: 16 },
    ['BPFTRACE_STRLEN is now called BPFTRACE_MAX_STRLEN'],
  ],
  [
    { BPFTRACE_NO_CPP_DEMANGLE: '1' },
    { cpp_demangle: false },
    ['BPFTRACE_NO_CPP_DEMANGLE is now called BPFTRACE_CPP_DEMANGLE'],
  ],
])('%j', (variables, config, messages) => {
  const said: string[] = [];
  expect(configFromEnvironment(variables, (message) => said.push(message))).toEqual(config);
  expect(said).toEqual(messages);
});

test.each([
  ['BPFTRACE_MAX_STRLEN', '0', 'an integer from 1 to 65536'],
  ['BPFTRACE_MAX_STRLEN', '', 'an integer from 1 to 65536'],
  ['BPFTRACE_STACK_MODE', 'other', 'one of bpftrace, perf, raw, build_id'],
  ['BPFTRACE_CACHE_USER_SYMBOLS', '2', 'one of PER_PID, PER_PROGRAM, NONE'],
])('%s=%s', (variable, value, takes) => {
  const message = `${variable}: '${value}' is not a valid value: it takes ${takes}`;
  expect(() => configFromEnvironment({ [variable]: value }, () => undefined)).toThrow(message);
});
