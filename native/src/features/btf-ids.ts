/** BTF ids of a few names, by one walk over vmlinux BTF: probing must not need the whole index. */
import { readFileSync } from 'node:fs';

export const VMLINUX_BTF = '/sys/kernel/btf/vmlinux';

const KIND_FUNC = 12;
const KIND_TYPEDEF = 8;
const KIND_DECL_TAG = 17;

/** Bytes that follow the 12-byte head of a type: [fixed, for each member]. */
const TAIL: Readonly<Record<number, readonly [number, number]>> = {
  1: [4, 0], // INT
  3: [12, 0], // ARRAY
  4: [0, 12], // STRUCT
  5: [0, 12], // UNION
  6: [0, 8], // ENUM
  13: [0, 8], // FUNC_PROTO
  14: [4, 0], // VAR
  15: [0, 12], // DATASEC
  17: [4, 0], // DECL_TAG
  19: [0, 12], // ENUM64
};

interface Row {
  readonly id: number;
  readonly kind: number;
  /** Where its name is in the string section. */
  readonly name: number;
  /** The type that it refers to, for kinds that do. */
  readonly refers: number;
}

function* walk(bytes: Buffer): Generator<Row> {
  const headerSize = bytes.readUInt32LE(4);
  const types = headerSize + bytes.readUInt32LE(8);
  const typesEnd = types + bytes.readUInt32LE(12);
  for (let at = types, id = 1; at < typesEnd; id++) {
    const info = bytes.readUInt32LE(at + 4);
    const kind = (info >>> 24) & 0x1f;
    yield { id, kind, name: bytes.readUInt32LE(at), refers: bytes.readUInt32LE(at + 8) };
    const [fixed, each] = TAIL[kind] ?? [0, 0];
    at += 12 + fixed + each * (info & 0xffff);
  }
}

/** Where a name is in the string section, -1 when nothing there has it. */
const nameOffset = (bytes: Buffer, name: string): number => {
  const strings = bytes.readUInt32LE(4) + bytes.readUInt32LE(16);
  const at = bytes.indexOf(`\0${name}\0`, strings, 'latin1');
  return at < 0 ? -1 : at + 1 - strings;
};

/** Name to id, for functions and typedefs. Names that are not there are left out. */
export const findBtfIds = (names: readonly string[], path: string = VMLINUX_BTF): ReadonlyMap<string, number> => {
  const bytes = readFileSync(path);
  // Names are compared as numbers on the way.
  const wanted = new Map(names.map((name) => [nameOffset(bytes, name), name]));
  const found = new Map<string, number>();
  for (const { id, kind, name } of walk(bytes)) {
    if (kind !== KIND_FUNC && kind !== KIND_TYPEDEF) continue;
    const known = wanted.get(name);
    if (known !== undefined) found.set(known, id);
  }
  return found;
};

/**
 * BTF id of a kernel function that programs may call, null when there is none of the name. Kernels mark them from 6.10 on;
 * before, any function with BTF passes.
 */
export const findKfunc = (wanted: string, path: string = VMLINUX_BTF): number | null => {
  const bytes = readFileSync(path);
  const name = nameOffset(bytes, wanted);
  if (name < 0) return null;
  const mark = nameOffset(bytes, 'bpf_kfunc');
  const marked = new Set<number>();
  let found: number | null = null;
  for (const row of walk(bytes)) {
    if (row.kind === KIND_FUNC && row.name === name) found = row.id;
    if (row.kind === KIND_DECL_TAG && row.name === mark) marked.add(row.refers);
  }
  return found !== null && (marked.size === 0 || marked.has(found)) ? found : null;
};
