/**
 * What a query wants to do, by its words: aggregate (editor) or see single events, texts and other programs' memory
 * (admin). Reads tokens, not the tree, so that a query that does not parse is judged as well; it errs to the strict side.
 */
import type { Role } from './tokens.ts';

export interface Requirement {
  readonly role: Role;
  /** Begins a sentence: "Reading text with str()". */
  readonly reason: string;
}

const FUNCTIONS: Record<string, string> = {
  str: 'Reading text with str()',
  buf: 'Reading memory with buf()',
  path: 'Reading paths with path()',
  join: 'Reading arguments with join()',
  cat: 'Reading a file with cat()',
  kptr: 'Reading memory with kptr()',
  uptr: 'Reading memory with uptr()',
  uaddr: 'Reading symbols of programs with uaddr()',
  skboutput: 'Recording packets with skboutput()',
  printf: 'Showing single events with printf()',
  errorf: 'Showing single events with errorf()',
  warnf: 'Showing single events with warnf()',
  debugf: 'Writing to the trace pipe with debugf()',
  system: 'Running commands with system()',
  signal: 'Sending signals',
  signal_thread: 'Sending signals',
  override: 'Changing return values',
  write_user: 'Writing memory',
};

const PROBES: Record<string, string> = {
  uprobe: 'A probe in programs',
  u: 'A probe in programs',
  uretprobe: 'A probe in programs',
  ur: 'A probe in programs',
  usdt: 'A probe in programs',
  U: 'A probe in programs',
  watchpoint: 'A watchpoint',
  w: 'A watchpoint',
  iter: 'An iterator',
  it: 'An iterator',
};

const EDITOR: Requirement = { role: 'editor', reason: 'A custom query' };

/** The least role that may run this text. */
export function requiredRole(query: string): Requirement {
  const code = query.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"/g, ' "" ');
  for (const [, name] of code.matchAll(/\b([a-z_]\w*)\s*\(/g)) {
    const reason = FUNCTIONS[name ?? ''];
    if (reason !== undefined) return { role: 'admin', reason };
  }
  for (const [, argument] of code.matchAll(/\bprint\s*\(\s*([^\s)])/g))
    if (argument !== '@') return { role: 'admin', reason: 'Showing single values with print()' };
  for (const [, provider] of code.matchAll(/(?:^|[\s,};=])(\w+):[^:\s]/g)) {
    const reason = PROBES[provider ?? ''];
    if (reason !== undefined) return { role: 'admin', reason };
  }
  if (/\bimport\b|^\s*#\s*include/m.test(code)) return { role: 'admin', reason: 'Reading other files' };
  return EDITOR;
}
