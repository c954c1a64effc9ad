export type TokenKind =
  | 'int'
  /** With its quotes; an unterminated one ends before the newline. */
  | 'string'
  /** Identifiers and keywords. */
  | 'word'
  /** `$name` */
  | 'variable'
  /** `$1`, `$#` */
  | 'positional'
  /** `@name`, `@` */
  | 'map'
  | 'punct'
  /** A run of characters that begin no token. */
  | 'bad'
  | 'eof';

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** As written; '' at the end of the text. */
  readonly text: string;
}

/** Words that name no variable, function, type or macro. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  'break',
  'comptime',
  'config',
  'continue',
  'else',
  'false',
  'fn',
  'for',
  'if',
  'import',
  'let',
  'macro',
  'offsetof',
  'return',
  'sizeof',
  'true',
  'typeinfo',
  'typeof',
  'unroll',
  'while',
]);

/** Built-in names that the grammar itself knows: `(pid) - 1` is a subtraction, `(size_t) - 1` a cast. */
const VALUE_WORDS: ReadonlySet<string> = new Set([
  ...['args', 'cgroup', 'comm', 'config', 'cpid', 'cpu', 'ctx', 'curtask', 'dw_ustack', 'elapsed', 'func', 'gid'],
  ...['has_cpid', 'jiffies', 'kstack', 'leader_comm', 'leader_tid', 'ncpus', 'nsecs', 'numaid', 'pcomm', 'pid'],
  ...['ppid', 'probe', 'probetype', 'rand', 'retval', 'tid', 'uid', 'usermode', 'username', 'ustack'],
]);

export function isValueWord(word: string): boolean {
  return VALUE_WORDS.has(word) || /^arg\d+$/.test(word);
}

export const PROVIDERS: ReadonlySet<string> = new Set([
  ...['begin', 'end', 'BEGIN', 'END', 'kprobe', 'k', 'kretprobe', 'kr', 'fentry', 'f', 'fexit', 'fr', 'kfunc'],
  ...['kretfunc', 'tracepoint', 't', 'rawtracepoint', 'rt', 'uprobe', 'u', 'uretprobe', 'ur', 'usdt', 'U', 'profile'],
  ...['p', 'interval', 'i', 'software', 's', 'hardware', 'h', 'iter', 'it', 'watchpoint', 'w', 'self', 'test', 'bench'],
]);

/** How a message names a token: `;`, the variable `$x`, the end of the text. */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case 'eof':
      return 'the end of the text';
    case 'string':
      return 'a string';
    default:
      return `\`${token.text.length > 40 ? `${token.text.slice(0, 40)}...` : token.text}\``;
  }
}
