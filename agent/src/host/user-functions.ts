/** Prototypes of functions and types in programs and libraries, from their debugging information. */
import { debugInfos, type TypeTag } from '@bpfscope/native/dwarf';
import { ElfFile } from '@bpfscope/native/elf';
import type { FunctionPrototype } from '../language/target.ts';
import type { Field, Type } from '../language/types.ts';
import { DwarfTypes } from './dwarf-types.ts';

/** Binaries whose types are remembered. */
const REMEMBERED = 16;

const types = new Map<string, DwarfTypes>();

function typesOf(key: string): DwarfTypes {
  const known = types.get(key) ?? new DwarfTypes(key);
  // The one that was used last goes last.
  types.delete(key);
  types.set(key, known);
  for (const oldest of types.keys()) {
    if (types.size <= REMEMBERED) break;
    types.delete(oldest);
  }
  return known;
}

/** Of the function that begins at a file offset; null when nothing is known of it. `path`: within `root`. */
export function userFunction(path: string, root: string, symbol: string, offset: number): FunctionPrototype | null {
  try {
    const found = debugInfos.find(path, root);
    const address = found === null ? null : addressOf(root + path, offset);
    if (found === null || address === null) return null;
    const fn = found.info.functionAt(address, process.arch === 'arm64' ? 'arm64' : 'x64');
    return fn === null ? null : typesOf(found.key).prototype(fn, symbol);
  } catch {
    // Deleted or replaced meanwhile, or damaged.
    return null;
  }
}

/** What a type name means in the source of the code at a file offset; null when it has no such type. */
export function userType(path: string, root: string, offset: number, tag: TypeTag, name: string): Type | null {
  try {
    const found = debugInfos.find(path, root);
    const address = found === null ? null : addressOf(root + path, offset);
    if (found === null || address === null) return null;
    const type = found.info.typeAt(address, tag, name);
    return type === null ? null : typesOf(found.key).type(type);
  } catch {
    return null;
  }
}

function addressOf(path: string, offset: number): number | null {
  const file = ElfFile.open(path);
  try {
    return file.addressOf(offset);
  } finally {
    file.close();
  }
}

/** Members of a struct by its id; null when it is only declared. */
export function userFields(id: string): readonly Field[] | null {
  const [prefix, ...rest] = id.split(':');
  if (prefix !== 'dwarf') return null;
  for (const [key, known] of types) {
    if (id.startsWith(`dwarf:${key}:`) && rest.length > 1) return quietly(() => known.fields(id));
  }
  return null;
}

/** The binary may be closed by now: what was not asked for in time is not known. */
function quietly<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
