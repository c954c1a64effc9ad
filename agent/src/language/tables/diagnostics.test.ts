import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DIAGNOSTICS } from './diagnostics.ts';

const LANGUAGE = new URL('../', import.meta.url);
const DOCUMENT = new URL('../../../../docs/diagnostics.md', import.meta.url);

/** Every string of the sources that is the first argument of a report. */
function codesInSources(): Set<string> {
  const codes = new Set<string>();
  for (const file of readdirSync(LANGUAGE, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
    const text = readFileSync(new URL(file, LANGUAGE), 'utf8');
    const calls = /\b(?:error|warning|report)\(\s*'([a-z]+(?:-[a-z]+)*)',/g;
    for (const [, code] of text.matchAll(calls)) if (code !== undefined) codes.add(code);
    for (const [, code] of text.matchAll(/\bcode(?: =|:) '([a-z-]+)'/g)) if (code !== undefined) codes.add(code);
  }
  return codes;
}

function documented(): string {
  const rows = Object.entries(DIAGNOSTICS)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, meaning]) => `- \`${code}\`: ${meaning}`);
  return [
    '# Diagnostics',
    '',
    'What the compiler says about a query carries one of these codes, in the editor, the HTTP API and the command line.',
    'This page is made from `agent/src/language/tables/diagnostics.ts` (`UPDATE=1` writes it anew).',
    '',
    ...rows,
    '',
  ].join('\n');
}

describe('diagnostic codes', () => {
  it('are all explained', () => {
    const missing = [...codesInSources()].filter((code) => !Object.hasOwn(DIAGNOSTICS, code));
    expect(missing).toEqual([]);
  });

  it('are what docs/diagnostics.md lists', () => {
    if (process.env['UPDATE'] === '1') writeFileSync(DOCUMENT, documented());
    expect(readFileSync(DOCUMENT, 'utf8')).toBe(documented());
  });
});
