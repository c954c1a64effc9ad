/** What the kernel's verifier says, in words that help the person who wrote the query. Pure. */
export interface Explanation {
  readonly message: string;
  readonly hint: string;
  /** The query asks for too much, or for something this kernel has not; false: our compiler's fault. */
  readonly fromQuery: boolean;
}

interface Row {
  readonly pattern: RegExp;
  readonly message: (m: RegExpExecArray) => string;
  readonly hint: string;
}

/** The verifier's sentences (kernel/bpf/verifier.c) that a query can cause. First match wins. */
const ROWS: readonly Row[] = [
  {
    pattern: /BPF program is too large\. Processed (\d+) insn/,
    message: (m) => `The program is too complex: the kernel gave up checking it after ${m[1]} instructions`,
    hint: 'Use fewer or shorter loops, shorter strings, or split the probe.',
  },
  {
    pattern: /The sequence of (\d+) jumps is too complex/,
    message: (m) => `The program has too many ways through it: the kernel gave up after ${m[1]} branches`,
    hint: 'Use fewer branches inside loops, or split the probe.',
  },
  {
    pattern: /combined stack size of \d+ calls is (\d+)\. Too large/,
    message: (m) => `The probe and its loops need ${m[1]} bytes of stack, and BPF programs have 512`,
    hint: 'Use fewer variables at a time, or loops that are less deeply nested.',
  },
  {
    pattern: /invalid (?:write to|read from|access to) stack R\d+ off=(-\d+)|invalid stack off=(-\d+)/,
    message: () => 'The probe needs more stack than the 512 bytes that BPF programs have',
    hint: 'Use fewer variables at a time, or split the probe.',
  },
  {
    pattern: /infinite loop detected|back-edge from insn/,
    message: () => 'The kernel cannot see that this loop ends',
    hint: 'Loop over a range with constant bounds: for ($i : 0..100) { ... }.',
  },
  {
    pattern: /(?:unknown func|program of this type cannot use helper|invalid func) (?:bpf_)?(\w+)#\d+/,
    message: (m) => `This kernel does not have the helper bpf_${m[1]} for this kind of probe`,
    hint: 'Use another kind of probe, or a newer kernel.',
  },
  {
    pattern: /cannot call GPL-restricted function/,
    message: () => 'A function that the query uses is only for programs under the GPL',
    hint: 'Leave `license` out of the config block.',
  },
  {
    pattern: /access beyond struct (\w+) at off (\d+) size (\d+)/,
    message: (m) => `The query reads beyond the end of struct ${m[1]} (byte ${m[2]}, ${m[3]} bytes)`,
    hint: 'Check the type that the pointer is cast to.',
  },
  {
    pattern: /(?:func|function) '?(\w+)'?(?:\(\))? is not (?:traceable|modifiable|allowed)/,
    message: (m) => `The kernel does not allow this probe on ${m[1]}`,
    hint: 'Use a function that calls it, or a tracepoint nearby.',
  },
  {
    pattern: /attach_btf_id \d+ is (?:invalid|not a function)|btf_trace_\w+ .*not found/,
    message: () => 'This kernel has no such function or tracepoint to attach to',
    hint: 'List what there is with `bpfscope list`.',
  },
  {
    pattern: /the call stack of (\d+) frames is too deep/,
    message: () => 'Loops are nested too deeply: the kernel allows 7 loops of many turns inside each other',
    hint: 'Use fewer loops inside each other, or constant ranges of few turns.',
  },
  {
    pattern: /math between .*pointer and register|value .* makes .*pointer be out of bounds/,
    message: () => 'The kernel does not allow a number that is not known to be small to be added to this pointer',
    hint: 'Add a constant, or read the member that the number was to lead to.',
  },
  {
    pattern: /R\d+ (?:variable )?invalid (?:variable-)?(?:offset|mem access)|pointer arithmetic .* prohibited/,
    message: () => 'The kernel does not allow this use of a pointer',
    hint: 'Read what it points to into a variable first, or cast the pointer to uint64.',
  },
];

/** `reason`: the line of the log that names the problem; `log`: all of it. */
export function explainVerifier(reason: string, log: string): Explanation {
  for (const { pattern, message, hint } of ROWS) {
    const found = pattern.exec(reason) ?? pattern.exec(lastLines(log));
    if (found !== null) return { message: `${message(found)}.`, hint, fromQuery: true };
  }
  return {
    message: `The kernel's verifier refused the program: ${reason}`,
    hint: 'This is a limit of the compiler; please report the query. `bpfscope run -d asm` shows the program.',
    fromQuery: false,
  };
}

const TAIL = 5;
const lastLines = (log: string): string => log.trimEnd().split('\n').slice(-TAIL).join('\n');
