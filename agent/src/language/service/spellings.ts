/** Old spellings that still work, with the new one as a fix: hints for the editor, never errors. */
import type { AttachPoint, ConfigBlock, Expr, Stmt } from '../ast.ts';
import type { Diagnostic, Span } from '../diagnostic.ts';
import { stackArgumentText } from '../tables/removed.ts';
import { CONFIG_ROWS, RETIRED_KEYS } from '../tables/config.ts';
import { escapingVariables, type Escape } from './escaping.ts';
import { parsed } from './parsed.ts';
import { nodes } from '../walk.ts';

const PROVIDERS: Readonly<Record<string, string>> = {
  BEGIN: 'begin',
  END: 'end',
  kfunc: 'fentry',
  kretfunc: 'fexit',
  asyncwatchpoint: 'watchpoint',
  aw: 'watchpoint',
};

function hint(span: Span, old: string, text: string, message: string): Diagnostic {
  return {
    code: 'old-spelling',
    severity: 'info',
    span,
    message,
    fix: { span, text, title: `Replace \`${old}\` by \`${text}\`` },
  };
}

export function oldSpellings(source: string): Diagnostic[] {
  const program = parsed(source);
  const found = [
    ...program.items.flatMap((item) =>
      item.kind === 'probe' ? item.attachPoints.flatMap((p) => provider(source, p)) : [],
    ),
    ...(program.config?.entries ?? []).flatMap((entry) => configKey(source, entry)),
  ];
  for (const node of nodes(program)) {
    if (node.kind === 'member' || node.kind === 'tuple-member') found.push(...arrow(source, node));
    else if (node.kind === 'call' && node.name === 'delete') found.push(...deletion(source, node));
    else if (node.kind === 'ident') found.push(...removedName(node));
    else if (node.kind === 'for-map' || node.kind === 'for-range') found.push(...leftByExit(source, node));
  }
  found.push(...escapingVariables(program).map(declaration));
  return found.sort((a, b) => a.span.start - b.span.start);
}

function provider(source: string, point: AttachPoint): Diagnostic[] {
  const old = point.parts[0] ?? '';
  const text = Object.hasOwn(PROVIDERS, old) ? PROVIDERS[old] : undefined;
  const start = point.span.end - point.text.length;
  if (text === undefined || !source.startsWith(old, start)) return [];
  return [hint({ start, end: start + old.length }, old, text, `\`${old}\` is now written \`${text}\``)];
}

/** `strlen = 64`, `BPFTRACE_STACK_MODE = perf`. */
function configKey(source: string, { key, keySpan, value, span }: ConfigBlock['entries'][number]): Diagnostic[] {
  const name = key.toLowerCase().replace(/^bpftrace_/, '');
  if (RETIRED_KEYS.has(name)) {
    const end = span.end + (/^\s*;\s*/.exec(source.slice(span.end))?.[0].length ?? 0);
    const message = `the config key \`${key}\` has no meaning any more`;
    const fix = { span: { start: span.start, end }, text: '', title: `Remove \`${key}\`` };
    return [{ code: 'old-spelling', severity: 'info', span: keySpan, message, fix }];
  }
  const row = CONFIG_ROWS.find((one) => one.name === name || one.renamedFrom.includes(name));
  if (row === undefined || row.name === key) return [];
  if (name !== 'no_cpp_demangle')
    return [hint(keySpan, key, row.name, `the config key \`${key}\` is now written \`${row.name}\``)];
  const off = value.kind === 'int' ? value.value === 0n : value.kind === 'bool' && !value.value;
  return [hint(span, key, `cpp_demangle = ${off}`, '`cpp_demangle` has the opposite meaning')];
}

/** `->` where `.` does the same. */
function arrow(source: string, node: Extract<Expr, { kind: 'member' | 'tuple-member' }>): Diagnostic[] {
  if (!node.arrow) return [];
  const start = source.lastIndexOf('->', node.kind === 'member' ? node.nameSpan.start : node.span.end);
  if (start < node.object.span.start) return [];
  return [hint({ start, end: start + 2 }, '->', '.', '`.` follows pointers too, `->` is not needed')];
}

/** `delete(@m[k])`, `delete(@m[1], @m[2])`. */
function deletion(source: string, node: Extract<Expr, { kind: 'call' }>): Diagnostic[] {
  const calls: string[] = [];
  for (const map of node.args) {
    const [first] = map.kind === 'map' ? (map.keys ?? []) : [];
    if (map.kind !== 'map' || map.keys === null || first === undefined) return [];
    const keys = source.slice(first.span.start, map.span.end - 1).trim();
    calls.push(`delete(@${map.name}, ${map.keys.length > 1 ? `(${keys})` : keys})`);
  }
  if (calls.length === 0) return [];
  const message =
    calls.length > 1 ? 'each key is deleted by a call of its own' : 'the key is now an argument of its own';
  return [hint(node.span, source.slice(node.span.start, node.span.end), calls.join('; '), message)];
}

const NAMES: Readonly<Record<string, string>> = { stack: 'kstack' };

/** `sarg0`: the first argument on the stack, behind the return address. `stack`, before there were two. */
function removedName({ name, span }: Extract<Expr, { kind: 'ident' }>): Diagnostic[] {
  const argument = stackArgumentText(name);
  if (argument !== null) return [hint(span, name, argument, 'arguments on the stack are read by the stack pointer')];
  const now = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  return now === undefined ? [] : [hint(span, name, now, `\`${name}\` is now written \`${now}\``)];
}

/** `let $x;` where an older script counts on a variable that outlives its block. */
function declaration({ name, span, before }: Escape): Diagnostic {
  return {
    code: 'old-spelling',
    severity: 'info',
    span,
    message: `\`$${name}\` is used outside of the block in which it is first assigned`,
    fix: { span: { start: before, end: before }, text: `let $${name}; `, title: `Declare \`$${name}\` in front` },
  };
}

type Loop = Extract<Stmt, { kind: 'for-map' | 'for-range' }>;

/** `exit()` in a for loop: the loop is left first. Not where a loop stands in the loop, which break would leave. */
function leftByExit(source: string, loop: Loop): Diagnostic[] {
  const inside = [...nodes(loop.body)];
  if (inside.some(({ kind }) => ['for-map', 'for-range', 'while', 'unroll'].includes(kind))) return [];
  const calls = inside.filter((node) => node.kind === 'call' && node.name === 'exit');
  const [first] = calls;
  if (first === undefined || calls.some((call) => call.kind === 'call' && call.args.length > 0)) return [];
  let text = source.slice(loop.span.start, loop.span.end);
  for (const { span } of calls.reverse()) {
    const [start, end] = [span.start - loop.span.start, span.end - loop.span.start];
    text = `${text.slice(0, start)}$exits = true; break${text.slice(end)}`;
  }
  return [
    {
      code: 'old-spelling',
      severity: 'info',
      span: first.span,
      message: '`exit()` cannot be called in a loop any more',
      fix: {
        span: loop.span,
        text: `let $exits = false; ${text} if ($exits) { exit(); }`,
        title: 'Leave the loop, then exit',
      },
    },
  ];
}
