/**
 * Where a program is attached, fully resolved: what the checker found for one attach point after expansion, and what
 * the engine hands to native/link. Plain data.
 */
export type AttachSite =
  | { readonly kind: 'begin' | 'end' }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'test' | 'bench'; readonly name: string }
  | { readonly kind: 'tracepoint'; readonly category: string; readonly event: string; readonly id: number }
  /** btfId null: plain raw tracepoint with u64 arguments. */
  | { readonly kind: 'rawtracepoint'; readonly event: string; readonly module: string; readonly btfId: number | null }
  /** `address` instead of a symbol for kprobe by address; offset in bytes from the symbol. */
  | {
      readonly kind: 'kprobe';
      readonly return: boolean;
      readonly symbol: string;
      readonly module: string;
      readonly offset: number;
      readonly address: bigint | null;
      /** Several functions have this name, in files of their own: it is attached to each. */
      readonly copies?: true;
    }
  /** bpfProgram: the function is one of that program's, btfId is in its BTF. */
  | {
      readonly kind: 'fentry';
      readonly return: boolean;
      readonly symbol: string;
      readonly module: string;
      readonly btfId: number;
      readonly bpfProgram: { readonly id: number; readonly name: string } | null;
    }
  /** offset: in the file. pid null: all processes. */
  | {
      readonly kind: 'uprobe';
      readonly return: boolean;
      readonly path: string;
      readonly symbol: string;
      readonly offset: number;
      readonly pid: number | null;
    }
  | {
      readonly kind: 'usdt';
      readonly path: string;
      readonly provider: string;
      readonly name: string;
      readonly offset: number;
      readonly semaphoreOffset: number;
      readonly pid: number | null;
      readonly args: readonly string[];
    }
  /** Timer on every online CPU; exactly one of period (ns) and frequency (Hz). */
  | { readonly kind: 'profile'; readonly periodNs: bigint | null; readonly hz: number | null }
  /** Timer on one CPU. */
  | { readonly kind: 'interval'; readonly periodNs: bigint | null; readonly hz: number | null }
  | { readonly kind: 'software' | 'hardware'; readonly event: string; readonly config: number; readonly count: bigint }
  | { readonly kind: 'watchpoint'; readonly address: bigint; readonly length: 1 | 2 | 4 | 8; readonly mode: string }
  | { readonly kind: 'iter'; readonly target: string; readonly btfId: number; readonly pin: string | null };

export type AttachKind = AttachSite['kind'];

/** The site of a kind. */
export type SiteOf<K extends AttachKind> = AttachSite extends infer A
  ? A extends { readonly kind: infer Kinds }
    ? K extends Kinds
      ? A
      : never
    : never
  : never;

/** One attach point after expansion; `name` is its full spelling as the `probe` builtin and listings show it. */
export interface ResolvedProbe {
  readonly name: string;
  readonly site: AttachSite;
}

/** What a site's program is to the kernel, as features are named: `kfunc:bpf_task_from_pid@tracepoint`. */
export function programType(site: AttachSite): string {
  if (site.kind === 'rawtracepoint') return site.btfId === null ? 'raw_tracepoint' : 'tracing';
  return PROGRAM_TYPES[site.kind];
}

const PROGRAM_TYPES: Readonly<Record<Exclude<AttachKind, 'rawtracepoint'>, string>> = {
  begin: 'raw_tracepoint',
  end: 'raw_tracepoint',
  signal: 'raw_tracepoint',
  test: 'xdp',
  bench: 'xdp',
  tracepoint: 'tracepoint',
  kprobe: 'kprobe',
  uprobe: 'kprobe',
  usdt: 'kprobe',
  fentry: 'tracing',
  iter: 'tracing',
  profile: 'perf_event',
  interval: 'perf_event',
  software: 'perf_event',
  hardware: 'perf_event',
  watchpoint: 'perf_event',
};
