import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compile } from '../compiler/compile.ts';
import type { FileReader } from './preamble/files.ts';
import { format } from './printer/print.ts';
import { renderDiagnostics } from './render.ts';
import { CONSTRUCTS } from './testing/constructs.ts';
import { referenceTables, strangeNames } from './testing/reference.ts';
import { testTarget } from './testing/target.ts';

const FILE = new URL('../../../docs/language.md', import.meta.url);
const text = readFileSync(FILE, 'utf8');
const examples = [...text.matchAll(/```bpftrace( refused)?\n([^]*?)```/g)].map(([, refused, source = '']) => ({
  source,
  refused: refused !== undefined,
}));

/** What the examples import. */
const FILES: FileReader = {
  include: () => null,
  import: (path) =>
    path.endsWith('.bpf.c')
      ? { code: 'unsupported', message: 'C needs a compiler.' }
      : [{ name: path, text: 'macro one() { 1 }' }],
};

function errors(source: string, files?: FileReader): string {
  const { diagnostics } = compile(source, testTarget, files === undefined ? {} : { files });
  const found = diagnostics.filter(({ severity }) => severity === 'error');
  return renderDiagnostics(found, source);
}

/** Arguments for a function whose types are not known here: one of them fits. */
const ARGUMENTS = [
  ...[
    '',
    '1',
    '"a"',
    '@m',
    '@m, 1',
    'arg0',
    '$p',
    'pid',
    'comm',
    '"a", "b"',
    '"a", 1',
    'arg0, 4',
    '"%d", 1',
    '$p.comm, "b"',
  ],
  ...[
    '1, 0, 10, 1',
    '1, 1s, 5',
    '"a", "b", 1',
    '$p, struct task_struct, pid',
    '"f", $p, 4, 0',
    'arg0, 4, 1',
    'vfs_read',
    '1 == 1, "a"',
  ],
  ...['"ip"', '"avenrun"', '"main"', '"/sys/fs/cgroup/unified"', '"127.0.0.1"', '(struct sock *)arg0'],
  ...['(struct path *)arg0', '"f", (struct sk_buff *)arg0, 4, 0', 'args.file.f_path', '@m, 1, $r'],
];
const UNSUPPORTED = 'unsupported';

/** Refused by the compiler wherever it may stand. */
function isMissing(name: string, kind: 'builtin' | 'function'): boolean {
  const uses = kind === 'builtin' ? [name === 'arg' ? 'arg0' : name] : ARGUMENTS.map((args) => `${name}(${args})`);
  const probes = [
    'kretprobe:vfs_read',
    'kprobe:vfs_read',
    'tracepoint:sched:sched_switch',
    'begin',
    'fentry:vfs_read',
    'uprobe:/usr/bin/bash:main',
    'profile:hz:99',
  ];
  for (const probe of probes) {
    for (const use of uses.flatMap((one) => [`$r = ${one}`, `@r = ${one}`, one])) {
      const source = `${probe} { @m[1] = 1; $p = curtask; ${use}; }`;
      const found = compile(source, testTarget, { unsafe: true }).diagnostics;
      const wrong = found.filter(({ severity }) => severity === 'error').map(({ code }) => code);
      if (wrong.length === 0) return false;
      if (wrong.every((code) => code === UNSUPPORTED)) return true;
    }
  }
  return false;
}

describe('docs/language.md', () => {
  test.each(examples.filter(({ refused }) => !refused))('compiles: $source', ({ source }) => {
    expect(errors(source)).toBe('');
    // Its formatted form is the same program.
    expect(errors(format(source).text ?? '')).toBe('');
  });

  test.each(examples.filter(({ refused }) => refused))('is refused: $source', ({ source }) => {
    expect(errors(source)).toContain('ERROR');
  });

  test.each(CONSTRUCTS.map((one) => [one.name, one] as const))('state of %s', (_, { example, refused }) => {
    if (refused === true) expect(errors(example, FILES)).toContain('ERROR');
    else expect(errors(example, FILES)).toBe('');
  });

  test('its lists name what there is', () => expect(strangeNames()).toEqual([]));

  test('its tables are those of the checker (UPDATE=1 writes them)', () => {
    const [before = '', rest = ''] = text.split(/(?<=<!-- generated: [^>]*-->\n)/);
    const after = rest.slice(rest.indexOf('<!-- end -->'));
    const wanted = `${before}\n${referenceTables({ missing: isMissing })}\n\n${after}`;
    if (process.env['UPDATE'] === '1') writeFileSync(FILE, wanted);
    else expect(text).toBe(wanted);
  });
});
