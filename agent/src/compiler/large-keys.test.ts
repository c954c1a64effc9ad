import { describe, expect, it } from 'vitest';
import { testTarget } from '../language/testing/target.ts';
import { compile } from './compile.ts';

const QUERY = 'BEGIN { @[str(123456)] = 1; }';
const warnings = (features: (name: string) => boolean): readonly string[] =>
  compile(QUERY, { ...testTarget, has: features }).diagnostics.map(({ code }) => code);

describe('keys above 512 bytes', () => {
  it('are as long as the strings where the kernel takes them, whatever its version is', () => {
    expect(warnings(() => true)).toEqual([]);
  });

  it('have shorter strings where it does not, and that is said', () => {
    expect(warnings((name) => name !== 'large_keys')).toEqual(['key-size']);
  });
});
