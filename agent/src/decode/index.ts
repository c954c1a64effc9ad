/** Bytes of maps and events as values, and values as text and JSON. */
export { bucketIndex, type Histogram } from './bucket.ts';
export { NO_NAMES } from './names.ts';
export { decoderOf } from './value.ts';
