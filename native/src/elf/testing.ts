/** Makes small ELF files for tests. */

export interface MadeElf {
  readonly segments: readonly { offset: number; address: number; size: number; executable: boolean }[];
  readonly symbols: readonly { name: string; address: number; size: number }[];
  readonly sections: Readonly<Record<string, { type: number; bytes: Uint8Array; address?: number }>>;
}

const pad4 = (bytes: Uint8Array): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);

export const note = (name: string, type: number, description: Uint8Array): Buffer => {
  const head = Buffer.from(Uint32Array.of(name.length + 1, description.length, type).buffer);
  return Buffer.concat([head, pad4(Buffer.from(`${name}\0`)), pad4(description)]);
};

/** An x86-64 executable: header, segments, section contents, section headers. */
export const buildElf = ({ segments, symbols, sections }: MadeElf): Buffer => {
  const strings = ['', ...symbols.map(({ name }) => name)];
  const nameAt = (index: number): number => strings.slice(0, index).reduce((sum, text) => sum + text.length + 1, 0);
  const table = Buffer.alloc(24 * (symbols.length + 1));
  symbols.forEach(({ address, size }, index) => {
    const at = 24 * (index + 1);
    table.writeUInt32LE(nameAt(index + 1), at);
    table.writeUInt8(0x12, at + 4);
    table.writeUInt16LE(1, at + 6);
    table.writeBigUInt64LE(BigInt(address), at + 8);
    table.writeBigUInt64LE(BigInt(size), at + 16);
  });
  const all: [string, { type: number; bytes: Uint8Array; address?: number }, number][] = [
    ['', { type: 0, bytes: new Uint8Array(0) }, 0],
    ['.symtab', { type: 2, bytes: table }, 2],
    ['.strtab', { type: 3, bytes: Buffer.from(`${strings.join('\0')}\0`) }, 0],
    ...Object.entries(sections).map(([name, section]): [string, typeof section, number] => [name, section, 0]),
  ];
  const names = Buffer.from(`${[...all.map(([name]) => name), '.shstrtab'].join('\0')}\0`);
  all.push(['.shstrtab', { type: 3, bytes: names }, 0]);
  let offset = 64 + 56 * segments.length;
  const placed = all.map(([name, { type, bytes, address }, link], index) => {
    const at = offset;
    offset += (bytes.length + 7) & ~7;
    return { name, type, bytes, address: address ?? 0, at, link, index };
  });
  const file = Buffer.alloc(offset + 64 * placed.length);
  file.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  file.writeUInt16LE(2, 16);
  file.writeUInt16LE(62, 18);
  file.writeBigUInt64LE(64n, 32);
  file.writeBigUInt64LE(BigInt(offset), 40);
  file.writeUInt16LE(segments.length, 56);
  file.writeUInt16LE(placed.length, 60);
  file.writeUInt16LE(placed.length - 1, 62);
  segments.forEach((segment, index) => {
    const at = 64 + 56 * index;
    file.writeUInt32LE(1, at);
    file.writeUInt32LE(segment.executable ? 5 : 6, at + 4);
    file.writeBigUInt64LE(BigInt(segment.offset), at + 8);
    file.writeBigUInt64LE(BigInt(segment.address), at + 16);
    file.writeBigUInt64LE(BigInt(segment.size), at + 32);
    file.writeBigUInt64LE(BigInt(segment.size), at + 40);
  });
  let nameOffset = 0;
  for (const { name, type, bytes, address, at, link, index } of placed) {
    file.set(bytes, at);
    const head = offset + 64 * index;
    file.writeUInt32LE(nameOffset, head);
    nameOffset += name.length + 1;
    file.writeUInt32LE(type, head + 4);
    file.writeBigUInt64LE(BigInt(address), head + 16);
    file.writeBigUInt64LE(BigInt(at), head + 24);
    file.writeBigUInt64LE(BigInt(bytes.length), head + 32);
    file.writeUInt32LE(link, head + 40);
  }
  return file;
};
