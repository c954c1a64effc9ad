/** Node's decompressors, loaded at the first use: they cost 3 ms, and most commands meet nothing that is compressed. */
import { lazy } from '../lazy/index.ts';

/** Throws for bytes that are damaged, and when more than `maxOutputLength` comes out. */
export type Decompress = (bytes: Uint8Array, options?: { readonly maxOutputLength: number }) => Uint8Array;

const zlib = lazy(() => process.getBuiltinModule('node:zlib'));

export const gunzip: Decompress = (bytes, options) => zlib().gunzipSync(bytes, options);

export const inflate: Decompress = (bytes, options) => zlib().inflateSync(bytes, options);

/** null: this runtime has none. Node.js has zstd since 22.15, Bun always. */
export const zstd = (): Decompress | null => {
  const { zstdDecompressSync } = zlib() as { readonly zstdDecompressSync?: Decompress };
  return zstdDecompressSync ?? null;
};
