/** Debugging information that the linker left in files of its own: .dwo files and .dwp packages (DWARF 5, section 7.3). */
import { ElfFile } from '../elf/file.ts';
import type { Unit } from './compilation.ts';
import { AT } from './constants.ts';
import { DwarfFile } from './file.ts';
import type { SectionName } from './file.ts';
import { DwarfReader } from './reader.ts';

/** DW_SECT_* of version 5 and of the GNU version before it: the columns of a package's index. */
const COLUMNS: Readonly<Record<number, Readonly<Record<number, SectionName>>>> = {
  5: { 1: 'info', 3: 'abbrev', 4: 'line', 6: 'str_offsets', 8: 'rnglists' },
  2: { 1: 'info', 2: 'types', 3: 'abbrev', 4: 'line', 6: 'str_offsets' },
};
const EMPTY_PARTS = { offset: 0, size: 0 };

const open = (path: string): ElfFile | null => {
  try {
    return ElfFile.open(path);
  } catch {
    return null;
  }
};

const idOfUnit = (unit: Unit): bigint | null => unit.header.dwoId ?? unit.root.value(AT.GNU_dwo_id)?.exact ?? null;

const nameOfSplit = (unit: Unit): string | null =>
  unit.text(unit.root, AT.dwo_name) ?? unit.text(unit.root, AT.GNU_dwo_name);

/** Where a unit's parts are in a package; null when it is not in there. */
const partsOf = (file: ElfFile, id: bigint): Partial<Record<SectionName, { offset: number; size: number }>> | null => {
  const section = file.section('.debug_cu_index');
  if (section === null) return null;
  const reader = new DwarfReader(file.bytes(section));
  const version = reader.u32() & 0xffff;
  const names = COLUMNS[version];
  const columns = reader.u32();
  const units = reader.u32();
  const slots = reader.u32();
  if (names === undefined || columns > 16 || units > slots || slots > 1 << 24) return null;
  const idsAt = reader.at;
  const rowsAt = idsAt + slots * 8;
  const tableAt = rowsAt + slots * 4;
  const at = (place: number): DwarfReader => new DwarfReader(reader.bytes, place);
  for (let slot = 0; slot < slots; slot++) {
    const row = at(rowsAt + slot * 4).u32();
    if (row === 0 || row > units || at(idsAt + slot * 8).big() !== id) continue;
    const parts: Partial<Record<SectionName, { offset: number; size: number }>> = {};
    for (let column = 0; column < columns; column++) {
      const name = names[at(tableAt + column * 4).u32()];
      const cell = tableAt + (row * columns + column) * 4;
      if (name !== undefined) parts[name] = { offset: at(cell).u32(), size: at(cell + units * columns * 4).u32() };
    }
    return { types: EMPTY_PARTS, ...parts };
  }
  return null;
};

/**
 * The unit that a skeleton stands for; null when it stands for none. `path`: of the binary, beside which a package or
 * the .dwo file may be; `root`: where the folder of the compilation is looked for.
 */
export const splitUnit = (
  skeleton: Unit,
  { path, root }: { readonly path: string; readonly root: string },
): { readonly file: DwarfFile; readonly unit: Unit } | null => {
  const name = nameOfSplit(skeleton);
  const id = idOfUnit(skeleton);
  if (name === null || id === null) return null;
  const label = `${id.toString(16)}:`;
  const packed = open(`${path}.dwp`);
  if (packed !== null) {
    const parts = partsOf(packed, id);
    if (parts !== null) {
      const file = new DwarfFile(packed, { suffix: '.dwo', parts, skeleton, label });
      return { file, unit: file.unit(0) };
    }
    packed.close();
  }
  const folder = skeleton.text(skeleton.root, AT.comp_dir) ?? '';
  const beside = path.slice(0, path.lastIndexOf('/') + 1) + (name.split('/').at(-1) ?? '');
  const candidates = name.startsWith('/') ? [root + name, beside] : [`${root}${folder}/${name}`, beside];
  for (const candidate of candidates) {
    const elf = open(candidate);
    if (elf === null) continue;
    const file = new DwarfFile(elf, { suffix: '.dwo', skeleton, label });
    const unit = file.unitStarts().length === 0 ? null : file.unit(0);
    if (unit !== null && idOfUnit(unit) === id) return { file, unit };
    file.close();
  }
  return null;
};
