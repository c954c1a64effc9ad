/**
 * The type information that the verifier wants of programs with functions that helpers call back: names and prototypes
 * of the functions, in BTF (Documentation/bpf/btf.rst), and where each begins.
 */
export interface ProgramBtf {
  /** A BTF object for BPF_BTF_LOAD. */
  readonly types: Uint8Array;
  /** struct bpf_func_info {u32 insn_off, u32 type_id} for each function, ascending. */
  readonly functions: Uint8Array;
}

const MAGIC = 0xeb9f;
const HEADER = 24;
const KIND = { int: 1, pointer: 2, func: 12, prototype: 13 } as const;
const INT_SIGNED = 1 << 24;

/** Functions in order: name, how many arguments, slot of the first instruction. */
export function programBtf(
  functions: readonly { readonly name: string; readonly params: number; readonly slot: number }[],
): ProgramBtf {
  const strings: number[] = [0];
  const text = (s: string): number => {
    const at = strings.length;
    for (const c of s) strings.push(c.charCodeAt(0));
    strings.push(0);
    return at;
  };
  const words: number[] = [];
  let types = 0;
  const type = (name: number, kind: number, vlen: number, sizeOrType: number, ...rest: readonly number[]): number => {
    words.push(name, (kind << 24) | vlen, sizeOrType, ...rest);
    return ++types;
  };
  const long = type(text('long'), KIND.int, 0, 8, INT_SIGNED | 64);
  const pointer = type(0, KIND.pointer, 0, 0);
  const argument = text('p');
  const info = new Uint32Array(functions.length * 2);
  functions.forEach((f, n) => {
    const params = Array.from({ length: f.params }, () => [argument, pointer]).flat();
    const prototype = type(0, KIND.prototype, f.params, long, ...params);
    info[n * 2] = f.slot;
    info[n * 2 + 1] = type(text(f.name.replace(/[^A-Za-z0-9_]/g, '_')), KIND.func, 0, prototype);
  });
  const bytes = new Uint8Array(HEADER + words.length * 4 + strings.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, MAGIC, true);
  view.setUint8(2, 1);
  view.setUint32(4, HEADER, true);
  view.setUint32(12, words.length * 4, true);
  view.setUint32(16, words.length * 4, true);
  view.setUint32(20, strings.length, true);
  words.forEach((w, n) => view.setUint32(HEADER + n * 4, w >>> 0, true));
  bytes.set(strings, HEADER + words.length * 4);
  return { types: bytes, functions: new Uint8Array(info.buffer) };
}
