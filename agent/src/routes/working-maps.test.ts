import { describe, expect, it } from 'vitest';
import { queryMaps } from './working-maps.ts';

describe('queryMaps', () => {
  it.each([
    ['t:a:b { @s[tid] = nsecs; } t:a:c /@s[tid]/ { @l = hist(nsecs - @s[tid]); delete(@s[tid]); }', ['@s'], ['@l']],
    ['t:a:b { @s[tid] = nsecs; } t:a:c { $x = @s[tid]; @ = sum($x); delete(@s, tid); }', ['@s'], ['@']],
    // Not read: someone wants to see it.
    ['t:a:b { @s[tid] = nsecs; } t:a:c { delete(@s[tid]); }', [], ['@s']],
    // Never deleted: last values by key.
    ['t:a:b { @s[cpu] = nsecs; } t:a:c { @d = hist(nsecs - @s[cpu]); }', [], ['@s', '@d']],
    ['t:a:b { @n[comm]++; } t:a:c { if (@n[comm] > 5) { delete(@n[comm]); } }', [], ['@n']],
    ['t:a:b { @n[comm] = count(); } t:a:c { $x = (int64)@n[comm]; delete(@n[comm]); }', [], ['@n']],
    ['t:a:b { @s[tid] = 1; } t:a:c /@s[tid]/ { delete(@s[tid]); } interval:s:1 { print(@s); }', [], ['@s']],
    ['t:a:b { @flag = 1; } t:a:c /@flag/ { @ = count(); }', [], ['@flag', '@']],
    ['not a program {{{', [], []],
  ])('%s', (query, working, shown) => expect(queryMaps(query)).toEqual({ shown, working }));
});
