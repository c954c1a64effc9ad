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
  const digits = new Uint16Array(count);
  for (let divisor = 1; divisor <= largest; divisor *= BUCKETS) {
    starts.fill(0);
    for (let i = 0; i < count; i++) {
      const digit = Math.floor((keys[i] ?? 0) / divisor) % BUCKETS;
      digits[i] = digit;
      starts[digit] = (starts[digit] ?? 0) + 1;
    }
    let total = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const here = starts[bucket] ?? 0;
      starts[bucket] = total;
      total += here;
    }
    for (let i = 0; i < count; i++) {
      const index = order[i] ?? 0;
      const bucket = digits[index] ?? 0;
      const place = starts[bucket] ?? 0;
      other[place] = index;
      starts[bucket] = place + 1;
    }
    [order, other] = [other, order];
  }
  return order;
};
