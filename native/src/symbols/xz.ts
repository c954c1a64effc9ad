/**
 * The xz format, by the kernel's decoder in WebAssembly. The package decodes streams; symbols are asked for in the middle
 * of printing, so its module is used directly, which the exact version in package.json allows.
 */
import xz from 'xz-decompress';
import type { XzExports } from 'xz-decompress';

const OK = 0;
const STREAM_END = 1;
/** Symbols of the largest programs are some tens of megabytes; a few bytes of xz may stand for gigabytes. */
const LARGEST = 128 << 20;

interface WebAssemblyApi {
  readonly Module: new (bytes: ArrayBuffer) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
  instantiate: (bytes: ArrayBuffer, imports: object) => Promise<unknown>;
}

let decoder: XzExports | null = null;

/** The package loads its module in the background, as browsers must. Here it is there when the call returns. */
const load = (): XzExports | null => {
  // Type definitions of WebAssembly come with those of browsers, which this workspace does without.
  const api = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
  const { instantiate } = api;
  let exports: XzExports | null = null;
  api.instantiate = (bytes, imports) => {
    const instance = new api.Instance(new api.Module(bytes), imports);
    exports = instance.exports as XzExports;
    return Promise.resolve({ instance });
  };
  try {
    void xz.XzReadableStream._getModuleInstance();
  } finally {
    api.instantiate = instantiate;
  }
  return exports;
};

/** The bytes behind xz data; null when they are damaged, too many, or this runtime has no WebAssembly. */
export const decompressXz = (bytes: Uint8Array): Uint8Array | null => {
  try {
    decoder ??= load();
    if (decoder === null) return null;
    const context = decoder.create_context();
    const result = decode(decoder, context, bytes);
    decoder.destroy_context(context);
    return result;
  } catch {
    // A trap: what the module's memory holds now is not known, so the next time another one is made.
    decoder = null;
    return null;
  }
};

/** The context begins with: size of the buffers, then address, position and size of the input, the same of the output. */
const decode = (exports: XzExports, context: number, bytes: Uint8Array): Uint8Array | null => {
  const words = (): Uint32Array => new Uint32Array(exports.memory.buffer, context, 7);
  const capacity = words()[0] ?? 0;
  const pieces: Uint8Array[] = [];
  let total = 0;
  for (let at = 0; ;) {
    const [, inputAt = 0, used = 0, given = 0] = words();
    let ended = false;
    if (used === given) {
      const piece = bytes.subarray(at, at + capacity);
      ended = piece.length === 0;
      new Uint8Array(exports.memory.buffer, inputAt, capacity).set(piece);
      exports.supply_input(context, piece.length);
      at += piece.length;
    }
    const result = exports.get_next_output(context);
    const view = words();
    const [outputAt = 0, length = 0] = [view[4], view[5]];
    pieces.push(new Uint8Array(exports.memory.buffer, outputAt, length).slice());
    total += length;
    view[5] = 0;
    if (result === STREAM_END) return Buffer.concat(pieces, total);
    // The decoder may hold output back; when nothing goes in and nothing comes out the data is cut off.
    if (result !== OK || total > LARGEST || (ended && length === 0)) return null;
  }
};
