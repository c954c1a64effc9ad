/** Bucket of a value, without calls or loops. The rule is that of decode/bucket.ts. */
import { bucketCount } from '../../language/layout.ts';
import type { Aggregate } from '../../language/types.ts';
import type { Value } from '../ir/instruction.ts';
import type { Context } from './context.ts';

/**
 * Position of the highest bit of 0 <= value < 2^63; 0 for 0. Each step halves the range that is left: `limit - value` is
 * negative, so its sign bit is set, when a bit above the limit is.
 */
function highestBit(cx: Context, value: Value): Value {
  const { b } = cx;
  let rest = value;
  let position: Value = 0n;
  for (const step of [5n, 4n, 3n, 2n]) {
    const limit = (1n << (1n << step)) - 1n;
    const above = b.alu('lsh', b.alu('rsh', b.alu('sub', limit, rest), 63n), step);
    rest = b.alu('rsh', rest, above);
    position = b.alu('or', position, above);
  }
  const above = b.alu('lsh', b.alu('rsh', b.alu('sub', 3n, rest), 63n), 1n);
  rest = b.alu('rsh', rest, above);
  position = b.alu('or', position, above);
  return b.alu('or', position, b.alu('rsh', rest, 1n));
}

/** Runs `use` with the bucket's index: below zero 0, values below 2^bits their own, then 2^bits for each power of two. */
export function histogramIndex(cx: Context, bits: number, value: Value, use: (index: Value) => void): void {
  const { b } = cx;
  const k = BigInt(bits);
  const index = b.reg();
  const positive = b.newBlock();
  const small = b.newBlock();
  const large = b.newBlock();
  const counted = b.newBlock();
  const end = b.newBlock();
  const count = BigInt(bucketCount({ kind: 'hist', bits }));
  b.assign(index, 0n);
  b.branch('jslt', value, 0n, counted, positive);
  b.place(positive);
  b.branch('jlt', value, 1n << k, small, large);
  b.place(small);
  // After the comparison: before Linux 6.12 the verifier would not carry what it learned over to a sum made before it.
  b.assign(index, bits === 0 ? 1n : b.alu('add', value, 1n));
  b.jump(counted);
  b.place(large);
  const top = highestBit(cx, value);
  if (bits === 0) {
    // top is at most 62, but the verifier knows only six bits: the mask tells it that top + 1 has no more.
    b.assign(index, b.alu('add', b.alu('and', b.alu('add', top, 1n), 63n), 1n));
  } else {
    const shift = b.alu('and', b.alu('sub', top, k), 63n);
    const part = b.alu('and', b.alu('rsh', value, shift), (1n << k) - 1n);
    const power = b.alu('lsh', b.alu('add', shift, 1n), k);
    b.assign(index, b.alu('add', b.alu('or', power, part), 1n));
    const inside = b.newBlock();
    b.branch('jge', index, count, end, inside);
    b.place(inside);
  }
  b.place(counted);
  use(index);
  b.place(end);
}

/** Below min 0, then one bucket a step, max and above in the last. */
export function linearIndex(
  cx: Context,
  of: Extract<Aggregate, { kind: 'lhist' }>,
  value: Value,
  use: (index: Value) => void,
): void {
  const { b } = cx;
  const index = b.reg();
  const capped = b.reg();
  const notBelow = b.newBlock();
  const above = b.newBlock();
  const divide = b.newBlock();
  const counted = b.newBlock();
  const end = b.newBlock();
  b.assign(index, 0n);
  b.branch('jslt', value, of.min, counted, notBelow);
  b.place(notBelow);
  b.assign(capped, value);
  b.branch('jsgt', value, of.max, above, divide);
  b.place(above);
  b.assign(capped, of.max);
  b.place(divide);
  b.assign(index, b.alu('add', b.alu('div', b.alu('sub', capped, of.min), of.step), 1n));
  // The verifier does not know what a division can give.
  b.branch('jge', index, BigInt(bucketCount(of)), end, counted);
  b.place(counted);
  use(index);
  b.place(end);
}
