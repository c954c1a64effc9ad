import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { VERSION } from './version.ts';

it('is that of the packages', () => {
  for (const file of ['../package.json', '../../package.json'])
    expect(JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')).version, file).toBe(VERSION);
});
