/** How the package loads its WebAssembly module; its own types know the stream alone. */
declare module 'xz-decompress' {
  export interface XzExports {
    readonly memory: { readonly buffer: ArrayBuffer };
    create_context(): number;
    destroy_context(context: number): void;
    supply_input(context: number, length: number): void;
    get_next_output(context: number): number;
  }

  interface XzStream {
    _getModuleInstance(): Promise<void>;
  }

  const xz: { readonly XzReadableStream: XzStream };
  export default xz;
}
