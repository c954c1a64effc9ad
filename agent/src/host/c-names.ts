/**
 * C spellings of integers that need no BTF: the base types in any word order, and the kernel's own typedefs whose
 * size never changes on 64-bit Linux. Saves reading BTF for most tracepoints.
 */
import type { IntSize, IntType } from '../language/types.ts';

const TYPEDEFS: Readonly<Record<string, readonly [size: IntSize, signed: boolean]>> = {
  ...exact('u', false),
  ...exact('s', true),
  ...exact('__u', false),
  ...exact('__s', true),
  ...suffixed('uint', false),
  ...suffixed('int', true),
  size_t: [8, false],
  ssize_t: [8, true],
  pid_t: [4, true],
  uid_t: [4, false],
  gid_t: [4, false],
  dev_t: [4, false],
  umode_t: [2, false],
  loff_t: [8, true],
  sector_t: [8, false],
  ino_t: [8, false],
  gfp_t: [4, false],
  clockid_t: [4, true],
  key_t: [4, true],
  uint: [4, false],
};

function exact(prefix: string, signed: boolean) {
  return sizes((bits) => prefix + String(bits), signed);
}

function suffixed(prefix: string, signed: boolean) {
  return sizes((bits) => `${prefix}${bits}_t`, signed);
}

function sizes(name: (bits: number) => string, signed: boolean): Record<string, readonly [IntSize, boolean]> {
  return Object.fromEntries(([1, 2, 4, 8] as const).map((size) => [name(size * 8), [size, signed] as const]));
}

/** null: not one of these names. `char` is signed, as on x86-64 user space. */
export function cInteger(spelling: string): IntType | null {
  const typedef = TYPEDEFS[spelling];
  if (typedef !== undefined) return { kind: 'int', size: typedef[0], signed: typedef[1] };
  const words = spelling.split(/\s+/);
  if (!words.every((word) => BASE_WORDS.has(word))) return null;
  const size: IntSize = words.includes('char') ? 1 : words.includes('short') ? 2 : words.includes('long') ? 8 : 4;
  return { kind: 'int', size, signed: !words.includes('unsigned') };
}

const BASE_WORDS = new Set(['unsigned', 'signed', 'char', 'short', 'int', 'long']);
