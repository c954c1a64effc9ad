import { expect, it } from 'vitest';
import { binaries } from './live-binary.ts';

it('reads a binary once for all probes of a query', () => {
  const [first] = binaries('/bin/ls', null);
  const [again] = binaries('/bin/ls', null);
  expect(first?.usdt()).toBe(again?.usdt());
  expect(first).toBe(again);
});

it('says that a pattern leads through too many files', () => {
  const [only, ...others] = binaries('/*'.repeat(30), null);
  expect([only?.problem?.(), only?.symbols(), others]).toEqual([expect.stringContaining('too many files'), [], []]);
});
