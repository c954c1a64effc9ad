/** From source lines to addresses. */
import { openDebugFile } from '../elf/debug-file.ts';
import type { ElfFile } from '../elf/file.ts';
import { ElfSymbols } from '../elf/symbols.ts';
import { isDamage } from './error.ts';
import { readLineHeader, runLineProgram } from './line-program.ts';
import type { LineHeader, RowHandler } from './line-program.ts';
import { DwarfReader } from './reader.ts';
import { openSection } from './section.ts';
import type { DwarfSection } from './section.ts';

/** Where the program of a unit is, without its length. */
export const lineUnit = (section: DwarfSection, at: number): { start: number; end: number; wide: boolean } => {
  const length = section.uint(at, 4);
  if (length !== 0xffff_ffff) return { start: at + 4, end: at + 4 + length, wide: false };
  return { start: at + 12, end: at + 12 + section.uint(at + 4, 8), wide: true };
};

/** `b.c` and `src/b.c` mean `/home/me/src/b.c`. */
const matches = (path: string, wanted: string): boolean => path === wanted || path.endsWith(`/${wanted}`);

/** Adds the addresses where a stretch of the line's code begins. */
const collect = (
  reader: DwarfReader,
  header: LineHeader,
  files: ReadonlySet<number>,
  line: number,
  found: Set<number>,
): void => {
  let inside = false;
  const row: RowHandler = (address, file, rowLine, isStatement) => {
    const here = rowLine === line && files.has(file);
    if (here && !inside && isStatement) found.add(address);
    // A row that is no statement may continue the line.
    inside = here && (inside || isStatement);
  };
  runLineProgram(reader, header, row, () => (inside = false));
};

/**
 * Addresses where the code of a source line begins, ascending: one for each stretch of code that the compiler made of
 * it, so a loop's head has several. Empty without line tables, for an unknown file or a line without code.
 */
export const lineAddresses = (file: ElfFile, source: string, line: number): number[] => {
  const lines = openSection(file, 'line');
  const texts = { str: openSection(file, 'str'), lineStr: openSection(file, 'line_str') };
  const found = new Set<number>();
  for (let at = 0; at + 12 < lines.size;) {
    const { start, end, wide } = lineUnit(lines, at);
    at = end;
    try {
      const reader = new DwarfReader(lines.some(start, end - start));
      const header = readLineHeader(reader, wide, end - start, texts);
      const wanted = new Set(header.files.flatMap((path, index) => (matches(path, source) ? [index] : [])));
      if (wanted.size > 0 && header.lineRange > 0) collect(reader, header, wanted, line, found);
    } catch (error) {
      // A unit that is damaged or newer than we know; the others are not.
      if (!isDamage(error)) throw error;
    }
  }
  return [...found].sort((a, b) => a - b);
};

/**
 * File offsets for probes on a source line: of each function that has code of the line (inlined copies are in several)
 * the first place, so that a loop's head is one place. Line tables of a separate debug file are used when the binary
 * has none; `path`: of the binary within `root`.
 */
export const lineOffsets = (
  file: ElfFile,
  { source, line, root = '', path }: { source: string; line: number; root?: string; path: string },
): number[] => {
  const debug = file.section('.debug_line') === null ? openDebugFile(file, root, path) : null;
  const tables = debug?.file ?? file;
  try {
    const symbols = new ElfSymbols(tables);
    const first = new Map<number, number>();
    for (const address of lineAddresses(tables, source, line)) {
      const start = symbols.lookup(address)?.address ?? address;
      if (!first.has(start)) first.set(start, address);
    }
    // The debug file has the binary's addresses, not its offsets.
    return [...first.values()].flatMap((address) => file.offsetOf(address) ?? []);
  } finally {
    debug?.file.close();
  }
};
