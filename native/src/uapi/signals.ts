/** Signal numbers of Linux on x86-64 and arm64 (include/uapi/asm-generic/signal.h). */
export const SIGNALS: readonly (readonly [number: number, name: string])[] = [
  [1, 'SIGHUP'],
  [2, 'SIGINT'],
  [3, 'SIGQUIT'],
  [4, 'SIGILL'],
  [5, 'SIGTRAP'],
  [6, 'SIGABRT'],
  [7, 'SIGBUS'],
  [8, 'SIGFPE'],
  [9, 'SIGKILL'],
  [10, 'SIGUSR1'],
  [11, 'SIGSEGV'],
  [12, 'SIGUSR2'],
  [13, 'SIGPIPE'],
  [14, 'SIGALRM'],
  [15, 'SIGTERM'],
  [16, 'SIGSTKFLT'],
  [17, 'SIGCHLD'],
  [18, 'SIGCONT'],
  [19, 'SIGSTOP'],
  [20, 'SIGTSTP'],
  [21, 'SIGTTIN'],
  [22, 'SIGTTOU'],
  [23, 'SIGURG'],
  [24, 'SIGXCPU'],
  [25, 'SIGXFSZ'],
  [26, 'SIGVTALRM'],
  [27, 'SIGPROF'],
  [28, 'SIGWINCH'],
  [29, 'SIGIO'],
  [30, 'SIGPWR'],
  [31, 'SIGSYS'],
];

const ALIASES: readonly (readonly [name: string, number: number])[] = [
  ['SIGIOT', 6],
  ['SIGCLD', 17],
  ['SIGPOLL', 29],
];

const BY_NUMBER = new Map(SIGNALS);
const BY_NAME = new Map([...SIGNALS.map(([number, name]) => [name, number] as const), ...ALIASES]);

/** `SIGKILL` for 9, `SIGRTMIN+1` for 35. */
export const signalName = (number: number): string | undefined =>
  BY_NUMBER.get(number) ??
  (number >= 34 && number <= 64 ? `SIGRTMIN${number > 34 ? `+${number - 34}` : ''}` : undefined);

/** 9 for `SIGKILL`, `sigkill` or `KILL`. */
export const signalNumber = (name: string): number | undefined => {
  const upper = name.toUpperCase();
  return BY_NAME.get(upper) ?? BY_NAME.get(`SIG${upper}`);
};
