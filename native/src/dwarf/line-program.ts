/** Line number programs: .debug_line of DWARF 2 to 5 (section 6.2 of the standard). */
import { textAt } from '../elf/file.ts';
import { FORM } from './constants.ts';
import { DwarfError } from './error.ts';
import { readForm } from './form.ts';
import type { FormValue } from './form.ts';
import type { DwarfReader } from './reader.ts';
import type { DwarfSection } from './section.ts';

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

export interface LineHeader {
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

/** Where names are. */
export interface LineTexts {
  readonly str: DwarfSection;
  readonly lineStr: DwarfSection;
}

/** No table names more files. */
const MOST_FILES = 1 << 16;

const textOf = (reader: DwarfReader, { form, value }: FormValue, { str, lineStr }: LineTexts): string => {
  if (form === FORM.string) return textAt(reader.bytes, value);
  if (form === FORM.line_strp) return lineStr.text(value);
  return form === FORM.strp ? str.text(value) : '';
};

const joinPath = (folder: string | undefined, name: string): string =>
  name.startsWith('/') || folder === undefined || folder === '' ? name : `${folder}/${name}`;

/** DWARF 5: self-describing lists; index 0 is the compilation's own. */
const readEntries = (reader: DwarfReader, wide: boolean, texts: LineTexts): { path: string; folder: number }[] => {
  const formats = Array.from({ length: reader.u8() }, () => ({ content: reader.uleb(), form: reader.uleb() }));
  const count = reader.uleb();
  if (count > MOST_FILES) throw new DwarfError('a line table of too many files');
  const entries: { path: string; folder: number }[] = [];
  const sizes = { wide, addressSize: 8, version: 5 };
  for (let i = 0; i < count; i++) {
    const entry = { path: '', folder: 0 };
    for (const { content, form } of formats) {
      const value = readForm(reader, form, 0, sizes);
      if (content === DW_LNCT.path) entry.path = textOf(reader, value, texts);
      else if (content === DW_LNCT.directory_index) entry.folder = value.value;
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

export const readLineHeader = (reader: DwarfReader, wide: boolean, end: number, texts: LineTexts): LineHeader => {
  const version = reader.u16();
  if (version < 2 || version > 5) throw new DwarfError(`line table of DWARF ${version}`);
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
    const folders = readEntries(reader, wide, texts).map(({ path }) => path);
    files = readEntries(reader, wide, texts).map(({ path, folder }) => joinPath(folders[folder], path));
  } else {
    files = readOldFiles(reader);
  }
  reader.at = program;
  return { version, minInstruction, defaultIsStatement, lineBase, lineRange, opcodeBase, operandCounts, files, end };
};

export type RowHandler = (address: number, file: number, line: number, isStatement: boolean) => void;

/** Runs one line program; every row that it appends goes to the handler, `end` at the end of a sequence. */
export const runLineProgram = (
  reader: DwarfReader,
  header: LineHeader,
  row: RowHandler,
  endSequence: (address: number) => void,
): void => {
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
        endSequence(address);
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
