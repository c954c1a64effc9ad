/** How a case calls bpfscope. */
export const run = (program: string, ...options: string[]): string =>
  ['bpfscope run -q', ...options, '-e', quote(program)].join(' ');

export const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Ten rounds of the traced program. */
export const TARGET = `-c ${quote('/bin/target 10')}`;

/** A thousand one-byte reads and writes by a process named dd. */
export const DD = `-c ${quote('/bin/dd if=/dev/zero of=/dev/null bs=1 count=1000')}`;
