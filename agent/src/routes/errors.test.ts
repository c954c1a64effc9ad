import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERRORS } from './errors.ts';

const rows = [
  ...readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8').matchAll(
    /^\| `([a-z-]+)` *\| (\d+) *\|/gm,
  ),
];

describe('docs/errors.md', () => {
  it('has each code with its status, and no other', () => {
    const documented = Object.fromEntries(rows.map(([, code, status]) => [code, Number(status)]));
    const known = Object.fromEntries(Object.entries(ERRORS).map(([code, { status }]) => [code, status]));
    expect(documented).toEqual(known);
    expect(rows).toHaveLength(Object.keys(ERRORS).length);
  });
});
