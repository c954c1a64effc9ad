/** Signal numbers of Linux on x86-64 and arm64. */
const NAMES =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS';

const NUMBERS: ReadonlyMap<string, number> = new Map(NAMES.split(' ').map((name, index) => [name, index + 1]));

/** `SIGKILL` and `KILL` are 9; null for other text. */
export function signalNumber(name: string): number | null {
  return NUMBERS.get(name.replace(/^SIG/, '')) ?? null;
}

/** Number to name: 9 is SIGKILL. */
export const SIGNAL_NAMES: ReadonlyMap<bigint, string> = new Map(
  NAMES.split(' ').map((name, index) => [BigInt(index + 1), `SIG${name}`]),
);
