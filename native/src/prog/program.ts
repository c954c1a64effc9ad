import { bpf, tryBpf, tryBpfInBackground } from '../sys/bpf.ts';
import { FileDescriptor } from '../sys/handle.ts';
import type { Closeable } from '../sys/handle.ts';
import { BPF_F_TEST_RUN_ON_CPU } from '../uapi/flags.ts';
import { cString, objectName } from '../sys/text.ts';
import { readProgramInfo } from './info.ts';
import type { ProgramInfo } from './info.ts';
import { BTF_LOAD, LOAD, TEST_RUN } from './layouts.ts';
import { VerifierError } from './verifier-error.ts';

/** A program to load. */
export interface ProgramSpec {
  readonly name: string;
  /** BPF_PROG_TYPE_* */
  readonly type: number;
  /** BPF_* attach type that the verifier must know; 0 when there is none. */
  readonly expectedAttachType?: number;
  /** BTF id of what it attaches to: fentry, fexit, iterators, typed raw tracepoints. */
  readonly attachBtfId?: number | null;
  /** BTF of the module that holds attachBtfId, or the program that is traced. Left out: vmlinux. */
  readonly attachTo?: { readonly fd: FileDescriptor } | null;
  /** BPF_F_SLEEPABLE, ... */
  readonly flags?: number;
  /** 8 bytes an instruction, map descriptors already in place. */
  readonly instructions: Uint8Array;
  /** BTF of its functions and struct bpf_func_info of each (8 bytes): what helpers that call functions back want. */
  readonly btf?: { readonly types: Uint8Array; readonly functions: Uint8Array } | null;
  /** GPL when left out: most tracing helpers want it. */
  readonly license?: string;
  /** Version for kprobes before 5.0; left out: 0. */
  readonly kernelVersion?: number;
}

export interface LoadOptions {
  /** Keep the verifier's log also when it accepts: 1 instructions, 2 with states, 4 statistics. */
  readonly logLevel?: number;
  /** A refusal that took longer, in milliseconds, has only its reason in the log; default 100. */
  readonly stepsWithinMs?: number;
}

/** What BPF_PROG_TEST_RUN answered. */
export interface TestRun {
  readonly retval: number;
  /** Mean nanoseconds a run; 0 for program types that do not measure. */
  readonly durationNs: number;
}

const FIRST_LOG = 64 << 10;
const LARGEST_LOG = 64 << 20;
const ENOSPC = -28;
const EINVAL = -22;
/** BPF_LOG_LEVEL1 and BPF_LOG_STATS. Any level holds the reason of a refusal. */
const LOG_STEPS = 1;
const LOG_STATISTICS = 4;
const STEPS_WITHIN_MS = 100;

const loadAttr = (spec: ProgramSpec, level: number, log: Uint8Array | null, btf: number): Uint8Array =>
  LOAD.encode({
    prog_type: spec.type,
    insn_cnt: spec.instructions.byteLength / 8,
    insns: spec.instructions,
    license: cString(spec.license ?? 'GPL'),
    log_level: log === null ? 0 : level,
    log_size: log?.byteLength,
    log_buf: log,
    kern_version: spec.kernelVersion,
    prog_flags: spec.flags,
    prog_name: objectName(spec.name),
    expected_attach_type: spec.expectedAttachType,
    prog_btf_fd: btf,
    ...(spec.btf === undefined || spec.btf === null
      ? {}
      : { func_info_rec_size: 8, func_info: spec.btf.functions, func_info_cnt: spec.btf.functions.byteLength / 8 }),
    attach_btf_id: spec.attachBtfId,
    attach_prog_fd: spec.attachTo?.fd.number,
  });

const logText = (log: Uint8Array): string => {
  const end = log.indexOf(0);
  return new TextDecoder().decode(end < 0 ? log : log.subarray(0, end));
};

interface Logged {
  /** A file descriptor or a negative error number. */
  readonly result: number;
  readonly log: string;
}

/**
 * What loading asks of the kernel, step by step: yields the attributes of BPF_PROG_LOAD, is given the result. So the same
 * steps are taken at once or beside the event loop.
 */
type Loading<T> = Generator<Uint8Array, T, number>;

/** Loads with a log, in a buffer that grows until the log fits or `enough` of it is there. */
function* loadWithLog(
  spec: ProgramSpec,
  level: number,
  btf: number,
  enough: (log: string) => boolean,
): Loading<Logged> {
  for (let size = FIRST_LOG; ; size *= 4) {
    const buffer = new Uint8Array(size);
    const result = yield loadAttr(spec, level, buffer, btf);
    const log = logText(buffer);
    if (result !== ENOSPC || size >= LARGEST_LOG || enough(log)) return { result, log };
  }
}

/** From 6.4 on a log that does not fit keeps its end, and the end says why. Before, its beginning. */
const hasEnd = (log: string): boolean => /^processed \d+ insns/m.test(log.slice(-1024));

/**
 * The log of a program that was just refused. What the verifier looked at for long would take several times as long
 * with every step in the log, and somebody waits: then only the reason is asked for (needs 5.2, older kernels say
 * EINVAL).
 */
function* logOfRefusal(spec: ProgramSpec, btf: number, long: boolean): Loading<Logged> {
  if (long) {
    const reason = yield* loadWithLog(spec, LOG_STATISTICS, btf, hasEnd);
    if (reason.result !== EINVAL || reason.log !== '') return reason;
  }
  return yield* loadWithLog(spec, LOG_STEPS, btf, hasEnd);
}

/** A descriptor or an error number, and the log. */
function* load(spec: ProgramSpec, options: LoadOptions, btf: number): Loading<Logged> {
  const level = options.logLevel ?? 0;
  if (level > 0) return yield* loadWithLog(spec, level, btf, () => false);
  const began = performance.now();
  const first = yield loadAttr(spec, 0, null, btf);
  if (first >= 0) return { result: first, log: '' };
  const took = performance.now() - began;
  const { result, log } = yield* logOfRefusal(spec, btf, took > (options.stepsWithinMs ?? STEPS_WITHIN_MS));
  // A log that was cut hides the reason behind ENOSPC.
  return { result: result === ENOSPC ? first : result, log };
}

const runAtOnce = <T>(steps: Loading<T>): T => {
  for (let step = steps.next(); ; step = steps.next(tryBpf('BPF_PROG_LOAD', step.value))) {
    if (step.done === true) return step.value;
  }
};

const runInBackground = async <T>(steps: Loading<T>): Promise<T> => {
  for (let step = steps.next(); ; step = steps.next(await tryBpfInBackground('BPF_PROG_LOAD', step.value))) {
    if (step.done === true) return step.value;
  }
};

/** A BTF object of our own; it lives as long as what uses it. */
const loadBtf = ({ btf, name }: ProgramSpec): FileDescriptor | null => {
  if (btf === undefined || btf === null) return null;
  const attr = BTF_LOAD.encode({ btf: btf.types, btf_size: btf.types.byteLength });
  return new FileDescriptor(bpf('BPF_BTF_LOAD', attr, `load the types of ${name}`), `types of ${name}`);
};

/** A program in the kernel. It stays loaded while it is open or attached. */
export class Program implements Closeable {
  readonly name: string;
  /** BPF_PROG_TYPE_* */
  readonly type: number;
  readonly expectedAttachType: number;
  readonly fd: FileDescriptor;
  /** The verifier's log when one was asked for. */
  readonly log: string;
  #id = 0;

  private constructor(spec: ProgramSpec, fd: number, log: string) {
    this.name = spec.name;
    this.type = spec.type;
    this.expectedAttachType = spec.expectedAttachType ?? 0;
    this.fd = new FileDescriptor(fd, `program ${spec.name}`);
    this.log = log;
  }

  /** Loads; a refusal is thrown as a VerifierError with the whole log. */
  static load(spec: ProgramSpec, options: LoadOptions = {}): Program {
    const btf = loadBtf(spec);
    try {
      return Program.#loaded(spec, runAtOnce(load(spec, options, btf?.number ?? 0)));
    } finally {
      // The program keeps it.
      btf?.close();
    }
  }

  /**
   * The same beside the event loop: the verifier may look at a program for seconds. What the program refers to (maps,
   * attachTo) must stay open until it resolves.
   */
  static async loadInBackground(spec: ProgramSpec, options: LoadOptions = {}): Promise<Program> {
    const btf = loadBtf(spec);
    try {
      return Program.#loaded(spec, await runInBackground(load(spec, options, btf?.number ?? 0)));
    } finally {
      btf?.close();
    }
  }

  static #loaded(spec: ProgramSpec, { result, log }: Logged): Program {
    if (result < 0) throw new VerifierError(spec.name, -result, log);
    return new Program(spec, result, log);
  }

  get id(): number {
    if (this.#id === 0) this.#id = this.info().id;
    return this.#id;
  }

  info(): ProgramInfo {
    return readProgramInfo(this.fd);
  }

  /**
   * Runs it now. Raw tracepoint programs take their arguments as `context` (u64 each) and may run on another `cpu`
   * (Linux 5.10), XDP programs take a packet as `data`.
   */
  testRun(input: { context?: Uint8Array; data?: Uint8Array; repeat?: number; cpu?: number } = {}): TestRun {
    const attr = TEST_RUN.encode({
      prog_fd: this.fd.number,
      data_size_in: input.data?.byteLength,
      data_in: input.data,
      ctx_size_in: input.context?.byteLength,
      ctx_in: input.context,
      repeat: input.repeat,
      flags: input.cpu === undefined ? 0 : BPF_F_TEST_RUN_ON_CPU,
      cpu: input.cpu,
    });
    bpf('BPF_PROG_TEST_RUN', attr, `run ${this.fd.what}`);
    return { retval: TEST_RUN.number(attr, 'retval'), durationNs: TEST_RUN.number(attr, 'duration') };
  }

  close(): void {
    this.fd.close();
  }
}
