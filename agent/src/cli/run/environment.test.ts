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
  [{ BPFTRACE_MAX_STRLEN: '0' }, {}, ["BPFTRACE_MAX_STRLEN: '0' is not a valid value"]],
  [{ BPFTRACE_STACK_MODE: 'other' }, {}, ["BPFTRACE_STACK_MODE: 'other' is not a valid value"]],
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
