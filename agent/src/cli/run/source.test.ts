import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readSource } from './source.ts';

test('a byte order mark is no part of a script', () => {
  const folder = mkdtempSync(join(tmpdir(), 'source-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, 'script.bt');
  writeFileSync(file, '\uFEFFbegin { print("\uFEFF"); }');
  const { text } = readSource({ expression: null, file, includes: [], includeDirs: [] });
  expect(text).toBe('begin { print("\uFEFF"); }');
});
