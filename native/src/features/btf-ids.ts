/** BTF ids of a few names, by one walk over vmlinux BTF: probing must not need the whole index. */
import { readFileSync } from 'node:fs';

export const VMLINUX_BTF = '/sys/kernel/btf/vmlinux';

const KIND_FUNC = 12;
const KIND_TYPEDEF = 8;

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

/** Name to id, for functions and typedefs. Names that are not there are left out. */
export const findBtfIds = (names: readonly string[], path: string = VMLINUX_BTF): ReadonlyMap<string, number> => {
  const bytes = readFileSync(path);
  const headerSize = bytes.readUInt32LE(4);
  const types = headerSize + bytes.readUInt32LE(8);
  const typesEnd = types + bytes.readUInt32LE(12);
  const strings = headerSize + bytes.readUInt32LE(16);
  // Where in the string section each wanted name is: compared as numbers on the way.
  const wanted = new Map<number, string>();
  for (const name of names) {
    const at = bytes.indexOf(`\0${name}\0`, strings, 'latin1');
    if (at >= 0) wanted.set(at + 1 - strings, name);
  }
  const found = new Map<string, number>();
  for (let at = types, id = 1; at < typesEnd; id++) {
    const info = bytes.readUInt32LE(at + 4);
    const kind = (info >>> 24) & 0x1f;
    if (kind === KIND_FUNC || kind === KIND_TYPEDEF) {
      const name = wanted.get(bytes.readUInt32LE(at));
      if (name !== undefined) found.set(name, id);
    }
    const [fixed, each] = TAIL[kind] ?? [0, 0];
    at += 12 + fixed + each * (info & 0xffff);
  }
  return found;
};
