export interface Note {
  readonly name: string;
  readonly type: number;
  readonly description: Uint8Array;
}

const HEAD = 12;
const align4 = (size: number): number => (size + 3) & ~3;

/** The notes of a note section; stops at the first that is cut off. */
export function* readNotes(bytes: Uint8Array): Generator<Note> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + HEAD <= bytes.length;) {
    const nameSize = view.getUint32(at, true);
    const size = view.getUint32(at + 4, true);
    const type = view.getUint32(at + 8, true);
    const nameEnd = at + HEAD + nameSize;
    const start = at + HEAD + align4(nameSize);
    const end = start + size;
    if (nameSize > bytes.length || size > bytes.length || end > bytes.length) return;
    const name = Buffer.from(bytes.buffer, bytes.byteOffset + at + HEAD, Math.max(0, nameEnd - at - HEAD - 1)).toString(
      'latin1',
    );
    yield { name, type, description: bytes.subarray(start, end) };
    at = start + align4(size);
  }
}
