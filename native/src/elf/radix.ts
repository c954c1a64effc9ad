const DIGIT = 16;
const BUCKETS = 1 << DIGIT;

/** Indexes 0..count-1 by ascending key, equal keys in index order. Keys are integers of at most 48 bits. */
export const sortByKey = (keys: Float64Array, count: number): Uint32Array => {
  let order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  let largest = 0;
  for (let i = 0; i < count; i++) largest = Math.max(largest, keys[i] ?? 0);
  if (count < 2048) return order.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
  let other = new Uint32Array(count);
  const starts = new Uint32Array(BUCKETS);
  for (let divisor = 1; divisor <= largest; divisor *= BUCKETS) {
    starts.fill(0);
    for (let i = 0; i < count; i++) starts[digit(keys[i] ?? 0, divisor)]!++;
    let total = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const here = starts[bucket] ?? 0;
      starts[bucket] = total;
      total += here;
    }
    for (let i = 0; i < count; i++) {
      const index = order[i] ?? 0;
      const bucket = digit(keys[index] ?? 0, divisor);
      other[starts[bucket] ?? 0] = index;
      starts[bucket]!++;
    }
    [order, other] = [other, order];
  }
  return order;
};

const digit = (key: number, divisor: number): number =>
  (divisor === 1 ? key : Math.floor(key / divisor)) & (BUCKETS - 1);
