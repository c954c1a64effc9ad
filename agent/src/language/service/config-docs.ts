import type { Config } from '../config.ts';

export interface ConfigDoc {
  readonly key: keyof Config;
  /** What may be written, and the default. */
  readonly value: string;
  readonly documentation: string;
}

const DOCS: { readonly [K in keyof Config]: readonly [value: string, documentation: string] } = {
  max_map_keys: ['number, default 4096', 'Entries a map can hold.'],
  max_strlen: ['bytes, default 1024', 'Longest string that `str`, `buf` and `path` read.'],
  max_probes: ['number, default 1024', 'Most places that one query may attach to.'],
  max_bpf_progs: ['number, default 1024', 'Most BPF programs that one query may load.'],
  max_cat_bytes: ['bytes, default 10240', 'How much of a file `cat` prints.'],
  on_stack_limit: ['bytes, default 32', 'Larger values are kept in per-CPU memory instead of the BPF stack.'],
  log_size: ['bytes, default 1000000', 'Size of the verifier’s log.'],
  perf_rb_pages: ['pages, default by memory', 'Size of the event ring.'],
  stack_mode: ['bpftrace | perf | raw | build_id', 'How stacks are shown.'],
  str_trunc_trailer: ['string, default ".."', 'Put behind a string that was cut.'],
  missing_probes: ['error | warn | ignore', 'What happens when a probe cannot be attached.'],
  print_maps_on_exit: ['bool, default true', 'Print all maps at the end.'],
  license: ['string, default "GPL"', 'License of the BPF programs; the kernel asks for a GPL compatible one.'],
  cpp_demangle: ['bool, default true', 'Show C++ names readable.'],
  lazy_symbolication: ['bool, default true', 'Resolve user symbols when they are printed.'],
  cache_user_symbols: ['PER_PID | PER_PROGRAM | NONE', 'How symbols of programs are kept.'],
  show_debug_info: ['bool, default true', 'Use debug information of programs.'],
  unstable_tseries: ['enable | warn | error', 'Whether `tseries` may be used.'],
  unstable_dw_ustack: ['enable | warn | error', 'Whether stacks by DWARF may be used.'],
  unstable_typeinfo: ['enable | warn | error', 'Whether `typeinfo` may be used.'],
  unstable_import_statement: ['enable | warn | error', 'Whether `import` may be a statement.'],
};

export const CONFIG_DOCS: readonly ConfigDoc[] = (Object.keys(DOCS) as (keyof Config)[]).map((key) => ({
  key,
  value: DOCS[key][0],
  documentation: DOCS[key][1],
}));
