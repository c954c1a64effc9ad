/** Everything that names the code of a binary: its own tables, those of its debug file, those that were left in it compressed. */
import { openDebugFile } from '../elf/debug-file.ts';
import { ElfFile } from '../elf/file.ts';
import { ElfSymbols } from '../elf/symbols.ts';
import { decompressXz } from './xz.ts';

export interface SymbolTables {
  /** The better ones first. */
  readonly tables: readonly ElfSymbols[];
  /** The separate file that they come from; null for none. */
  readonly debugFile: string | null;
}

/** MiniDebugInfo: Fedora and its relatives leave the names of functions in stripped programs, as an ELF file in xz. */
const leftInside = (file: ElfFile): ElfSymbols | null => {
  const section = file.section('.gnu_debugdata');
  if (section === null) return null;
  try {
    const bytes = decompressXz(file.bytes(section));
    return bytes === null ? null : new ElfSymbols(ElfFile.parse(bytes));
  } catch {
    // Damaged: the program has its other names.
    return null;
  }
};

/** `path`: of the binary within `root`. */
export const readSymbolTables = (file: ElfFile, root: string, path: string): SymbolTables => {
  const own = new ElfSymbols(file);
  if (file.hasSymbols) return { tables: [own], debugFile: null };
  const debug = openDebugFile(file, root, path);
  if (debug !== null) {
    try {
      return { tables: [new ElfSymbols(debug.file), own], debugFile: debug.path };
    } finally {
      debug.file.close();
    }
  }
  const inside = leftInside(file);
  return { tables: inside === null ? [own] : [inside, own], debugFile: null };
};
