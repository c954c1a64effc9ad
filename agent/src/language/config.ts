/** The config block's keys with their defaults; environment variables BPFTRACE_<KEY> win over the block (CLI only). */
export interface Config {
  readonly max_map_keys: number;
  readonly max_strlen: number;
  readonly max_probes: number;
  readonly max_bpf_progs: number;
  readonly max_cat_bytes: number;
  readonly on_stack_limit: number;
  readonly log_size: number;
  /** Pages of the event ring; null: chosen from the memory that is free. */
  readonly perf_rb_pages: number | null;
  readonly stack_mode: 'bpftrace' | 'perf' | 'raw' | 'build_id';
  readonly str_trunc_trailer: string;
  readonly missing_probes: 'error' | 'warn' | 'ignore';
  readonly print_maps_on_exit: boolean;
  readonly license: string;
  readonly cpp_demangle: boolean;
  readonly lazy_symbolication: boolean;
  readonly cache_user_symbols: 'PER_PID' | 'PER_PROGRAM' | 'NONE';
  readonly show_debug_info: boolean;
  readonly unstable_tseries: 'enable' | 'warn' | 'error';
  readonly unstable_dw_ustack: 'enable' | 'warn' | 'error';
  readonly unstable_typeinfo: 'enable' | 'warn' | 'error';
  readonly unstable_import_statement: 'enable' | 'warn' | 'error';
}

export const DEFAULT_CONFIG: Config = {
  max_map_keys: 4096,
  max_strlen: 1024,
  max_probes: 1024,
  max_bpf_progs: 1024,
  max_cat_bytes: 10240,
  on_stack_limit: 32,
  log_size: 1000000,
  perf_rb_pages: null,
  stack_mode: 'bpftrace',
  str_trunc_trailer: '..',
  missing_probes: 'error',
  print_maps_on_exit: true,
  license: 'GPL',
  cpp_demangle: true,
  lazy_symbolication: true,
  cache_user_symbols: 'PER_PROGRAM',
  show_debug_info: true,
  unstable_tseries: 'warn',
  unstable_dw_ustack: 'warn',
  unstable_typeinfo: 'error',
  unstable_import_statement: 'error',
};
