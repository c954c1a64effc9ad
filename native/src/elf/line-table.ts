/** From source lines to addresses: .debug_line of DWARF 2 to 5 (section 6.2 of the standard). */
import { DwarfReader } from './dwarf-reader.ts';
import { openDebugFile } from './debug-file.ts';
import type { ElfFile } from './file.ts';
import { ElfSymbols } from './symbols.ts';

const DW_LNS = {
  copy: 1,
  advance_pc: 2,
  advance_line: 3,
  set_file: 4,
  negate_stmt: 6,
  const_add_pc: 8,
  fixed_advance_pc: 9,
} as const;
const DW_LNE = { end_sequence: 1, set_address: 2 } as const;
const DW_LNCT = { path: 1, directory_index: 2 } as const;

interface Header {
  readonly version: number;
  readonly minInstruction: number;
  readonly defaultIsStatement: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  readonly operandCounts: readonly number[];
  /** Full paths by the number that the program uses. */
  readonly files: readonly string[];
  readonly end: number;
}

interface Sections {
  readonly strings: Uint8Array;
  readonly lineStrings: Uint8Array;
}

const joinPath = (folder: string | undefined, name: string): string =>
  name.startsWith('/') || folder === undefined || folder === '' ? name : `${folder}/${name}`;

/** DWARF 5: self-describing lists; index 0 is the compilation's own. */
const readEntries = (reader: DwarfReader, wide: boolean, sections: Sections): { path: string; folder: number }[] => {
  const formats = Array.from({ length: reader.u8() }, () => ({ content: reader.uleb(), form: reader.uleb() }));
  const count = reader.uleb();
  const entries: { path: string; folder: number }[] = [];
  for (let i = 0; i < count; i++) {
    const entry = { path: '', folder: 0 };
    for (const { content, form } of formats) {
      const value = reader.form(form, wide, sections.strings, sections.lineStrings);
      if (content === DW_LNCT.path) entry.path = String(value ?? '');
      else if (content === DW_LNCT.directory_index) entry.folder = Number(value ?? 0);
    }
    entries.push(entry);
    if (formats.length === 0) break;
  }
  return entries;
};

/** DWARF 2 to 4: lists that an empty text ends; numbers begin with 1. */
const readOldFiles = (reader: DwarfReader): string[] => {
  const folders = [''];
  for (let folder = reader.text(); folder !== ''; folder = reader.text()) folders.push(folder);
  const files = [''];
  for (let name = reader.text(); name !== ''; name = reader.text()) {
    files.push(joinPath(folders[reader.uleb()], name));
    reader.uleb();
    reader.uleb();
  }
  return files;
};

const readHeader = (reader: DwarfReader, wide: boolean, end: number, sections: Sections): Header => {
  const version = reader.u16();
  if (version < 2 || version > 5) throw new RangeError(`line table of DWARF ${version}`);
  if (version >= 5) reader.at += 2;
  const headerLength = reader.offset(wide);
  const program = reader.at + headerLength;
  const minInstruction = reader.u8();
  if (version >= 4) reader.at++;
  const defaultIsStatement = reader.u8() !== 0;
  const lineBase = reader.i8();
  const lineRange = reader.u8();
  const opcodeBase = reader.u8();
  const operandCounts = Array.from({ length: Math.max(0, opcodeBase - 1) }, () => reader.u8());
  let files: string[];
  if (version >= 5) {
    const folders = readEntries(reader, wide, sections).map(({ path }) => path);
    files = readEntries(reader, wide, sections).map(({ path, folder }) => joinPath(folders[folder], path));
  } else {
    files = readOldFiles(reader);
  }
  reader.at = program;
  return { version, minInstruction, defaultIsStatement, lineBase, lineRange, opcodeBase, operandCounts, files, end };
};

type RowHandler = (address: number, file: number, line: number, isStatement: boolean) => void;

/** Runs one line program; every row that it appends goes to the handler, `end` at the end of a sequence. */
const runProgram = (reader: DwarfReader, header: Header, row: RowHandler, endSequence: () => void): void => {
  let address = 0;
  let file = 1;
  let line = 1;
  let isStatement = header.defaultIsStatement;
  const { lineBase, lineRange, opcodeBase, minInstruction } = header;
  const advance = (opcode: number): void => {
    address += Math.floor((opcode - opcodeBase) / lineRange) * minInstruction;
  };
  const end = Math.min(header.end, reader.bytes.length);
  while (reader.at < end) {
    const opcode = reader.u8();
    if (opcode >= opcodeBase) {
      advance(opcode);
      line += lineBase + ((opcode - opcodeBase) % lineRange);
      row(address, file, line, isStatement);
    } else if (opcode === 0) {
      const length = reader.uleb();
      const next = reader.at + length;
      const extended = length > 0 ? reader.u8() : 0;
      if (extended === DW_LNE.set_address) address = length === 9 ? reader.u64() : reader.u32();
      else if (extended === DW_LNE.end_sequence) {
        endSequence();
        [address, file, line, isStatement] = [0, 1, 1, header.defaultIsStatement];
      }
      reader.at = next;
    } else if (opcode === DW_LNS.copy) row(address, file, line, isStatement);
    else if (opcode === DW_LNS.advance_pc) address += reader.uleb() * minInstruction;
    else if (opcode === DW_LNS.advance_line) line += reader.sleb();
    else if (opcode === DW_LNS.set_file) file = reader.uleb();
    else if (opcode === DW_LNS.negate_stmt) isStatement = !isStatement;
    else if (opcode === DW_LNS.const_add_pc) advance(255);
    else if (opcode === DW_LNS.fixed_advance_pc) address += reader.u16();
    else for (let i = header.operandCounts[opcode - 1] ?? 0; i > 0; i--) reader.uleb();
  }
};

const sectionBytes = (file: ElfFile, name: string): Uint8Array => {
  const section = file.section(name);
  return section === null ? new Uint8Array(0) : file.bytes(section);
};

/** `b.c` and `src/b.c` mean `/home/me/src/b.c`. */
const matches = (path: string, wanted: string): boolean => path === wanted || path.endsWith(`/${wanted}`);

/** Adds the addresses where a stretch of the line's code begins. */
const collect = (
  reader: DwarfReader,
  header: Header,
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
  runProgram(reader, header, row, () => (inside = false));
};

/**
 * Addresses where the code of a source line begins, ascending: one for each stretch of code that the compiler made of
 * it, so a loop's head has several. Empty without line tables, for an unknown file or a line without code.
 */
export const lineAddresses = (file: ElfFile, source: string, line: number): number[] => {
  const bytes = sectionBytes(file, '.debug_line');
  const sections = { strings: sectionBytes(file, '.debug_str'), lineStrings: sectionBytes(file, '.debug_line_str') };
  const found = new Set<number>();
  const units = new DwarfReader(bytes);
  while (units.at + 4 < bytes.length) {
    let length = units.u32();
    const wide = length === 0xffff_ffff;
    if (wide && units.at + 8 > bytes.length) break;
    if (wide) length = units.u64();
    const reader = new DwarfReader(bytes, units.at);
    units.at += length;
    try {
      const header = readHeader(reader, wide, units.at, sections);
      const wanted = new Set(header.files.flatMap((path, index) => (matches(path, source) ? [index] : [])));
      if (wanted.size > 0 && header.lineRange > 0) collect(reader, header, wanted, line, found);
    } catch (error) {
      // A unit that is damaged or newer than we know; the others are not.
      if (!(error instanceof RangeError)) throw error;
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
