/** The keys of the config block: values allowed and what they do. Defaults are in config.ts. */
import type { Config } from '../config.ts';

interface Base {
  readonly name: keyof Config;
  readonly documentation: string;
  readonly renamedFrom: readonly string[];
}

export type ConfigRow =
  | (Base & { readonly type: 'int'; readonly min: number; readonly max: number })
  | (Base & { readonly type: 'bool' | 'string' })
  | (Base & { readonly type: 'choice'; readonly choices: readonly string[] });

const int = (
  name: keyof Config,
  min: number,
  max: number,
  documentation: string,
  ...renamedFrom: string[]
): ConfigRow => ({
  name,
  type: 'int',
  min,
  max,
  documentation,
  renamedFrom,
});
const bool = (name: keyof Config, documentation: string): ConfigRow => ({
  name,
  type: 'bool',
  documentation,
  renamedFrom: [],
});
const choice = (name: keyof Config, choices: string, documentation: string): ConfigRow => ({
  name,
  type: 'choice',
  choices: choices.split(' '),
  documentation,
  renamedFrom: [],
});

const UNSTABLE = 'enable warn error';

export const CONFIG_ROWS: readonly ConfigRow[] = [
  int('max_map_keys', 1, 100_000_000, 'Entries of each map with keys.', 'map_keys_max'),
  int('max_strlen', 1, 65_536, 'Bytes that str() and buf() read at most.', 'strlen'),
  int('max_probes', 1, 1_000_000, 'Probes that a query may have.'),
  int('max_bpf_progs', 1, 1_000_000, 'BPF programs that a query may have.'),
  int('max_cat_bytes', 1, 100_000_000, 'Bytes that cat() prints at most.', 'cat_bytes_max'),
  int('on_stack_limit', 0, 512, 'Larger objects are kept in per-CPU memory instead of on the BPF stack.'),
  int('log_size', 1, 1_073_741_823, 'Bytes of the verifier’s log.'),
  int('perf_rb_pages', 1, 1_048_576, 'Pages of the event ring.'),
  choice('stack_mode', 'bpftrace perf raw build_id', 'How stacks are printed.'),
  { name: 'str_trunc_trailer', type: 'string', documentation: 'Printed after a string that was cut.', renamedFrom: [] },
  choice('missing_probes', 'error warn ignore', 'What happens when a probe is not there.'),
  bool('print_maps_on_exit', 'Whether maps are printed when the query ends.'),
  { name: 'license', type: 'string', documentation: 'License of the BPF programs.', renamedFrom: [] },
  {
    name: 'cpp_demangle',
    type: 'bool',
    documentation: 'Whether C++ names are demangled.',
    renamedFrom: ['no_cpp_demangle'],
  },
  bool('lazy_symbolication', 'Whether addresses are turned into names when they are printed.'),
  choice('cache_user_symbols', 'PER_PID PER_PROGRAM NONE', 'How symbols of programs are cached.'),
  bool('show_debug_info', 'Whether stacks show source lines.'),
  choice('unstable_tseries', UNSTABLE, 'Whether tseries() may be used.'),
  choice('unstable_dw_ustack', UNSTABLE, 'Whether DWARF user stacks may be used.'),
  choice('unstable_typeinfo', UNSTABLE, 'Whether typeinfo may be used.'),
  choice('unstable_import_statement', UNSTABLE, 'Whether import may be used in blocks.'),
];

/** Keys of older bpftrace that say nothing any more: what they allowed is part of the language, what they chose is gone. */
export const RETIRED_KEYS: ReadonlySet<string> = new Set([
  'unstable_map_decl',
  'unstable_addr',
  'unstable_import',
  'unstable_macro',
  'symbol_source',
  'max_type_res_iterations',
]);
