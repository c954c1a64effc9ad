import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compile } from '../compiler/compile.ts';
import { format } from './printer/print.ts';
import { renderDiagnostics } from './render.ts';
import { referenceTables } from './testing/reference.ts';
import { testTarget } from './testing/target.ts';

const FILE = new URL('../../../docs/language.md', import.meta.url);
const text = readFileSync(FILE, 'utf8');
const examples = [...text.matchAll(/```bpftrace( refused)?\n([^]*?)```/g)].map(([, refused, source = '']) => ({
  source,
  refused: refused !== undefined,
}));

function errors(source: string): string {
  const { diagnostics } = compile(source, testTarget, {});
  const found = diagnostics.filter(({ severity }) => severity === 'error');
  return renderDiagnostics(found, source);
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

  test('its tables are those of the checker (UPDATE=1 writes them)', () => {
    const [before = '', rest = ''] = text.split(/(?<=<!-- generated: [^>]*-->\n)/);
    const after = rest.slice(rest.indexOf('<!-- end -->'));
    const wanted = `${before}\n${referenceTables()}\n\n${after}`;
    if (process.env['UPDATE'] === '1') writeFileSync(FILE, wanted);
    else expect(text).toBe(wanted);
  });
});
