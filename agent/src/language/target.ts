/**
 * The facts of a host that a compile depends on. Everything is a synchronous, pure look-up, so that the same query for
 * the same facts gives the same bytes anywhere; the engine builds one from the live host, tests from checked-in facts,
 * the browser has `emptyTarget`.
 */
import type { ArgumentPlace, Field, StructType, StructTable, Type } from './types.ts';

export interface TracepointFormat {
  readonly category: string;
  readonly event: string;
  /** perf event config. */
  readonly id: number;
  /** The record as a struct in the context address space; common_* fields left out. */
  readonly fields: readonly Field[];
  readonly size: number;
}

export interface FunctionPrototype {
  readonly name: string;
  /** BTF id of the FUNC (fentry/fexit/iter) or of the typedef btf_trace_* (raw tracepoints). */
  readonly btfId: number;
  /** '' or 'vmlinux' for the kernel, else the module's name. */
  readonly module: string;
  /** `place`, `spelling` (`const char*`): of functions in user space. */
  readonly params: readonly {
    readonly name: string;
    readonly type: Type;
    readonly spelling?: string;
    readonly place?: ArgumentPlace;
  }[];
  readonly returns: Type;
}

/** A function of a BPF program that was loaded with its types. */
export interface BpfFunction {
  readonly program: { readonly id: number; readonly name: string };
  /** btfId: in the program's own BTF. */
  readonly prototype: FunctionPrototype;
}

export interface UserSymbol {
  readonly name: string;
  /** Offset in the file, what a uprobe takes. */
  readonly offset: number;
  readonly address: bigint;
  readonly size: number;
  /** What is there chooses one of several functions when the program starts (STT_GNU_IFUNC). */
  readonly indirect?: boolean;
}

export interface UsdtProbe {
  readonly provider: string;
  readonly name: string;
  /** File offset of the nop. */
  readonly offset: number;
  /** File offset of the semaphore, 0 when there is none. */
  readonly semaphoreOffset: number;
  /** Argument specs as in the ELF note, e.g. `-4@%edi`. */
  readonly args: readonly string[];
}

export interface UserBinary {
  /** As it will be given to the kernel. */
  readonly path: string;
  symbols(): readonly UserSymbol[];
  /** Data by its name; null when there is none. */
  variable(name: string): { readonly address: bigint; readonly size: number } | null;
  /** The address, as the file has it, of what lies at an offset of the file. */
  addressOf(offset: number): bigint | null;
  usdt(): readonly UsdtProbe[];
  /** DWARF parameters of the function that begins at a file offset; null without debug information, or elsewhere. */
  prototype(symbol: string, offset: number): FunctionPrototype | null;
  /** What a type name means in the source of the code at a file offset; tag null: a bare name. null: nothing there. */
  type?(tag: 'struct' | 'union' | 'enum' | null, name: string, offset: number): Type | null;
  /**
   * Whether an instruction begins at file offset `at` of the function that begins at `from`; null when that cannot be
   * told. A probe inside an instruction changes what the program does.
   */
  startsInstruction(from: number, at: number): boolean | null;
  /** Why nothing can be read of it, to follow "cannot be traced: "; null: it can. */
  problem?(): string | null;
  /** Made by the Go compiler, whose programs move their stacks. */
  isGo?(): boolean;
  /** Where what the binary was stripped of would be, in a sentence; null: it is there, or would be nowhere. */
  stripped?(what: 'symbols' | 'debug-info'): string | null;
  /** File offsets of a source line by the line table. */
  line(file: string, line: number): readonly number[];
}

export interface Btf extends StructTable {
  /** struct/union/enum/typedef/base type by its C spelling: `struct task_struct`, `size_t`, `enum foo`. */
  type(name: string): Type | null;
  struct(name: string, tag: 'struct' | 'union'): StructType | null;
  /** Names as C spells them, for completion: `struct sock`, `enum pid_type`, `size_t`. */
  typeNames?(): readonly string[];
  /** Value of an enumerator: `TCP_ESTABLISHED`. */
  enumerator(name: string): { readonly value: bigint; readonly type: Type } | null;
  /** A kernel function; module null means any. More than one result: ambiguous over modules. */
  functions(name: string, module: string | null): readonly FunctionPrototype[];
  /** Names for wildcards and completion: of the kernel itself, or of a module. */
  functionNames(module?: string): readonly string[];
  /** A raw tracepoint's prototype (the leading void* of the typedef removed). */
  rawTracepoint(name: string): FunctionPrototype | null;
  rawTracepointNames(): readonly string[];
  /** How C spells the types of a prototype: `const char *`; null: not known. */
  spelling?(prototype: FunctionPrototype): CSpelling | null;
  /** The members of a struct or union as C declares them, one line each, indented by a tab; null: there is none. */
  members?(name: string, tag: 'struct' | 'union'): readonly string[] | null;
}

export interface CSpelling {
  readonly params: readonly string[];
  readonly returns: string;
}

export interface Target {
  /** Nothing is known (editor): look-ups find nothing, and that is no error. */
  readonly empty?: true;
  readonly arch: 'x64' | 'arm64';
  /** Version as major * 65536 + minor * 256 + patch: for messages; capabilities come from `has`. */
  readonly kernel: number;
  readonly possibleCpus: number;
  readonly onlineCpus: readonly number[];
  readonly pageSize: number;
  /** device and inode of the agent's pid namespace when it is not the initial one. */
  readonly pidNamespace: { readonly dev: bigint; readonly ino: bigint } | null;
  /** Feature names as in native/features: 'ringbuf', 'kprobe_multi', 'helper:bpf_loop', 'prog:tracing'. */
  has(feature: string): boolean;
  /** Of a feature that it has not: what is missing, to follow "needs", and what would mend it; null: it has it. */
  lack?(feature: string): { readonly words: string; readonly mend?: string } | null;
  readonly btf: Btf | null;
  /** Why tracepoints cannot be looked up, in words; null or left out: they can. */
  tracepointProblem?(): string | null;
  /** `category:event` names. */
  tracepoints(): readonly string[];
  tracepoint(category: string, event: string): TracepointFormat | null;
  /** Traceable kernel functions for kprobe wildcards, `module:name` for modules. Names that several have come as often. */
  kernelFunctions(): readonly string[];
  /** Functions of the BPF programs that are loaded now; left out: not known. */
  bpfFunctions?(): readonly BpfFunction[];
  /** Address by kallsyms, null when unknown. */
  kernelSymbol(name: string): bigint | null;
  /** Why addresses of kernel symbols are hidden from this process, and what mends it; null or left out: they are not. */
  kernelSymbolProblem?(): { readonly reason: string; readonly mend: string } | null;
  /** Resolves `bash`, `libc`, `/usr/bin/x` and globs to binaries; empty when there is none. `pid` looks inside that process's mount namespace; `*` is then all that it has mapped. */
  binaries(pattern: string, pid: number | null): readonly UserBinary[];
  /** The name that people write of a C++ or Rust function; any other as it is. */
  demangle?(name: string): string;
  /** Members of structs of binaries, whose ids begin with `dwarf:`. */
  readonly userStructs?: StructTable;
  /** Why binaries of a process cannot be looked up, in words; null or left out: they can. */
  processProblem?(pid: number): string | null;
  cgroupId(path: string): bigint | null;
}
