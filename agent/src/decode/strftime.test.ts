import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { strftime } from './strftime.ts';

const TIMES = [0n, 951_782_400n, 1_735_689_599n, 1_767_225_600n, 1_798_761_600n, 1_700_000_000n];
const FORMATS = 'aAbBcCdDeFgGHIjmMpRsSTuUVwWxXyYz%'.split('');

describe('strftime', () => {
  it.each(TIMES)('agrees with date(1) at %s', (seconds) => {
    const format = FORMATS.map((conversion) => `%${conversion}`).join('|');
    const expected = execFileSync('date', ['-d', `@${seconds}`, `+${format}`], {
      env: { ...process.env, LC_ALL: 'C' },
      encoding: 'utf8',
    });
    expect(`${strftime(format, seconds * 1_000_000_000n)}\n`).toBe(expected);
  });

  it('knows the parts of a second', () => {
    expect(strftime('%f %k %l', 1_000_000_000_123_456_789n)).toBe('123456 123456789 123');
  });
});
